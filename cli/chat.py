"""`earshot chat`: talk to the bot in the terminal as on any channel, on a store that is thrown away."""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, time, timedelta
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.days import ZONE
from bot.model import Locale
from cli.telling import Shown, tell_inbox, tell_parts, until, window

if TYPE_CHECKING:
    from demo.terminal import Terminal

CHANNELS = ("console", "sms", "whatsapp", "messenger", "telegram", "webchat", "pages", "email")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_LATER = re.compile(r"(\d{1,4})\s*([mhd])")
_AT = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_HELP = """\
/later 2h     the clock goes on by 2 hours (30m, 3d), and what falls due is done
/at 20:00     the clock goes on to the next 20:00
/as telegram  go on on another channel; to the service that is another person
/inbox        what the team would see of it
/payload      show the exact request of each part, or no more
/clock        what time it is here, and until when we may write
/help         this
Ctrl+D ends it. Where there are buttons, a number presses one. //word sends /word."""


class UnreadableError(Exception):
    """A command that cannot be followed; its text says why."""


@click.command()
@click.option(
    "--as",
    "as_channel",
    type=click.Choice(CHANNELS),
    default="console",
    show_default=True,
    help="Talk as on this channel: its wording, its rendering, its buttons; sms shows segments.",
)
@click.option("--locale", default="en", show_default=True, help="The language to talk in, as a tag: en, pl, en-x-easyread.")
@click.option("--payload", is_flag=True, help="Show the exact request that carries each part. Nothing leaves this machine.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, for programs.")
def chat(as_channel: str, locale: str, *, payload: bool, as_json: bool) -> None:
    """Talk to the bot here, as on any channel. Nothing is kept; Ctrl+D ends it, /help tells what else there is."""
    from bot.wording import Wording
    from demo.terminal import terminal

    locales = Wording.load(facts={"privacy_url": ""}, unsigned=True).locales
    if locale not in locales:
        raise click.UsageError(f"There is no locale {locale}. There are: {', '.join(sorted(locales))}.")
    with tempfile.TemporaryDirectory(prefix="earshot-chat-") as folder, terminal(Path(folder), locale=Locale(locale)) as talk:
        talk.go_to(as_channel)
        shown = Shown(payload, as_json)
        for line in _lines():
            try:
                _follow(line, talk, shown)
            except UnreadableError as error:
                shown.tell("error", {"error": str(error)}, [str(error)])


def _lines() -> Iterator[str]:
    """What is typed, or comes from a pipe, until there is no more."""
    if not sys.stdin.isatty():
        if isinstance(sys.stdin, TextIOWrapper):
            sys.stdin.reconfigure(errors="replace")
        yield from (line.rstrip("\r\n") for line in sys.stdin)
        return
    while True:
        try:
            yield click.prompt("you", prompt_suffix="> ")
        except click.Abort:
            click.echo()
            return


def _follow(line: str, talk: Terminal, shown: Shown) -> None:
    if not line.strip():
        return
    if not line.startswith("/") or line.startswith("//"):
        tell_parts(talk.say(line.removeprefix("/") if line.startswith("//") else line), talk, shown)
        return
    name, _, rest = line[1:].strip().partition(" ")
    if name not in _ACTS:
        raise UnreadableError(f"There is no /{name}. /help tells what there is; //{name} sends it as words.")
    _ACTS[name](rest.strip(), talk, shown)


def _later(rest: str, talk: Terminal, shown: Shown) -> None:
    given = _LATER.fullmatch(rest)
    if given is None:
        raise UnreadableError("Say how much later: /later 30m, /later 2h, /later 3d.")
    _move(talk.scene.clock.now() + timedelta(**{_UNITS[given[2]]: int(given[1])}), talk, shown)


def _at(rest: str, talk: Terminal, shown: Shown) -> None:
    given = _AT.fullmatch(rest)
    if given is None:
        raise UnreadableError("Say when: /at 20:00.")
    here = talk.scene.clock.now().astimezone(ZONE)
    wanted = datetime.combine(here.date(), time(int(given[1]), int(given[2])), ZONE)
    _move(wanted if wanted > here else wanted + timedelta(days=1), talk, shown)


def _move(to: datetime, talk: Terminal, shown: Shown) -> None:
    news = talk.wait_until(to)
    _clock("", talk, shown)
    if news:
        tell_parts(news, talk, shown)


def _as(rest: str, talk: Terminal, shown: Shown) -> None:
    if rest not in CHANNELS:
        raise UnreadableError(f"Say as what: {', '.join(CHANNELS)}.")
    talk.go_to(rest)
    shown.tell("as", {"channel": rest}, [f"[on {rest} now]"])


def _payload(rest: str, talk: Terminal, shown: Shown) -> None:
    del rest, talk
    shown.payload = not shown.payload
    shown.tell("payload", {"payload": shown.payload}, [f"[requests are {'shown' if shown.payload else 'not shown'}]"])


def _clock(rest: str, talk: Terminal, shown: Shown) -> None:
    del rest
    now = talk.scene.clock.now().astimezone(ZONE)
    told = {"at": now.isoformat(), "window": window(talk)}
    shown.tell("clock", told, [f"[{now:%a %-d %b %Y %H:%M}; {until(talk)}]"])


def _help(rest: str, talk: Terminal, shown: Shown) -> None:
    del rest, talk
    shown.tell("help", {"help": _HELP}, [_HELP])


def _inbox(rest: str, talk: Terminal, shown: Shown) -> None:
    del rest
    tell_inbox(talk.inbox(), talk, shown)


_ACTS: Mapping[str, Callable[[str, Terminal, Shown], None]] = {
    "later": _later,
    "at": _at,
    "as": _as,
    "inbox": _inbox,
    "payload": _payload,
    "clock": _clock,
    "help": _help,
}
