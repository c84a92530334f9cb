"""What `earshot chat` tells, as lines for people or as JSON for programs: each part of an answer, the window, the inbox."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import click

from bot.days import ZONE
from bot.review import tags

if TYPE_CHECKING:
    from bot.cards import ExperienceCard
    from demo.speakers import Heard
    from demo.terminal import Terminal


@dataclass
class Shown:
    """How things are told: ``payload`` the exact requests too, ``as_json`` one object a line, for a program."""

    payload: bool
    as_json: bool

    def tell(self, kind: str, told: Mapping[str, Any], lines: Sequence[str]) -> None:
        if self.as_json:
            click.echo(json.dumps({"kind": kind, **told}, ensure_ascii=False, default=str))
        else:
            click.echo("\n".join(lines))


def tell_parts(news: Sequence[Heard], talk: Terminal, shown: Shown) -> None:
    if not news:
        shown.tell("silence", {"channel": talk.speaker.channel, "window": window(talk)}, ["[no answer]"])
    for heard in news:
        told = {
            "channel": talk.speaker.channel,
            "at": heard.at.isoformat(),
            "text": heard.text,
            "buttons": list(heard.buttons),
            "segments": asdict(heard.length) if heard.length else None,
            "status": heard.status,
            "window": window(talk),
            **({"request": heard.request} if shown.payload else {}),
        }
        shown.tell("bot", told, _part_lines(heard, talk, payload=shown.payload))


def _part_lines(heard: Heard, talk: Terminal, *, payload: bool) -> list[str]:
    lines = [f"bot> {line}" for line in heard.text.split("\n")]
    if heard.buttons:
        lines.append("     " + "  ".join(f"{number} [{label}]" for number, label in enumerate(heard.buttons, start=1)))
    small = [heard.status]
    if heard.length:
        small.insert(0, f"{heard.length.segments} x SMS, {heard.length.units} {heard.length.encoding}")
    if talk.meters().has_window:
        small.append(until(talk))
    lines.append(f"     [{'; '.join(small)}]")
    if payload:
        lines += [f"     | {line}" for line in heard.request.split("\n")]
    return lines


def until(talk: Terminal) -> str:
    meters = talk.meters()
    if not meters.has_window:
        return "we may write at any time"
    if meters.until is None:
        return "we may write once they have"
    until = f"{meters.until.astimezone(ZONE):%a %-d %b %H:%M}"
    return f"window open until {until}" if meters.window_minutes else f"window shut since {until}: what falls due waits"


def window(talk: Terminal) -> dict[str, object] | None:
    """``until`` is None where it has not opened yet."""
    meters = talk.meters()
    if not meters.has_window:
        return None
    return {"open": bool(meters.window_minutes), "until": meters.until.isoformat() if meters.until else None}


def tell_inbox(cards: Sequence[ExperienceCard], talk: Terminal, shown: Shown) -> None:
    """Every experience there is, as the team would find it."""
    read = [_read(card, talk) for card in cards]
    lines = [line for card in read for line in _lines_of(card)]
    shown.tell("inbox", {"experiences": read}, lines or ["[the inbox is empty]"])


def _read(card: ExperienceCard, talk: Terminal) -> dict[str, Any]:
    return {
        "reference": card.reference,
        "channel": card.channel,
        "promised_on": card.promised_on.isoformat(),
        "risk": card.risk.word,
        "alerts": [kind for alert in card.alerts if not alert.outcome for kind in alert.kinds],
        "needs_translation": card.needs_translation,
        "tasks": [task.kind for task in card.tasks],
        "passages": [
            {
                "text": passage.text,
                "feeling": passage.polarity.value,
                "themes": [
                    {"theme": talk.theme(tag.theme), "sureness": tag.sureness or "said by a person"} for tag in tags(passage)
                ],
            }
            for passage in card.passages
        ],
    }


def _lines_of(card: Mapping[str, Any]) -> list[str]:
    risk = f"; {card['risk']}{', alert open' if card['alerts'] else ''}" if card["risk"] != "none" else ""
    translation = "; needs translation" if card["needs_translation"] else ""
    lines = [f"{card['reference']} ({card['channel']}), to be read by {card['promised_on']}{risk}{translation}"]
    lines += [f"  to do: {task}" for task in card["tasks"]]
    for passage in card["passages"]:
        themes = ", ".join(f"{tag['theme']} ({tag['sureness']})" for tag in passage["themes"]) or "no theme"
        lines.append(f"  “{passage['text']}”: {passage['feeling']}; {themes}")
    return lines
