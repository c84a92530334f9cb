"""One experience: read it, decide its tags, take and close its alerts, finish its tasks, reach who wrote it."""

from __future__ import annotations

from uuid import UUID, uuid4

from flask import Blueprint, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from bot.alert_records import AlertView
from bot.cards import ExperienceView
from bot.errors import NotFound
from bot.hiding import doubtful_words
from bot.originals import Original
from bot.wall import is_with_safeguarding, may_reach
from staff.desk import desk, go, handles_alerts, member, note_reading, tell
from staff.file_lines import file_lines
from staff.forms import HiddenWord, Outcome, Reason, read_answers, read_passages, read_seen
from staff.marks import readable
from staff.milestone_forms import MilestoneForm
from staff.pages import ExperiencePage
from staff.reply_pages import ReplyPage, reply_page

LONGEST_REFERENCE = 40
"""Characters; what is longer is no reference, and not looked up."""


def add_experience(blueprint: Blueprint) -> None:
    at = "/experiences/<reference>"
    blueprint.add_url_rule(at, "experience", experience, methods=["GET"])
    blueprint.add_url_rule(f"{at}/accept", "accept", accept, methods=["POST"])
    blueprint.add_url_rule(f"{at}/correct", "correct", correct, methods=["POST"])
    blueprint.add_url_rule(f"{at}/read", "mark_read", mark_read, methods=["POST"])
    blueprint.add_url_rule(f"{at}/alerts/<uuid:alert_id>/take", "take_alert", take_alert, methods=["POST"])
    blueprint.add_url_rule(f"{at}/alerts/<uuid:alert_id>/close", "close_alert", close_alert, methods=["POST"])
    blueprint.add_url_rule(f"{at}/clear-alerts", "clear_alerts", clear_alerts, methods=["POST"])
    blueprint.add_url_rule(f"{at}/tasks/<uuid:task_id>/finish", "finish_task", finish_task, methods=["POST"])
    blueprint.add_url_rule(f"{at}/reach", "reach", reach, methods=["POST"])
    blueprint.add_url_rule(f"{at}/release", "release", release, methods=["POST"])
    blueprint.add_url_rule(f"{at}/original", "show_original", show_original, methods=["POST"])


def experience(reference: str) -> ResponseReturnValue:
    view = look_up(reference)
    return page_of(view, reached=_is_asked_for(view))


def accept(reference: str) -> ResponseReturnValue:
    view = look_up(reference)
    later = _later(view)
    done = desk().review.accept(view, member(), passages=read_passages(request.form), seen=read_seen(request.form))
    return _onward(view, later, note="accepted", is_read=done.is_read, yes=done.yes, no=done.no)


def correct(reference: str) -> ResponseReturnValue:
    view = look_up(reference)
    later = _later(view)
    done = desk().review.correct(view, member(), answers=read_answers(request.form), seen=read_seen(request.form))
    return _onward(view, later, note="corrected", is_read=done.is_read, yes=done.yes, no=done.no)


def mark_read(reference: str) -> ResponseReturnValue:
    view = look_up(reference)
    later = _later(view)
    is_read = desk().review.mark_read(view, member(), seen=read_seen(request.form))
    return _onward(view, later, note="read", is_read=is_read)


def take_alert(reference: str, alert_id: UUID) -> ResponseReturnValue:
    view = look_up(reference)
    if desk().review.take_alert(view, alert_id, member()):
        tell("alert_taken")
    else:
        now = next((alert for alert in look_up(reference).alerts if alert.id == alert_id), None)
        tell_who_has(now)
    return go(address_of(view.card.reference))


def tell_who_has(alert: AlertView | None) -> None:
    """Why nothing was taken, as it stands now."""
    tell("alert_was_taken", by=(alert.taken_by or "") if alert and alert.outcome is None else "")


def close_alert(reference: str, alert_id: UUID) -> ResponseReturnValue:
    view = look_up(reference)
    outcome = Outcome.read(request.form)
    if outcome.errors:
        return page_of(view, outcome=outcome, outcome_for=alert_id), 400
    if not desk().review.close_alert(view, alert_id, member(), str(outcome)):
        return page_of(look_up(reference), outcome=outcome.overtaken(), outcome_for=alert_id), 409
    tell("alert_closed")
    return go(address_of(view.card.reference))


def clear_alerts(reference: str) -> ResponseReturnValue:
    """Let the team see a record whose alerts are closed."""
    view = look_up(reference)
    reason = Reason.read(request.form)
    if reason.errors:
        return page_of(view, clear_reason=reason.of_clearing()), 400
    tell("alert_cleared" if desk().review.clear_alerts(view, member(), reason.why) else "alert_not_cleared")
    return go(address_of(view.card.reference))


def finish_task(reference: str, task_id: UUID) -> ResponseReturnValue:
    view = look_up(reference)
    desk().review.finish_task(view, task_id, member())
    tell("task_finished")
    return go(address_of(view.card.reference))


def release(reference: str) -> ResponseReturnValue:
    view = look_up(reference)
    desk().review.release(view, member())
    tell("released", reference=view.card.reference)
    return go(address_of(view.card.reference))


