"""What is done with an experience beside reading it: whose it is, snoozing, a day, notes; and the last ten acts."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bot.cards import ExperienceCard
from bot.desk_work import LONGEST_NOTE, Deed, DeskWork, GoneOnError, PromisedBeforeError, TooFarError
from staff.desk import desk, go, handles_alerts, member, tell
from staff.forms import drawn_with
from staff.gates import may_enter
from staff.inbox_forms import read_day
from staff.marks import cleaned
from staff.views.experience import address_of, look_up


def add_desk_work(blueprint: Blueprint) -> None:
    at = "/experiences/<reference>"
    blueprint.context_processor(lambda: {"just_done": just_done})
    blueprint.add_url_rule(f"{at}/give", "give", give, methods=["POST"])
    blueprint.add_url_rule(f"{at}/snooze", "snooze", snooze, methods=["POST"])
    blueprint.add_url_rule(f"{at}/due", "set_due", set_due, methods=["POST"])
    blueprint.add_url_rule(f"{at}/notes", "write_note", write_note, methods=["POST"])
    blueprint.add_url_rule(f"{at}/here", "still_here", still_here, methods=["POST"])
    blueprint.add_url_rule("/last", "last_deeds", last_deeds, methods=["GET"])
    blueprint.add_url_rule("/last/<uuid:deed_id>/undo", "undo_deed", undo_deed, methods=["POST"])


def give(reference: str) -> ResponseReturnValue:
    use, card = _use(), look_up(reference).card
    asked = request.form.get("to", "")
    try:
        to = UUID(asked) if asked else None
    except ValueError:
        abort(404)
    return _told(card, use.give(card, member(), to), "given" if to else "given_up")


def snooze(reference: str) -> ResponseReturnValue:
    use, card = _use(), look_up(reference).card
    until = read_day(request.form.get("until", ""))
    if until is None and request.form.get("wake") != "yes":
        return _refused(card, "day_needed")
    try:
        return _told(card, use.snooze(card, member(), until), "snoozed" if until else "woken")
    except TooFarError:
        return _refused(card, "day_too_far")
    except PromisedBeforeError:
        return _refused(card, "promised_before")


def set_due(reference: str) -> ResponseReturnValue:
    use, card = _use(), look_up(reference).card
    day = read_day(request.form.get("due", ""))
    if day is None and request.form.get("none") != "yes":
        return _refused(card, "day_needed")
    try:
        return _told(card, use.set_due(card, member(), day), "due_set" if day else "due_gone")
    except TooFarError:
        return _refused(card, "day_too_far")


def write_note(reference: str) -> ResponseReturnValue:
    use, card = _use(), look_up(reference).card
    words = cleaned(request.form.get("note", "")).strip()
    if not 0 < len(words) <= LONGEST_NOTE:
        return _refused(card, "note_length")
    return _told(card, use.write(card, member(), words, once=drawn_with(request.form)), "noted")


def still_here(reference: str) -> ResponseReturnValue:
    """The page is still open. Answers who else has it open, as the line that says so."""
    others = _use().open(look_up(reference).card, member())
    return render_template("staff/looking.html", others=others)


def just_done() -> Deed | None:
    """For the line that says what was just done: its key is U."""
    use = desk().rooms.desk_work
    return use.just_done(member()) if use is not None and may_enter("staff.undo_deed", member().role) else None


def last_deeds() -> ResponseReturnValue:
    names = {str(each.id): each.name for each in desk().store.all_staff()}
    deeds = _use().last(member(), with_safeguarding=handles_alerts())
    return render_template("staff/last.html", deeds=deeds, names=names)


def undo_deed(deed_id: UUID) -> ResponseReturnValue:
    try:
        _use().undo(deed_id, member())
    except GoneOnError:
        tell("deed_gone_on")
    else:
        tell("deed_undone")
    return go(url_for("staff.last_deeds"))


def _told(card: ExperienceCard, deed: Deed | None, note: str) -> ResponseReturnValue:
    if deed is None:
        tell("desk_as_before")
    else:
        tell(f"desk_{note}", deed=str(deed.id))
    return go(address_of(card.reference))


def _refused(card: ExperienceCard, why: str) -> ResponseReturnValue:
    tell(f"desk_{why}")
    return go(address_of(card.reference))


def _use() -> DeskWork:
    found = desk().rooms.desk_work
    if found is None:
        abort(404)
    return found
