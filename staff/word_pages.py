"""What the pages about words are filled with: texts by step of the talk, previews, and where two texts differ."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from bot.errors import BadContent
from bot.model import ChannelName, Locale
from bot.outgoing import Spoken
from bot.word_desk import Board, WordDesk
from bot.word_previews import Preview, Showing
from bot.word_versions import Place
from bot.wording import CHOICE, PLAIN, Tongue, Wording
from staff.marks import readable

_BETWEEN = re.compile(r"\s+")
_PIECES = re.compile(r"\S+\s*")
_FIND = 100
LONGEST_TEXT = 2000
"""Characters. The longest text of ours is well under this, and a longer one would never be read."""

ROAD: Mapping[str, tuple[str, ...]] = {
    "first": ("first.", "back.", "kept.", "tell.", "hello."),
    "reflect": ("reflect", "both"),
    "questions": ("ask.probe", "ask.where", "again.probe", "again.where", "again.media", "media.", "remind."),
    "consent": ("ask.", "again.", "preview.", "noted.", "choice."),
    "close": ("close.", "status.", "promise.", "owed.", "task."),
    "danger": ("danger.", "after_danger.", "wellbeing."),
    "commands": (
        "stop.", "start.", "help", "human", "mydata", "my_data.", "delete.", "takeback.", "private.", "share.", "link.",
        "privacy", "language.",
    ),
    "situations": (
        "death.", "answer.", "question.", "casework.", "complaint.", "foi.", "remove_part.", "angry.",
        "threat.", "other_council.", "off_topic.",
        "wrong_number.", "real.", "spam.",
    ),
    "campaigns": (
        "campaign.", "poster.", "ask.campaign", "again.campaign", "ask.invite", "again.invite", "noted.invite", "choice.invite",
    ),
    "ways": ("call.", "comment.", "window.", "not_proved", "hold."),
    "staff": ("alert.",),
}  # fmt: skip
"""Steps of the talk and the beginnings of the keys said there; the longest that fits. Their names are the templates'."""
OTHER = "other"


def step_of(key: str) -> str:
    fitting = [(len(begin), step) for step, begins in ROAD.items() for begin in begins if key.startswith(begin)]
    return max(fitting)[1] if fitting else OTHER


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One text in the list. ``marks``: proposed, published, stale (its English is another now), unfit."""

    key: str
    text: str
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One variant in the form: what is said now, what the files say, and what is proposed."""

    channel: str
    now: str
    files: str
    given: str
    is_proposed: bool
    is_published: bool


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words, and whether the other text has others there."""

    text: str
    differs: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One place at which two versions differ, side by side."""

    place: Place
    old: tuple[Piece, ...]
    new: tuple[Piece, ...]


def keys_of(tongue: Tongue) -> tuple[str, ...]:
    """By step of the talk, and within one as the file has them."""
    steps = [*ROAD, OTHER]
    keys = (*tongue.texts, *(f"{CHOICE}.{name}" for name in tongue.choices))
    return tuple(sorted(keys, key=lambda key: steps.index(step_of(key))))


def lines(board: Board, locale: Locale, words: str) -> dict[str, list[Line]]:
    """Texts by step; ``words``: only those that hold them, in the text or in the key."""
    tongue = board.now.tongues[locale]
    found: dict[str, list[Line]] = {}
    wanted = words.casefold()
    proposed = {draft.key for draft in board.drafts if draft.locale == locale}
    published = {change.key for change in (board.version.changes if board.version else ()) if change.locale == locale}
    unfit = {each.change.key for each in board.left if each.change.locale == locale}
    stale = stale_keys(board.now, locale)
    for key in keys_of(tongue):
        texts = variants(tongue, key)
        if wanted and not any(wanted in text.casefold() for text in (key, *texts.values())):
            continue
        marks = {"proposed": key in proposed, "published": key in published, "stale": key in stale, "unfit": key in unfit}
        line = Line(key=key, text=texts[PLAIN], marks=tuple(mark for mark, holds in marks.items() if holds))
        found.setdefault(step_of(key), []).append(line)
    return found


