"""One turn of the talk, pure: what was said and heard goes in; the talk after it, our words and the effects come out.

Danger comes first, then silence that was asked for (STOP, or staff who hold the talk), then commands, then the road.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from bot.campaign_talk import ask_on, begins, end, has_answers, is_asking, withdraw_quietly
from bot.commands import Phrase
from bot.conversation import Command, Conversation, Ending, EraseContact, OptIn, OptOut, Turn
from bot.draft import MOURNING, Draft, Silence, Step
from bot.elsewhere import mind_linking
from bot.handing_on import DUTIES, grant, is_mourning, mourn, wishes_in
from bot.heard import Heard, Risk
from bot.keeping import keep
from bot.model import NetworkKeyword
from bot.orders import LOOK_BACK, NEED_PROOF, ROAD, STATES, obey, obey_in_silence, refuse_code
from bot.reading import LINKS, Kind, Reading, code_in, read, whole
from bot.records import StoredInbound
from bot.road import Words, go_on, greet
from bot.script import Script
from bot.together import heard_together

_NO_WORDS = (Kind.COMMAND, Kind.NOT_THE_CODE, Kind.KEEP_AFTER_ALL, Kind.READ, *LINKS)


def take_turn(
    script: Script,
    conversation: Conversation,
    messages: Sequence[StoredInbound],
    heard: Sequence[Heard],
    now: datetime,
    earlier: Sequence[str] = (),
    together: Risk | None = None,
) -> Turn:
    """``heard`` belongs to ``messages`` one by one; ``now`` is in UTC. Whoever calls has answered danger already.

    ``earlier`` are their words of a moment ago, for those that are only dangerous together; ``together`` is what is heard
    in them as one, where that is known already.
    """
    only_looks_back = all(_looks_back(script, conversation, stored) for stored in messages)
    draft = Draft.begin(script, conversation, now, looks_back=only_looks_back)
    readings = read(draft, messages, heard)
    if not readings:
        return draft.finish(Silence.NOTHING_CAME)
    alone = max(stored.risk.level for stored in messages)
    if together is None:
        together = heard_together(earlier, [stored.message.text for stored in messages], alone=alone)
    signposted = alone.needs_alert or together.level.needs_alert
    draft.urgent_by = _urgent_by(draft, messages, together)
    if any(reading.kind is Kind.CONFIRM_DELETE for reading in readings):
        return _erase(draft, readings, signposted=signposted)
    if signposted or _worries(readings):
        readings = whole(readings)
    keep(draft, readings)
    was_silent = draft.conversation.opted_out
    _mind_opt_out(draft, readings)
    starts_again = was_silent and not draft.conversation.opted_out
    if starts_again and not _network_answered(readings, NetworkKeyword.START):
        draft.say("start.mourning" if draft.conversation.asked.get(MOURNING) else "start.done")
    if draft.conversation.opted_out:
        return _stay_silent(draft, readings, signposted=signposted, was_silent=was_silent)
    if draft.conversation.held:
        withdraw_quietly(draft, readings)
        for command in _commands(readings):
            obey_in_silence(draft, command)
        return _note_danger(draft, readings, signposted=signposted).finish(Silence.HELD)
    if signposted or _worries(readings):
        return _stand_by(draft, readings, signposted=signposted)
    return _go_on(draft, readings, starts_again=starts_again)


def _go_on(draft: Draft, readings: Sequence[Reading], *, starts_again: bool) -> Turn:
    if is_mourning(draft, readings):
        return _leave_to_a_person(draft, readings)
    if draft.conversation.danger:
        return _stand_by(draft, readings, signposted=False)
    return _answer(draft, readings, starts_again=starts_again)


def _looks_back(script: Script, conversation: Conversation, stored: StoredInbound) -> bool:
    """Whether the message is only about what was sent before, however long ago."""
    if stored.command is not None:
        return stored.command in LOOK_BACK
    text, locale = stored.message.text, conversation.locale
    return script.commands.phrase(text, locale) in (Phrase.LINK, Phrase.READ) or bool(code_in(script, text, locale))


def _urgent_by(draft: Draft, messages: Sequence[StoredInbound], together: Risk) -> date | None:
    """The day the texts for danger have named: those went out when the words came, which may be a while ago by now."""
    heard_at = [stored.received_at for stored in messages if stored.risk.level.needs_alert]
    if together.level.needs_alert:
        heard_at.append(draft.now)
    return min(map(draft.script.hours.read_first_on, heard_at), default=None)


def _answer(draft: Draft, readings: Sequence[Reading], *, starts_again: bool) -> Turn:
    """Commands are answered after the words they came with are acknowledged, and no question is asked beside them."""
    commands = _commands(readings)
    to_answer = [command for command in commands if command not in STATES | ROAD]
    wishes = wishes_in(draft, readings)
    words = Words(
        [reading for reading in readings if reading.kind not in _NO_WORDS],
        may_ask=not to_answer and not wishes and not any(reading.kind in LINKS for reading in readings),
        skips=Command.SKIP in commands,
        ends=Command.DONE in commands,
        beside_999=Command.HELP in commands or Command.HUMAN in commands,
    )
    goes_on = bool(words.stories or words.skips or words.ends or (words.readings and not to_answer))
    asks = is_asking(draft, readings)
    if asks and (goes_on or has_answers(readings) or begins(draft, readings)):
        goes_on = True
        ask_on(draft, words)
    elif goes_on:
        go_on(draft, words)
    grant(draft, wishes, may_ask=not to_answer and not asks)
    _obey(draft, readings, to_answer)
    _mind_delete(draft, readings)
    mind_linking(draft, readings)
    if draft.opened and not goes_on:
        greet(draft, words)
    if not draft.says and Command.START in commands and not starts_again:
        draft.say("hello.again")
    if starts_again:
        return draft.finish(Silence.NETWORK_ANSWERED)
    only_reads = all(reading.kind is Kind.READ for reading in readings)
    return draft.finish(Silence.ASKED_TO_READ if only_reads else Silence.COURTESY)


def _mind_delete(draft: Draft, readings: Sequence[Reading]) -> None:
    """A yes deletes nothing, for a yes is too quickly said; a no is confirmed."""
    refused = [reading for reading in readings if reading.kind is Kind.NOT_THE_CODE]
    if Command.DELETE in _commands(readings):
        return  # the code has just been said
    if any(reading.kind is Kind.KEEP_AFTER_ALL for reading in readings):
        draft.say("delete.not_done")
    elif refused:
        codes = draft.script.commands
        refuse_code(draft, is_wrong=any(codes.code(reading.text, draft.conversation.locale) for reading in refused))


def _obey(draft: Draft, readings: Sequence[Reading], commands: Sequence[Command]) -> None:
    for command in commands:
        reading = next(reading for reading in readings if reading.command is command)
        if command in NEED_PROOF and not reading.stored.message.verified:
            draft.say("not_proved")
        else:
            obey(draft, command, reading.text, verified=reading.stored.message.verified)


def _mind_opt_out(draft: Draft, readings: Sequence[Reading]) -> None:
    """STOP and START in the order they were said: the last one holds."""
    for reading in readings:
        if reading.command is Command.STOP and not draft.conversation.opted_out:
            end(draft, Ending.STOPPED, readings)
            draft.change(opted_out=True)
            draft.do(OptOut())
        elif reading.command is Command.START and draft.conversation.opted_out:
            draft.change(opted_out=False)
            draft.do(OptIn())


def _stay_silent(draft: Draft, readings: Sequence[Reading], *, signposted: bool, was_silent: bool) -> Turn:
    """Words are still kept. STOP is confirmed once, unless the phone network has done so."""
    _note_danger(draft, readings, signposted=signposted)
    end(draft, Ending.STOPPED, readings)
    for command in _commands(readings):
        obey_in_silence(draft, command)
    if was_silent:
        return draft.finish(Silence.OPTED_OUT)
    if _network_answered(readings, NetworkKeyword.STOP):
        return draft.finish(Silence.NETWORK_ANSWERED)
    draft.say("stop.done")
    return draft.finish()


def _note_danger(draft: Draft, readings: Sequence[Reading], *, signposted: bool) -> Draft:
    if signposted or _worries(readings):
        end(draft, Ending.DANGER, readings)
        draft.change(danger=True, greeted=True, step=Step.DANGER)
    return draft


def _stand_by(draft: Draft, readings: Sequence[Reading], *, signposted: bool) -> Turn:
    """After danger nothing is asked for the rest of this talk; words are kept and, at most, briefly acknowledged.

    The fixed text has gone out already where a rule heard the danger. Where only the listener did, the ordinary first
    reply is given, for somebody who dared to write must not meet silence.
    """
    words = Words([reading for reading in readings if reading.kind not in _NO_WORDS])
    mourns = is_mourning(draft, readings)
    if mourns:
        mourn(draft, anew=bool(words.readings) or _bring_files(readings), speaks=not signposted)
    elif not signposted:
        if draft.opened:
            greet(draft, words)
        elif _asks_for_help(readings) and not draft.says:
            draft.say("after_danger.help")
        elif any(reading.kind is Kind.FIGURE_OF_SPEECH for reading in words.readings):
            draft.say("after_danger.figure_of_speech")
        elif words.has(Kind.STORY, Kind.HELLO, Kind.PUZZLED, Kind.REPEAT, Kind.ANSWER) or _bring_files(readings):
            draft.say("after_danger.kept")
        grant(draft, [wish for wish in wishes_in(draft, readings) if wish.situation in DUTIES], may_ask=False)
    withdraw_quietly(draft, readings)
    end(draft, Ending.DANGER, readings)
    draft.change(danger=True, greeted=True, step=Step.DANGER)
    # Somebody who asks for help now is not told what this line is for.
    answered = STATES | ROAD | {Command.HELP}
    _obey(draft, readings, [command for command in _commands(readings) if command not in answered])
    _mind_delete(draft, readings)
    mind_linking(draft, readings)
    return draft.finish(Silence.SIGNPOSTED if signposted else Silence.A_PERSON_WRITES if mourns else Silence.COURTESY)


def _leave_to_a_person(draft: Draft, readings: Sequence[Reading]) -> Turn:
    """Somebody has died. That is answered once; from then on a person writes, and only what is asked for is done."""
    withdraw_quietly(draft, readings)
    end(draft, Ending.LEFT, readings)
    words = any(reading.kind not in _NO_WORDS for reading in readings) or _bring_files(readings)
    mourn(draft, anew=words)
    answered = STATES | ROAD
    _obey(draft, readings, [command for command in _commands(readings) if command not in answered])
    _mind_delete(draft, readings)
    mind_linking(draft, readings)
    draft.change(greeted=True, step=Step.STORY)
    return draft.finish(Silence.A_PERSON_WRITES)


def _bring_files(readings: Sequence[Reading]) -> bool:
    """Kept, whatever word they came under."""
    return any(reading.has_more for reading in readings)


def _asks_for_help(readings: Sequence[Reading]) -> bool:
    asked = {Command.HELP, Command.START} & set(_commands(readings))
    return bool(asked) or any(reading.kind is Kind.PUZZLED for reading in readings)


def _erase(draft: Draft, readings: Sequence[Reading], *, signposted: bool) -> Turn:
    """Everything goes but what keeping somebody safe needs; the talk begins anew with whoever writes next."""
    before = draft.conversation
    if signposted:
        keep(draft, readings)
    _mind_opt_out(draft, readings)
    opted_out = draft.conversation.opted_out
    draft.do(EraseContact())
    if opted_out and not before.opted_out and not before.held and not _network_answered(readings, NetworkKeyword.STOP):
        draft.say("stop.done")
    if not opted_out and not before.held:
        today = draft.script.hours.today(draft.now).isoformat()
        # Its number is known once it is done, and so is whether something had to be kept.
        values = {"erased_on": today, "erasure": ""}
        draft.say("delete.done_kept" if before.danger or signposted else "delete.done", values=values)
    draft.conversation = Conversation(
        id=before.id, channel=before.channel, locale=before.locale, opted_out=opted_out, last_at=draft.now
    )
    return draft.finish(Silence.OPTED_OUT if opted_out else Silence.HELD)


def _commands(readings: Sequence[Reading]) -> list[Command]:
    return list(dict.fromkeys(reading.command for reading in readings if reading.command is not None))


def _worries(readings: Sequence[Reading]) -> bool:
    return any(reading.heard.risk.level.needs_alert for reading in readings)


def _network_answered(readings: Sequence[Reading], keyword: NetworkKeyword) -> bool:
    return any(reading.stored.message.network_keyword is keyword for reading in readings)
