"""One person's talk in a terminal, on any channel: what each part of an answer is there, and the exact call that carries it.

Everything goes as in the demo: through the real webhook or API in, through the channel's own client out, to the stand-ins on
the loopback. Only what has no provider to call (mail, the terminal itself) is taken at the door.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from socket import socket
from uuid import uuid4

from bot.cards import ExperienceCard
from bot.inbox import InboxFilter
from bot.model import ENGLISH, Address, ChannelName, Locale
from bot.outgoing import Outgoing
from channels.console import Console
from channels.email import LIMIT as MAIL_LIMIT
from channels.mail_account import MailAccount
from channels.mail_reading import EMAIL
from channels.mail_writing import composed
from demo.app_phones import MessengerPhone, TelegramPhone
from demo.month import PHONES, number_of
from demo.posted import Phone
from demo.road import Loopback
from demo.running import HOST, serving
from demo.scene import Scene, set_up
from demo.speakers import AtTheDoor, Heard, InChat, OnPages, OnPhone, Speaker
from demo.tallies import Meters, Tallies

CHANNELS = ("console", "sms", "whatsapp", "messenger", "telegram", "webchat", "pages", "email")
_PERSON = "sam@example.org"
_OURS = "SEND feedback <feedback@example.org>"
_A_MOMENT = timedelta(seconds=1)


class Terminal:
    """The talk. ``go_to`` changes the channel: there the service meets somebody else, as it would."""

    def __init__(self, scene: Scene, doors: Sequence[Console], locale: Locale) -> None:
        self.scene = scene
        self._locale = locale
        self._worker = scene.earshot.worker()
        self._speakers: dict[str, Speaker] = {}
        self._doors = {str(door.name): door for door in doors}
        self._seen: dict[str, int] = {}
        earshot = scene.earshot
        self._tallies = Tallies(store=earshot.store, clock=scene.clock, script=earshot.script, taxonomy=earshot.taxonomy)
        self.speaker: Speaker

    def go_to(self, channel: str) -> None:
        """``channel`` is one of ``CHANNELS``."""
        if channel not in self._speakers:
            speaker = self._speaker(channel)
            self._speakers[channel] = speaker
            if self._locale != ENGLISH:
                with self.scene.earshot.store.transaction() as tx:
                    tx.hold_contact(speaker.address, (), locale=self._locale, now=self.scene.clock.now())
        self.speaker = self._speakers[channel]

    def say(self, text: str) -> list[Heard]:
        """What came of it once nothing more has been written for as long as the channel waits."""
        self.speaker.say(text)
        settle = self.scene.earshot.channels[self.speaker.channel].traits.settle
        return self.wait_until(self.scene.clock.now() + settle + _A_MOMENT)

    def wait_until(self, at: datetime) -> list[Heard]:
        """Move the clock there, do what has fallen due, and tell what is new."""
        self.scene.clock.move_to(at)
        for _ in range(2):  # receipts come back, and may make more fall due
            self._worker.work_off()
            self.scene.provider.callbacks.wait()
            self.scene.graph.reported()
        heard = self.speaker.heard()
        news = heard[self._seen.get(self.speaker.channel, 0) :]
        self._seen[self.speaker.channel] = len(heard)
        return list(news)

    def meters(self) -> Meters:
        lines = self._tallies.lines(self.speaker.address, self.speaker.channel)
        return self._tallies.meters(lines, None, self.scene.earshot.channels[self.speaker.channel].traits)

    def inbox(self) -> Sequence[ExperienceCard]:
        """Everything the team would see, newest first."""
        return self.scene.earshot.store.inbox(InboxFilter(open_only=False), size=50).cards

    def theme(self, code: str) -> str:
        return self._tallies.label(code)

    def _speaker(self, channel: str) -> Speaker:
        scene = self.scene
        if channel in self._doors:
            sender = Address("email", _PERSON) if channel == EMAIL else Address("console", str(uuid4()))
            carried = self._mail() if channel == EMAIL else _nothing_more
            return AtTheDoor(scene, self._doors[channel], sender, carried, self._locale)
        if channel == "webchat":
            return InChat(scene)
        return OnPages(scene, self._locale) if channel == "pages" else OnPhone(self._phones()[channel])

    def _phones(self) -> Mapping[str, Phone]:
        scene, loopback = self.scene, Loopback(self.scene.earshot.settings.public_url)
        return {
            **{channel: scene.handset(ChannelName(channel), number_of(channel, 0), loopback) for channel in PHONES},
            "messenger": MessengerPhone("5100000000000001", graph=scene.graph, clock=scene.clock),
            "telegram": TelegramPhone("5000111222", api=scene.bot_api, clock=scene.clock),
        }

    def _mail(self) -> Callable[[Outgoing], str]:
        account = MailAccount.read(
            _OURS,
            keys=(self.scene.earshot.secret_key.encode(),),
            imap_url="imaps://none:none@mail.example.org",
            smtp_url="smtps://none:none@mail.example.org",
        )
        return lambda outgoing: composed(outgoing, account, now=self.scene.clock.now()).as_string().replace("\r\n", "\n")


@contextmanager
def terminal(folder: Path, *, locale: Locale, now: datetime | None = None) -> Iterator[Terminal]:
    """A talk that can begin, as long as the block runs. ``folder`` holds the store and is thrown away by whoever made it."""
    by_mail = Console(None, as_channel="email", limit=MAIL_LIMIT)
    by_mail.name = EMAIL
    doors = (Console(None), by_mail)
    scene = set_up(folder, port=_free_port(), now=now, extra_channels=doors)
    scene.clock.move_to(scene.opened_at)
    with serving(scene.app, port=scene.earshot.settings.port):
        try:
            yield Terminal(scene, doors, locale)
        finally:
            scene.provider.callbacks.stop()
            scene.graph.stop()


def _free_port() -> int:
    with socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _nothing_more(outgoing: Outgoing) -> str:
    """In the terminal the words themselves are all there is."""
    return outgoing.text
