"""For partners: the NHS and the parents' forum."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from bot.errors import NotFound
from bot.partners import FEWEST, Read, Shown
from staff.desk import desk


def add_partner(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/partners", "partner", partner, methods=["GET"])


def partner() -> ResponseReturnValue:
    use = desk().rooms.partners
    if use is None:
        raise NotFound
    return render_template("staff/partner.html", all=use.look(), fewest=FEWEST, reads=list(Read), kinds=list(Shown))