def stale_keys(wording: Wording, locale: Locale) -> frozenset[str]:
    """Texts whose English is another now than what they were made from."""
    tongue, english = wording.tongues[locale], wording.tongues[Locale("en")]
    return frozenset(
        key
        for key, stamp in tongue.translated.items()
        if (key in english.texts or key.removeprefix(f"{CHOICE}.") in english.choices) and english.stamp(key) != stamp
    )


def variants(tongue: Tongue, key: str) -> Mapping[str, str]:
    kind, _, name = key.partition(".")
    return {PLAIN: tongue.choices[name]} if kind == CHOICE else tongue.texts[key]


def fields(board: Board, locale: Locale, key: str) -> list[Field]:
    now, files = (variants(wording.tongues[locale], key) for wording in (board.now, board.base))
    drafts = {draft.channel: draft for draft in board.drafts if (draft.locale, draft.key) == (locale, key)}
    found = []
    for channel in sorted({*now, *files, *drafts}, key=lambda channel: (channel != PLAIN, channel)):
        draft = drafts.get(channel)
        said = now.get(channel, "")
        given = said if draft is None else files.get(channel, "") if draft.text is None else draft.text
        found.append(
            Field(
                channel=channel,
                now=said,
                files=files.get(channel, ""),
                given=given,
                is_proposed=draft is not None,
                is_published=board.published((locale, key, channel)) is not None,
            )
        )
    return found


def typed(text: str) -> str:
    """A text as it was typed into a form: on one line, single spaces, without what no page can show."""
    return _BETWEEN.sub(" ", readable(text)).strip()[:LONGEST_TEXT]


def read_search(given: str) -> str:
    return typed(given)[:_FIND]


def previews(desk: WordDesk, showing: Showing, wording: Wording, locale: Locale, key: str) -> tuple[Preview, ...]:
    """As it will look, with values as long as they come; an answer is shown under its question. Empty where it cannot be said."""
    sample, script = desk.checks.sample, desk.checks.script
    kind, _, name = key.partition(".")
    if kind == CHOICE:
        asking = [question.key for question in script.questions.values() if name in question.choices]
        key = f"ask.{asking[0]}" if asking else key
    if key not in wording.tongues[locale].texts:
        return ()

    def speak(channel: ChannelName) -> Spoken:
        return sample.spoken(wording, locale, key, channel, choices=sample.choices(key))

    try:
        return showing.previews(speak)
    except (BadContent, KeyError):
        return ()


def differences(before: Wording, after: Wording, places: Iterable[Place]) -> list[Difference]:
    return [_difference(place, _said(before, place), _said(after, place)) for place in places]


def _said(wording: Wording, place: Place) -> str:
    """What this channel is told there: its own words, or else the plain ones."""
    locale, key, channel = place
    tongue = wording.tongues.get(locale)
    kind, _, name = key.partition(".")
    if tongue is None or not (name in tongue.choices if kind == CHOICE else key in tongue.texts):
        return ""
    found = variants(tongue, key)
    return found.get(channel, found[PLAIN])


def _difference(place: Place, old: str, new: str) -> Difference:
    """Word by word."""
    before, after = _PIECES.findall(old), _PIECES.findall(new)
    left: list[Piece] = []
    right: list[Piece] = []
    for what, first, last, begin, end in SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes():
        differs = what != "equal"
        left += _run(before[first:last], differs=differs)
        right += _run(after[begin:end], differs=differs)
    return Difference(place=place, old=tuple(left), new=tuple(right))


def _run(words: Sequence[str], *, differs: bool) -> list[Piece]:
    return [Piece("".join(words), differs)] if words else []


def neighbours(tongue: Tongue, key: str) -> tuple[str, ...]:
    """The texts beside it in the list: two before, two after, of the same step."""
    keys = [each for each in keys_of(tongue) if step_of(each) == step_of(key)]
    at = keys.index(key)
    return tuple(keys[max(0, at - 2) : at] + keys[at + 1 : at + 3])


def written(place: Place) -> str:
    """A place as a form carries it."""
    return "|".join(place)


def read_places(given: Collection[str]) -> list[Place]:
    """Places out of a form; whatever is none is left out."""
    parts = [each.split("|") for each in given]
    return [(Locale(part[0]), part[1], part[2]) for part in parts if len(part) == len(("locale", "key", "channel"))]
