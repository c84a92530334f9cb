"""Splitting a passage that tells of two things, and joining two that tell of one."""

from __future__ import annotations

import re
from uuid import UUID, uuid4

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bot.cards import ExperienceView
from bot.passages import BadCut, Passages
from staff.desk import desk, go, member, tell
from staff.marks import readable
from staff.views.experience import look_up

LONGEST_WORDS = 200
"""Characters of the words that the second part begins with."""


def add_passages(blueprint: Blueprint) -> None:
    at = "/experiences/<reference>/passages"
    blueprint.add_url_rule(at, "passages", passages, methods=["GET"])
    blueprint.add_url_rule(f"{at}/<uuid:passage_id>/split", "split_passage", split, methods=["POST"])
    blueprint.add_url_rule(f"{at}/<uuid:passage_id>/join/<uuid:other_id>", "join_passages", join, methods=["POST"])


def passages(reference: str) -> ResponseReturnValue:
    return _page(look_up(reference))


def split(reference: str, passage_id: UUID) -> ResponseReturnValue:
    view = look_up(reference)
    begins = " ".join(readable(request.form.get("begins", "")).split())[:LONGEST_WORDS]
    given = request.form.get("at", "")
    at = int(given) if re.fullmatch(r"\d{1,6}", given, re.ASCII) else None
    try:
        done = _use().split(
            view, passage_id, member(), at=at, begins=begins, digest=request.form.get("digest", ""), new_id=uuid4()
        )
    except BadCut as fault:
        return _page(view, wrong=passage_id, code=fault.code, begins=begins), 400
    tell("passage_split" if done else "passage_changed")
    return go(_address(reference))


def join(reference: str, passage_id: UUID, other_id: UUID) -> ResponseReturnValue:
    done = _use().join(look_up(reference), passage_id, other_id, member())
    tell("passages_joined" if done else "passage_changed")
    return go(_address(reference))


def _use() -> Passages:
    found = desk().rooms.passages
    if found is None:
        abort(404)
    return found


def _address(reference: str) -> str:
    return url_for("staff.passages", reference=reference)


def _page(view: ExperienceView, *, wrong: UUID | None = None, code: str = "", begins: str = "") -> str:
    return render_template("staff/passages.html", card=view.card, parts=_use().parts(view), wrong=wrong, code=code, begins=begins)
