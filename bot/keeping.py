"""What a turn adds to the record: a new experience or the one that is open, its words, who speaks, what was learnt."""

from __future__ import annotations

from collections.abc import Sequence

from bot.conversation import ChangeLocale, Command, CorrectTheme, CountAsOne, KeepStory, SetSpeaker
from bot.draft import CUT, Draft
from bot.heard import RiskLevel
from bot.model import Speaker
from bot.reading import CAMPAIGNS, LINKS, Kind, Reading, only_comes

NOTICED = "noticed"
_NEVER_OPEN = (Command.STOP, Command.DELETE)
_NEED_A_PERSON = (Command.HUMAN, Command.MYDATA)
_NO_FEEDBACK = (Kind.CONFIRM_DELETE, Kind.NOT_THE_CODE, Kind.KEEP_AFTER_ALL, Kind.READ, *LINKS, *CAMPAIGNS)
_CHANGES_THE_SUBJECT = (Kind.STORY, Kind.ANSWER)
_GOES_ON = (Command.SKIP, Command.DONE)


def keep(draft: Draft, readings: Sequence[Reading]) -> None:
    """Open an experience if these words need one, and keep them in it. Nothing said is lost for not being an answer."""
    _learn_locale(draft, readings)
    if any(reading.kind is Kind.KEEP_AFTER_ALL for reading in readings):
        draft.change(delete_code=None, delete_until=None, delete_asked=False)
    elif any(reading.kind in _CHANGES_THE_SUBJECT or reading.command in _GOES_ON for reading in readings):
        draft.change(delete_asked=False)
    opens = not draft.conversation.experience_open and any(_opens(draft, reading) for reading in readings)
    if draft.conversation.campaign_offer and all(only_comes(reading) for reading in readings):
        opens = False
    if opens:
        draft.open()
    else:
        draft.hasten()
    if any(reading.kind is Kind.ONE_THING for reading in readings):
        draft.do(CountAsOne())
    kept = tuple(reading for reading in readings if _is_kept(reading, opened=opens))
    if not kept:
        return
    draft.do(KeepStory(tuple(reading.position for reading in kept)))
    stories = [reading for reading in kept if reading.kind is Kind.STORY]
    draft.change(
        story_words=draft.conversation.story_words + sum(reading.words for reading in stories),
        preview=_preview(draft, stories),
        place_known=draft.conversation.place_known or any(_tells_place(reading) for reading in kept),
        wellbeing=draft.conversation.wellbeing or any(_is_weary(reading) for reading in kept),
    )
    _learn_speaker(draft, kept)
    _learn_theme(draft, stories)


def _opens(draft: Draft, reading: Reading) -> bool:
    """The first message is kept as feedback whatever it was; later ones when there is something in them to keep."""
    if reading.has_more:
        return True
    if reading.kind in _NO_FEEDBACK or reading.command in _NEVER_OPEN:
        return False
    if reading.command is Command.START and draft.conversation.opted_out:
        return False
    if reading.kind in (Kind.STORY, Kind.HELLO) or reading.command in _NEED_A_PERSON:
        return True
    return not draft.was_greeted


def _is_kept(reading: Reading, *, opened: bool) -> bool:
    if reading.kind is Kind.STORY or reading.has_more:
        return True
    return opened and reading.kind not in (*_NO_FEEDBACK, Kind.REPEAT) and reading.command not in _NEVER_OPEN


def _preview(draft: Draft, stories: Sequence[Reading]) -> str:
    """The redacted story so far, one message a line, cut short: enough to see what a report would show."""
    lines = [draft.conversation.preview, *(" ".join(reading.heard.redacted.split()) for reading in stories)]
    whole = "\n".join(line for line in lines if line)
    most = draft.script.preview_characters
    return whole if len(whole) <= most else whole[: most - 1].rstrip().removesuffix(CUT) + CUT


def _tells_place(reading: Reading) -> bool:
    return bool(reading.heard.place or reading.heard.service or reading.stored.message.location)


def _is_weary(reading: Reading) -> bool:
    return RiskLevel.WELLBEING in (reading.stored.risk.level, reading.heard.risk.level)


def _learn_speaker(draft: Draft, kept: Sequence[Reading]) -> None:
    """A tap in the web chat's first line stands; otherwise the first who says who they are. Nobody is ever asked."""
    tapped = [reading.stored.message.speaker for reading in kept if reading.stored.message.speaker]
    said: list[Speaker] = []
    if draft.conversation.speaker in (Speaker.PARENT, Speaker.UNKNOWN):
        said = [speaker for reading in kept if (speaker := _speaker(draft, reading)) and speaker is not Speaker.PARENT]
    for speaker in (tapped or said)[:1]:
        if speaker is not draft.conversation.speaker:
            draft.change(speaker=speaker)
            draft.do(SetSpeaker(speaker))


def _speaker(draft: Draft, reading: Reading) -> Speaker | None:
    return draft.script.speakers.recognise(reading.text, draft.conversation.locale) or reading.heard.speaker


def _learn_theme(draft: Draft, stories: Sequence[Reading]) -> None:
    """“No, it was about transport”: the person's own word on what we said back outranks the tagger's."""
    if not draft.conversation.asked.get("reflect"):
        return
    for reading in stories:
        if reading.heard.themes and draft.script.commands.corrects(reading.text, draft.conversation.locale):
            draft.do(CorrectTheme(reading.heard.themes[0].theme))


def _learn_locale(draft: Draft, readings: Sequence[Reading]) -> None:
    """Answer in the language they write, when we speak it and are sure. Easy Read is a choice, and English to the ear.

    The first time it is said beside the answer, with the way back: a language is noticed and offered, never imposed.
    """
    for reading in readings:
        heard = reading.heard.locale
        same_language = heard.partition("-")[0] == draft.conversation.locale.partition("-")[0]
        if reading.kind is Kind.STORY and reading.language_is_sure and heard in draft.script.spoken and not same_language:
            draft.noticed = not draft.conversation.asked.get(NOTICED)
            draft.change(locale=heard)
            draft.change(asked={**draft.conversation.asked, NOTICED: 1})
            draft.do(ChangeLocale(heard))
            return
