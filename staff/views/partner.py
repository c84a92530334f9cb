"""For partners: the NHS and the parents' forum."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
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
    older, newer = _place("after"), _place("before")
    page = use.look(older or newer, back=older is None and newer is not None)
    if not page.cleared and (older or newer):
        return redirect(url_for("staff.partner"))
    return render_template("staff/partner.html", all=page, fewest=FEWEST, reads=list(Read), kinds=list(Shown))


def _place(name: str) -> UUID | None:
    """None for what is no place: an odd address begins at the top."""
    try:
        return UUID(hex=request.args.get(name, ""))
    except ValueError:
        return None
