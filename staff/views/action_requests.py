"""Asking a publisher for something about an action, taking that back, and the answer. What is granted is done by the press that
grants it.
"""

from __future__ import annotations

from uuid import UUID, uuid4

from flask import Blueprint, abort, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest

from bot.action_requests import LONGEST, ActionRequests, NoReasonError, Request, Wish
from bot.actions import Action
from bot.spending import BeyondCeilingError
from staff.desk import desk, go, handles_alerts, member, tell
from staff.forms import read_beyond
from staff.marks import cleaned


def add_action_requests(blueprint: Blueprint) -> None:
    one = "/actions/<uuid:action_id>"
    blueprint.add_url_rule(f"{one}/ask", "ask_publisher", ask_publisher, methods=["POST"])
    blueprint.add_url_rule(f"{one}/asked/<uuid:request_id>/withdraw", "withdraw_request", withdraw_request, methods=["POST"])
    blueprint.add_url_rule(f"{one}/asked/<uuid:request_id>/answer", "answer_request", answer_request, methods=["POST"])


def ask_publisher(action_id: UUID) -> ResponseReturnValue:
    use, found = _use(), _find(action_id)
    asked = use.ask(found, _wish(), member(), _word())
    if asked is None:
        tell("request_not_asked")
    else:
        tell("request_asked", action=str(found.id), asked=str(asked))
    return _back(found)


def withdraw_request(action_id: UUID, request_id: UUID) -> ResponseReturnValue:
    use, found = _use(), _find(action_id)
    asked = use.find(found, request_id)
    if asked is not None and use.withdraw(asked, member()):
        tell("request_withdrawn")
    else:
        _tell_who_was_quicker(use.find(found, request_id))
    return _back(found)


def answer_request(action_id: UUID, request_id: UUID) -> ResponseReturnValue:
    use, found = _use(), _find(action_id)
    asked = use.find(found, request_id)
    if asked is None or asked.yes is not None:
        _tell_who_was_quicker(asked)
        return _back(found)
    if request.form.get("yes") == "yes":
        return _grant(use, found, asked)
    try:
        if use.refuse(asked, member(), _word()):
            tell("request_refused")
        else:
            _tell_who_was_quicker(use.find(found, request_id))
    except NoReasonError:
        tell("request_say_why")
    return _back(found)


def _tell_who_was_quicker(stands: Request | None) -> None:
    if stands is None or stands.yes is None:
        tell("request_gone")
    else:
        tell("request_answered", by=stands.answered_by or "", yes=int(stands.yes))


def _grant(use: ActionRequests, found: Action, asked: Request) -> ResponseReturnValue:
    """It is done first, and answered then: where it cannot be done, nobody is told that it was."""
    actions, telling = desk().rooms.actions, desk().rooms.telling
    if actions is None or telling is None:
        abort(404)
    if asked.wish is Wish.PUBLISH:
        unready = actions.publish(found, uuid4(), member())
        if unready is not None:
            tell("action_unready", why=unready.value)
            return _back(found)
        tell("action_published")
    else:
        try:
            tell("action_telling", count=telling.start(found, member(), beyond=read_beyond(request.form)))
        except BeyondCeilingError:
            tell("beyond_ceiling")
            return _back(found)
    if not use.grant(found, asked.wish, member(), _word()) and use.find(found, asked.id) is None:
        tell("request_done_all_the_same", wish=asked.wish.value)
    return _back(found)


def _use() -> ActionRequests:
    found = desk().rooms.action_requests
    if found is None:
        abort(404)
    return found


def _find(action_id: UUID) -> Action:
    actions = desk().rooms.actions
    if actions is None:
        abort(404)
    return actions.find(action_id, with_safeguarding=handles_alerts())


def _wish() -> Wish:
    try:
        return Wish(request.form.get("wish", ""))
    except ValueError as error:
        raise BadRequest from error


def _word() -> str:
    return " ".join(cleaned(request.form.get("word", "")).split())[:LONGEST]


def _back(found: Action) -> ResponseReturnValue:
    return go(url_for("staff.action", action_id=found.id))