def reach(reference: str) -> ResponseReturnValue:
    """The page after this one shows the address. Only the reference is carried there: an address is in no cookie."""
    view = look_up(reference)
    reason = Reason.read(request.form)
    if reason.errors:
        return page_of(view, reason=reason), 400
    if desk().review.ask_to_reach(view, member(), reason.why):
        session["reached"] = view.card.reference
        tell("address_shown")
    else:
        tell("nobody_to_reach")
    return go(address_of(view.card.reference))


def show_original(reference: str) -> ResponseReturnValue:
    """The page after this one shows the words as they came. Only the reference is carried there, and used up."""
    view, use = look_up(reference), desk().rooms.originals
    if use is None or not use.may_open(view, member()):
        raise NotFound
    reason = Reason.read(request.form)
    if reason.errors:
        return page_of(view, original_reason=reason.of_words()), 400
    use.ask(view, member(), reason.why)
    session["original"] = view.card.reference
    tell("original_shown")
    return go(address_of(view.card.reference))


def _originals(view: ExperienceView) -> tuple[Original, ...] | None:
    """What was asked for on the page before this one; None: nothing was."""
    use = desk().rooms.originals
    return use.open(view, member()) if use and session.pop("original", None) == view.card.reference else None


def _is_asked_for(view: ExperienceView) -> bool:
    """Whether the page before this one asked how to reach the person; answered yes once."""
    return session.pop("reached", None) == view.card.reference and may_reach(view.card, handles_alerts=handles_alerts())


def look_up(reference: str) -> ExperienceView:
    """The experience, if it may be read by who is signed in. Raises ``NotFound``, and the same for what is hidden: a
    reviewer who tries references must not learn which of them is with safeguarding.
    """
    is_one = len(reference) <= LONGEST_REFERENCE and readable(reference) == reference
    view = desk().store.experience(reference.replace("-", " ")) if is_one else None
    if view is None or (is_with_safeguarding(view.card) and not handles_alerts()):
        raise NotFound
    note_reading(view.card.id)
    return view


def address_of(reference: str) -> str:
    return url_for("staff.experience", reference=reference.replace(" ", "-"))


def _later(view: ExperienceView) -> str | None:
    """The one to read after this, looked up while this one still has its place in the order."""
    card = desk().review.next_to_read(view.card.reference, handles_alerts=handles_alerts())
    return card.reference if card else None


def page_of(
    view: ExperienceView,
    *,
    outcome: Outcome | None = None,
    outcome_for: UUID | None = None,
    reason: Reason | None = None,
    clear_reason: Reason | None = None,
    reached: bool = False,
    hidden: HiddenWord | None = None,
    original_reason: Reason | None = None,
    reply: ReplyPage | None = None,
) -> str:
    at = desk()
    held = at.rooms.holding.find(view.card.reference, member()) if at.rooms.holding and at.rooms.replying else None
    page = ExperiencePage.of(view, taxonomy=at.taxonomy, label=at.label, now=at.clock.now(), zone=at.zone)
    return render_template(
        "staff/experience.html",
        page=page,
        card=view.card,
        later=_later(view),
        outcome=outcome,
        outcome_for=outcome_for,
        may_reach=may_reach(view.card, handles_alerts=handles_alerts()),
        reason=reason,
        clear_reason=clear_reason,
        reached=reached,
        hidden=hidden,
        originals=_originals(view),
        may_open_original=at.rooms.originals is not None and at.rooms.originals.may_open(view, member()),
        original_reason=original_reason,
        doubtful=doubtful_words(view) if at.rooms.hiding else (),
        reach=at.store.reach(view.card.reference) if reached else None,
        origin=at.rooms.by_hand.accounts.origin(view.card.reference) if at.rooms.by_hand else None,
        reply=reply or (reply_page(held) if held else None),
        passings=at.rooms.sending_on.records.of_experience(view.card.id) if at.rooms.sending_on else (),
        once=uuid4(),
        notes=at.rooms.desk_work.notes(view.card) if at.rooms.desk_work else (),
        team=at.rooms.desk_work.team() if at.rooms.desk_work else (),
        others=at.rooms.desk_work.open(view.card, member()) if at.rooms.desk_work else (),
        milestones=at.rooms.milestones.records.of_experience(view.card.id) if at.rooms.milestones else (),
        removals=at.rooms.removing.of(view) if at.rooms.removing else (),
        actions=at.rooms.actions.records.of_experience(view.card.id) if at.rooms.actions else (),
        actions_offered=at.rooms.actions.offered() if at.rooms.actions else (),
        milestone_form=MilestoneForm.fresh(at.today()),
        links=at.rooms.same_person.links(view.card.reference, member()) if at.rooms.same_person else (),
        files=file_lines(at.files.of(view.card.reference) if at.files else (), shown=session.pop("showing", None)),
    )


def _onward(view: ExperienceView, later: str | None, *, note: str, is_read: bool, **counts: int) -> ResponseReturnValue:
    """On to the next one by itself; but stay where words came in that were not on the page."""
    if not is_read:
        tell("new_words")
        return go(address_of(view.card.reference))
    tell(note, reference=view.card.reference, **counts)
    return go(address_of(later) if later else url_for("staff.inbox"))
