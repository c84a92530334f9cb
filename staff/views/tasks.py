"""What the team owes families: lists of tasks, and one task with all that can be done about it."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from bot.tasks import NotMovableError, Show, Tasks
from staff.desk import desk, go, member, tell
from staff.forms import Reason
from staff.task_forms import Done, Move, read_member, read_show


def add_tasks(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/tasks", "tasks", tasks, methods=["GET"])
    at = "/tasks/<uuid:task_id>"
    blueprint.add_url_rule(at, "task", task, methods=["GET"])
    blueprint.add_url_rule(f"{at}/take", "take_task", take_task, methods=["POST"])
    blueprint.add_url_rule(f"{at}/give", "give_task", give_task, methods=["POST"])
    blueprint.add_url_rule(f"{at}/put-back", "put_back_task", put_back_task, methods=["POST"])
    blueprint.add_url_rule(f"{at}/move", "move_task", move_task, methods=["POST"])
    blueprint.add_url_rule(f"{at}/done", "close_task", close_task, methods=["POST"])
    blueprint.add_url_rule(f"{at}/reach", "reach_of_task", reach_of_task, methods=["POST"])


def tasks() -> ResponseReturnValue:
    show = read_show(request.args)
    return render_template(
        "staff/tasks.html", show=show, shows=list(Show), tasks=_tasks().list(show, member()), counts=_tasks().counts(member())
    )


def task(task_id: UUID) -> ResponseReturnValue:
    return _page(task_id, reached=session.pop("reached_task", None) == str(task_id))


def take_task(task_id: UUID) -> ResponseReturnValue:
    _tasks().give(task_id, member(), member().id)
    tell("task_taken")
    return go(_address(task_id))


def give_task(task_id: UUID) -> ResponseReturnValue:
    to = read_member(request.form)
    _tasks().give(task_id, member(), to)
    tell("task_given", name=next((each.name for each in _tasks().team() if each.id == to), ""))
    return go(_address(task_id))


def put_back_task(task_id: UUID) -> ResponseReturnValue:
    _tasks().give(task_id, member(), None)
    tell("task_put_back")
    return go(_address(task_id))


def move_task(task_id: UUID) -> ResponseReturnValue:
    form = Move.read(request.form)
    if form.errors or form.day is None:
        return _page(task_id, move=form), 400
    try:
        told = _tasks().move(task_id, member(), form.day, form.why, tell=form.tell)
    except NotMovableError:
        return _page(task_id, move=form.refused()), 400
    tell("task_moved", told="yes" if told else "")
    return go(_address(task_id))


def close_task(task_id: UUID) -> ResponseReturnValue:
    form = Done.read(request.form)
    if form.errors:
        return _page(task_id, done=form), 400
    _tasks().finish(task_id, member(), form.outcome)
    tell("task_finished")
    return go(_address(task_id))


def reach_of_task(task_id: UUID) -> ResponseReturnValue:
    """The page after this one shows the address. Only the task's id is carried there: an address is in no cookie."""
    reason = Reason.read(request.form)
    if reason.errors:
        return _page(task_id, reason=reason), 400
    if _tasks().ask_to_reach(task_id, member(), reason.why):
        session["reached_task"] = str(task_id)
        tell("address_shown")
    else:
        tell("nobody_to_reach")
    return go(_address(task_id))


def _tasks() -> Tasks:
    found = desk().rooms.tasks
    if found is None:
        abort(404)
    return found


def _address(task_id: UUID) -> str:
    return url_for("staff.task", task_id=task_id)


def _page(
    task_id: UUID,
    *,
    move: Move | None = None,
    done: Done | None = None,
    reason: Reason | None = None,
    reached: bool = False,
) -> str:
    use = _tasks()
    found = use.look(task_id, member())
    return render_template(
        "staff/task.html",
        task=found,
        colleagues=[each for each in use.team() if each.id not in (member().id, found.owner_id)],
        may_tell=found.done_at is None and use.may_tell(found),
        move=move,
        done=done,
        reason=reason,
        reached=reached,
        reach=use.reach(task_id, member()) if reached else None,
    )
