"""What is held about somebody, set out for their page: as a talk, line by line, and as a file that programs read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.model import Address, ChannelName
from bot.mydata import Agreed, Answer, Held, Sent, SentOn, Told

_ENDS = 2
_NUMBERED = frozenset({"tel", "whatsapp"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the talk as the page shows it. ``who``: ``you``, ``machine`` or ``person``."""

    who: str
    at: datetime
    channel: ChannelName
    text: str
    sent: Sent | None = None


def talk_of(held: Held) -> Iterator[Line]:
    """What they sent and what we answered, as it went back and forth."""
    lines: list[Sent | Answer] = sorted((*held.sent, *held.answers), key=lambda line: line.at)
    for line in lines:
        if isinstance(line, Sent):
            yield Line(who="you", at=line.at, channel=line.channel, text=line.text, sent=line)
        else:
            yield Line(who="person" if line.by_person else "machine", at=line.at, channel=line.channel, text=line.text)


def door(address: Address) -> tuple[str, str]:
    """Which way an address is, by the name of its words; and as much of it as is shown: one phone must not give away
    another that somebody hides.
    """
    match address.scheme:
        case "tel":
            return "sms", f"…{address.path[-_ENDS:]}"
        case "email":
            return "email", f"{address.path[:1]}…"
        case "comment":
            return "comments", ""
        case scheme if scheme in _NUMBERED:
            return scheme, f"…{address.path[-_ENDS:]}"
        case scheme:
            return scheme, ""


def as_data(held: Held) -> dict[str, Any]:
    """All of it for a program: times in UTC, days as they are written everywhere."""
    return {
        "reached": [{"way": way, "ends": ends} for way, ends in map(door, held.doors)],
        "language": held.locale,
        "asked_us_to_stop": _at(held.stopped_at),
        "told": [_told(told) for told in held.told],
        "sent": [_sent(sent) for sent in held.sent],
        "answers": [
            {"at": _at(said.at), "way": said.channel, "words": said.text, "by": "person" if said.by_person else "machine"}
            for said in held.answers
        ],
        "agreed": [_agreed(agreed) for agreed in held.agreed],
        "owed": [
            {"what": owed.kind, "by": owed.due_on.isoformat(), "done": _at(owed.done_at), "passed_on": owed.passed_on}
            for owed in held.owed
        ],
        "noted": [{"at": _at(noted.at), "reference": noted.reference, "words": noted.text} for noted in held.noted],
        "sent_on": [_sent_on(sent) for sent in held.sent_on],
        "taken_out": [{"at": _at(out.at), "reference": out.reference, "you_asked": out.asked} for out in held.taken_out],
    }


def _told(told: Told) -> dict[str, Any]:
    return {
        "reference": told.reference,
        "began": _at(told.opened_at),
        "promised_by": told.promised_on.isoformat(),
        "read_on": None if told.read_on is None else told.read_on.isoformat(),
        "themes": list(told.themes),
    }


def _sent(sent: Sent) -> dict[str, Any]:
    return {
        "at": _at(sent.at),
        "way": sent.channel,
        "words": sent.text,
        "before_it_was_changed": sent.before or None,
        "place": sent.place or None,
        "sender_was_checked": sent.proved,
        "files": [
            {"id": str(copy.id), "kind": copy.kind, "type": copy.content_type, "bytes": copy.size, "name": copy.name}
            for copy in sent.files
        ],
    }


def _agreed(agreed: Agreed) -> dict[str, Any]:
    return {
        "at": _at(agreed.at),
        "to": agreed.purpose.value,
        "yes": agreed.given,
        "wording": agreed.wording,
        "reference": agreed.reference,
    }


def _sent_on(sent: SentOn) -> dict[str, Any]:
    return {
        "at": _at(sent.at),
        "reference": sent.reference,
        "to": sent.to,
        "words": sent.text,
        "answer": sent.answer or None,
        "called_back": _at(sent.called_back_at),
    }


def _at(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat(timespec="seconds")
