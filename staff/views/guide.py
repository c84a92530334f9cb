"""The theme guide: what each theme means, what it is not, what people say."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from staff.desk import desk


def add_guide(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/themes", "themes", themes, methods=["GET"])


def themes() -> ResponseReturnValue:
    taxonomy = desk().taxonomy
    groups = [(group, taxonomy.group_label(group), themes) for group, themes in taxonomy.by_group()]
    return render_template("staff/themes.html", groups=groups, count=len(taxonomy.living()))
