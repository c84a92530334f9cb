"""How well the listener hears, in plain words first and in figures below, and which taggers were taught."""

from __future__ import annotations

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from bot.tagger_figures import Measure
from staff.desk import desk

_LEAST = 20
"""Times a theme must be heard before it is named as one heard well or badly."""
_NAMED = 4


def add_tagger(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/listener", "listener", listener, methods=["GET"])


def listener() -> ResponseReturnValue:
    shelf = desk().rooms.taggers
    if shelf is None:
        abort(404)
    figures = shelf.figures()
    told = [theme for theme in figures.best.themes if theme.count >= _LEAST] if figures else []
    in_order = sorted(told, key=lambda theme: theme.f1)
    return render_template(
        "staff/listener.html",
        figures=figures,
        best=figures.best if figures else None,
        bands={band.name: band for band in figures.best.bands} if figures else {},
        heard_badly=in_order[:_NAMED],
        heard_well=_best(in_order),
        taggers=shelf.kept(),
    )


def _best(in_order: list[Measure]) -> list[Measure]:
    """None is named twice."""
    return in_order[max(_NAMED, len(in_order) - _NAMED) :][::-1]
