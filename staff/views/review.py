"""The review page: one passage in large type, decided by one press, and on to the next by itself."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest

from bot.errors import NotFound
from bot.heard import Polarity
from bot.review import Answer
from bot.review_records import MOST_COUNTED, Done, Outcome, Overtaken
from bot.reviewing import KEYS, LAST, Reviewing, Work
from staff.desk import desk, member, note_reading, tell
from staff.forms import read_seen
from staff.review_pages import ReviewPage

MOST_THEMES = 100
"""Themes that one form may tick; there are far fewer."""


def add_review(blueprint: Blueprint) -> None:
    at = "/review"
    blueprint.add_url_rule(at, "review", review, methods=["GET"])
    blueprint.add_url_rule(f"{at}/<uuid:passage_id>", "review_passage", review, methods=["GET"])
    blueprint.add_url_rule(f"{at}/check/<uuid:check_id>", "review_check", review, methods=["GET"])
    blueprint.add_url_rule(f"{at}/<uuid:passage_id>", "decide_passage", decide, methods=["POST"])
    blueprint.add_url_rule(f"{at}/undo", "undo_last", undo_last, methods=["POST"])
    blueprint.add_url_rule(f"{at}/undo/<uuid:reading_id>", "undo_reading", undo, methods=["POST"])
    blueprint.add_url_rule(f"{at}/keys", "review_keys", set_keys, methods=["POST"])


def review(passage_id: UUID | None = None, check_id: UUID | None = None) -> ResponseReturnValue:
    use = reviewing()
    work = use.next(member(), passage_id=passage_id, within=_sample(check_id))
    if work is None and check_id is not None:
        return redirect(url_for("staff.sure_check", check_id=check_id), code=303)
    if work is not None:
        note_reading(work.view.card.id)
    pace = use.pace(member())
    last = use.records.done(member().id, limit=LAST)
    return render_template(
        "staff/review.html",
        work=work,
        page=ReviewPage.of(work, desk().taxonomy) if work else None,
        pace=pace,
        left=said_of(work.left) if work else "0",
        share=round(100 * pace.today / (pace.today + work.left)) if work else 100,
        time_left=pace.time_for(work.left) if work else None,
        last=last,
        with_others=use.with_others(member()) if work is None else 0,
        keys=use.has_keys(member()),
        check_id=check_id,
        replies=_can_be_answered(work),
    )


def decide(passage_id: UUID) -> ResponseReturnValue:
    use = reviewing()
    try:
        match request.form.get("do", ""):
            case "accept":
                ticked = _ticked("theme")
                answer = Answer(passage_id=passage_id, shown=_ticked("shown"), ticked=ticked)
                is_whole = use.decide(member(), passage_id, answer, seen=read_seen(request.form), feeling=_feeling())
                _tell_decided(use, tuple(sorted(ticked)), is_whole=is_whole)
            case "unsure":
                use.pass_on(member(), passage_id)
                tell("review_unsure", left=_left(use))
            case _:
                raise BadRequest
    except (Overtaken, NotFound):
        tell("review_overtaken", left=_left(use))
    return _onward()


def undo_last() -> ResponseReturnValue:
    """The one that was the last when the page was made: two presses undo one."""
    try:
        return undo(UUID(request.form.get("reading", "")))
    except ValueError as error:
        raise BadRequest from error


def undo(reading_id: UUID) -> ResponseReturnValue:
    use = reviewing()
    done = use.undo(member(), reading_id)
    if done is None:
        tell("review_nothing_to_undo")
        return _onward()
    tell("review_undone", theme=_names(done), others=done.others, left=_left(use))
    return _onward(done.passage_id if not done.others else None)


def set_keys() -> ResponseReturnValue:
    use = reviewing()
    value = "on" if request.form.get("keys") == "on" else "off"
    use.records.prefer(member().id, KEYS, value)
    tell("review_keys", keys=value)
    return _onward()


def reviewing() -> Reviewing:
    found = desk().rooms.reviewing
    if found is None:
        abort(404)
    return found


def _can_be_answered(work: Work | None) -> bool:
    """Whether there is a talk in which somebody can write to them."""
    holding = desk().rooms.holding
    return work is not None and holding is not None and holding.find(work.view.card.reference, member()) is not None


def _ticked(name: str) -> frozenset[str]:
    found = frozenset(request.form.getlist(name))
    if len(found) > MOST_THEMES:
        raise BadRequest
    return found


def _feeling() -> Polarity | None:
    given = request.form.get("feeling", "")
    try:
        return Polarity(given) if given else None
    except ValueError as error:
        raise BadRequest from error


def _left(use: Reviewing) -> str:
    """As it is said: beyond a number nobody counts."""
    return said_of(use.left(member(), within=_sample(_check())))


def said_of(count: int) -> str:
    return f"{count:,}+" if count >= MOST_COUNTED else str(count)


def _check() -> UUID | None:
    """The set that this passage was read for, before it is accepted as a whole."""
    given = request.form.get("check", "")
    try:
        return UUID(given) if given else None
    except ValueError as error:
        raise BadRequest from error


def _sample(check_id: UUID | None) -> tuple[UUID, ...]:
    """The passages that are read for this set. Raises ``NotFound`` where there is none of this member's."""
    use = desk().rooms.sure_ones
    if check_id is None:
        return ()
    if use is None:
        raise NotFound
    return use.standing(check_id, member()).check.sample


def _tell_decided(use: Reviewing, themes: tuple[str, ...], *, is_whole: bool) -> None:
    note = "review_decided" if is_whole else "review_new_words"
    tell(note, theme=", ".join(desk().label(theme) for theme in themes), left=_left(use))


def _names(done: Done) -> str:
    if done.outcome is Outcome.UNSURE:
        return ""
    return ", ".join(desk().label(theme) for theme in done.themes)


def _onward(passage_id: UUID | None = None) -> ResponseReturnValue:
    """To the next one, with the focus on its heading."""
    check_id = _check()
    if passage_id is not None:
        address = url_for("staff.review_passage", passage_id=passage_id)
    else:
        address = url_for("staff.review_check", check_id=check_id) if check_id else url_for("staff.review")
    return redirect(f"{address}#passage-heading", code=303)
