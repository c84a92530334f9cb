"""Wishes to be deleted that a provider handed on: what is to be done about each, and that it was done."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, url_for
from flask.typing import ResponseReturnValue

from bot.deletions import Deletions
from staff.desk import desk, go, member, tell


def add_deletions(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/deletion-requests", "deletions", deletions, methods=["GET"])
    blueprint.add_url_rule("/deletion-requests/<code>/done", "finish_deletion", finish_deletion, methods=["POST"])


def _deletions() -> Deletions:
    found = desk().rooms.deletions
    if found is None:
        abort(404)
    return found


def deletions() -> ResponseReturnValue:
    return render_template("staff/deletions.html", deletions=_deletions().all())


def finish_deletion(code: str) -> ResponseReturnValue:
    _deletions().finish(code, member())
    tell("deletion_done")
    return go(url_for("staff.deletions"))
