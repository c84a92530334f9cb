"""Where a talk is played: the real road from the door to the door, with the time, the chance and the listener given.

Intake, danger, turns and outbox run on a SQLite store; each channel renders as it does for its provider, and what it
would send is written down.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from io import StringIO
from itertools import count
from random import Random
from typing import Any, Protocol, TypeVar
from uuid import UUID, uuid4

from action_wiring import open_actions
from bot.actions_told import TOLD
from bot.cards import ExperienceCard
from bot.danger import DangerTexts
from bot.events import MissedCall
from bot.holding import Holding
from bot.inbox import InboxFilter
from bot.intake import Intake
from bot.linking import Linking
from bot.milestones import MilestoneKind, Milestones, NewMilestone
from bot.model import ENGLISH, Address, ChannelName, Contact, InboundMessage, Location, Media
from bot.mydata import MyDataLinks
from bot.outbox import Outbox
from bot.outgoing import Outgoing
from bot.ports import Channel
from bot.promises import Promises
from bot.records import StaffMember
from bot.redaction import redact
from bot.replies import Replies
from bot.resuming import Resuming
from bot.script import Script
from bot.signposts import Signposts
from bot.terms import Terms
from bot.turns import Turns
from bot.wording import Wording
from bot.writing import TAKE_BACK, Writing
from campaign_wiring import open_campaigns
from channels.console import Console
from channels.email import EmailDoor
from channels.mail_account import MailAccount
from channels.manual import by_hand
from channels.messenger import Messenger
from channels.messenger_api import MetaPage
from channels.pages import Pages
from channels.rendering import choice_lines
from channels.segments import measure
from channels.telegram import TelegramAccount, TelegramDoor
from channels.telegram_client import TelegramClient
from channels.twilio import TwilioAccount, TwilioSms, TwilioWhatsApp
from channels.twilio_events import KEYWORDS
from channels.webchat import WebChat
from storage.database import Database
from storage.holds import SqlTalks
from storage.milestones import SqlMilestones
from storage.promises import SqlPromises
from storage.resuming import RECORD, SqlResumeCodes
from storage.sealing import Sealer
from storage.standing import SqlStandings
from storage.store import SqlStore
from tests.conftest import KEYS
from tests.journeys.given import GivenChance, GivenClock, GivenCodes, GivenListener, Noted, NoWake
from tests.journeys.talk_files import span

WORKER = "stage"
BETWEEN_MESSAGES = timedelta(seconds=2)
ADDRESSES = {
    "sms": Address("tel", "+447700900123"),
    "whatsapp": Address("whatsapp", "447700900123"),
    "messenger": Address("messenger", "7001"),
    "telegram": Address("telegram", "8001"),
    "email": Address("email", "parent@family.example"),
    "webchat": Address("web", "a-browser"),
    "pages": Address("web", "a-page"),
    "console": Address("console", "a-terminal"),
}
ELSEWHERE = {
    "sms": Address("tel", "+447700900124"),
    "whatsapp": Address("whatsapp", "447700900124"),
    "messenger": Address("messenger", "7002"),
    "telegram": Address("telegram", "8002"),
    "email": Address("email", "parent@work.example"),
    "webchat": Address("web", "another-browser"),
    "pages": Address("web", "another-page"),
    "console": Address("console", "another-terminal"),
}
"""The same person's other phone, account or browser."""
A_CALL = "a call"
SENT_ALONG: Mapping[str, dict[str, Any]] = {
    "": {},
    "a photo": {"media": (Media(url="https://provider.example/1", content_type="image/jpeg"),)},
    "a voice message": {"media": (Media(url="https://provider.example/2", content_type="audio/ogg"),)},
    "a document": {"media": (Media(url="https://provider.example/3", content_type="application/pdf"),)},
    "a video": {"media": (Media(url="https://provider.example/4", content_type="video/mp4"),)},
    "a place": {"location": Location(latitude=50.94, longitude=-2.63)},
}
PAGE = MetaPage(
    page_id="1001", token="t", app_secrets=("s",), verify_token="w", public_url="https://earshot.example", app_id="2002"
)
BOT = TelegramAccount(token=f"123456:{'A' * 35}", secret="word", public_url="https://earshot.example")
MAILBOX = MailAccount.read("send@somerset.example", keys=(b"k" * 32,), imap_url="imap://127.0.0.1", smtp_url="smtp://127.0.0.1")
NORA = StaffMember(id=UUID(int=7), name="Nora Example", username="nora", role="reviewer", password_hash="x")
PUBLISHER = replace(NORA, role="publisher")
"""Nora, where she may publish."""

WRITES = "writes: "
ANSWERS = "says that an answer comes in "
"""What a member of the team writes to the person themselves."""

T = TypeVar("T")


class Stage(Protocol):
    """What a talk needs of wherever it is played."""

    def wait(self, time: timedelta) -> None: ...

    def says(self, texts: Sequence[str], *, sends: str, hears: Mapping[str, Any], elsewhere: bool = False) -> list[str]:
        """One burst, from another phone if ``elsewhere``; returns what was sent back, exactly, in order; answers to choose
        from as numbered lines.
        """
        ...

    def staff(self, deed: str) -> list[str]:
        """What the team does; returns what was sent because of it."""
        ...

    def passes(self) -> list[str]:
        """Nobody writes, and time has gone by: what is said of its own accord, as ``says`` gives it."""
        ...

    def facts(self, asked: Container[str] | None = None) -> dict[str, Any]:
        """What stands in the record; of what has to be looked up apart, only what is asked for, and all where it is not said."""
        ...


@cache
def script() -> Script:
    return Script.load()


@cache
def wording() -> Wording:
    return Wording.load(facts={"privacy_url": "https://earshot.example/privacy"})


def _door(channel: str) -> Channel:
    account = TwilioAccount(sid=f"AC{'0' * 32}", tokens=("t",), public_url="https://earshot.example")
    settle = script().settle(ChannelName(channel))
    doors: dict[str, Callable[[], Channel]] = {
        "sms": lambda: TwilioSms(account, number="+447700900000", settle=settle),
        "whatsapp": lambda: TwilioWhatsApp(account, number="+447700900000", settle=settle),
        "messenger": lambda: Messenger(PAGE, settle=settle),
        "telegram": lambda: TelegramDoor(BOT, TelegramClient(token=BOT.token), settle=settle),
        "email": lambda: EmailDoor(MAILBOX, settle=settle),
        "webchat": lambda: WebChat(settle),
        "pages": lambda: Pages(settle),
        "console": lambda: Console(StringIO(), settle=settle),
        "byhand": by_hand,
    }
    return doors[channel]()


class StoreStage:
    """The real stack on one SQLite file."""

    def __init__(self, channel: str, *, database: Database, start: datetime, also: Sequence[str] = ()) -> None:
        self.channel = Noted(_door(channel))
        self.doors = {door.name: door for door in (self.channel, *(Noted(_door(name)) for name in also))}
        self.clock = GivenClock(start)
        self.chance = GivenChance()
        self.listener = GivenListener()
        self.database = database
        sealer = Sealer.open(database, KEYS)
        self.store = SqlStore(database, sealer, lambda text: redact(text)[0])
        self.resuming = Resuming(
            codes=SqlResumeCodes(database, sealer), clock=self.clock, references=script().references, random=GivenCodes()
        )
        self.my_data_codes = replace(self.resuming, codes=SqlResumeCodes(database, sealer, opens=RECORD))
        channels: dict[ChannelName, Channel] = dict(self.doors)
        replies = Replies(wording=wording(), channels=channels, new_id=uuid4)
        danger = DangerTexts(wording=wording(), signposts=Signposts.load(), hours=script().hours, replies=replies)
        self.intake = Intake(
            replies=replies,
            hours=script().hours,
            signposts=script().signposts,
            store=self.store,
            clock=self.clock,
            wake=NoWake(),
            commands=script().commands,
            danger=danger,
            channels=channels,
            burst_cap=script().burst_cap,
            new_id=uuid4,
        )
        self.turns = Turns(
            store=self.store,
            clock=self.clock,
            script=script(),
            wording=wording(),
            danger=danger,
            replies=replies,
            channels=channels,
            listener=self.listener,
            taxonomy=script().taxonomy.version,
            new_id=uuid4,
            random=self.chance,
            linking=Linking(self.resuming, MyDataLinks(self.my_data_codes, "https://earshot.example")),
        )
        self.turns.standings = SqlStandings(database, Terms.load())
        self.campaigns = open_campaigns(
            database=database,
            sealer=sealer,
            store=self.store,
            clock=self.clock,
            script=script(),
            wording=wording(),
            replies=replies,
            channels=channels,
            sms_countries=("+44",),
        )
        self.turns.campaigning = self.campaigns.talk
        self.actions = open_actions(
            database=database,
            sealer=sealer,
            store=self.store,
            clock=self.clock,
            hours=script().hours,
            wording=wording(),
            replies=replies,
            channels=channels,
            sms_countries=("+44",),
            public_url="https://earshot.example",
        )
        self.outbox = Outbox(
            store=self.store,
            clock=self.clock,
            channels=channels,
            sms_countries=("+44",),
            hourly_cap=1000,
            random=Random(1),
            last_looks={TOLD: self.actions.telling.last_look},
        )
        self.writing = Writing(
            records=SqlTalks(database, sealer),
            work=self.store,
            channels=channels,
            clock=self.clock,
            new_id=uuid4,
            segments=lambda text: measure(text).segments,
        )
        self.holding = Holding(
            records=SqlTalks(database, sealer),
            store=self.store,
            work=self.store,
            writing=self.writing,
            replies=replies,
            channels=channels,
            hours=script().hours,
            clock=self.clock,
        )
        self.promises = Promises(
            records=SqlPromises(database, sealer),
            store=self.store,
            clock=self.clock,
            replies=replies,
            hours=script().hours,
            channels=channels,
        )
        self.milestones = Milestones(
            records=SqlMilestones(database), store=self.store, clock=self.clock, themes=frozenset(script().taxonomy.themes)
        )
        self._ids = count(1)
        self._strangers: set[str] = set()
        with self.store.transaction() as tx:
            tx.add_staff(NORA, start)

    @property
    def address(self) -> Address:
        return ADDRESSES[self.channel.name]

    def wait(self, time: timedelta) -> None:
        self.clock.at += time

    def says(self, texts: Sequence[str], *, sends: str, hears: Mapping[str, Any], elsewhere: bool = False) -> list[str]:
        self.listener.hints = hears
        before = len(self.channel.sent)
        if sends == A_CALL:
            call = f"C{next(self._ids)}"
            self.intake.receive([MissedCall(channel=self.channel.name, account="stage", external_id=call, caller=self.address)])
            self._settle()
            return [_as_shown(outgoing) for outgoing in self.channel.sent[before:]]
        burst = list(texts) or [""]
        for number, text in enumerate(burst, start=1):
            along = sends if number == len(burst) else ""
            self.intake.receive([self._message(text, along, ELSEWHERE[self.channel.name] if elsewhere else self.address)])
            self._deliver()
            self.clock.at += BETWEEN_MESSAGES
        self._settle()
        return [_as_shown(outgoing) for outgoing in self.channel.sent[before:]]

    def staff(self, deed: str) -> list[str]:
        card, before = self._cards()[-1], len(self.channel.sent)
        if deed == "reads it":
            with self.store.transaction() as tx:
                tx.mark_read(card.id, NORA.id, self.clock.at)
        elif deed == "holds the talk":
            self.holding.take(card.reference, NORA)
        elif deed == "lets the talk go":
            self.holding.give_back(card.reference, NORA)
        elif deed.startswith(WRITES):
            self.writing.write(self.holding.look(card.reference, NORA).talk, NORA, uuid4(), deed.removeprefix(WRITES))
            self.clock.at += TAKE_BACK
        elif deed == "talks about it":
            self._gives(MilestoneKind.TALKED_ABOUT, card.id, self.clock.at.date())
        elif deed.startswith(ANSWERS):
            self._gives(MilestoneKind.ANSWER_DUE, card.id, self.clock.at.date() + span(deed.removeprefix(ANSWERS)))
        elif deed == "hears the same from four others":
            self._others()
        elif deed == "forgets the talk":
            pass  # only the time passes
        else:
            raise ValueError(f"Staff cannot do this: {deed}")
        self.sweep()
        return [_as_shown(outgoing) for outgoing in self.channel.sent[before:]]

    def _gives(self, kind: MilestoneKind, experience_id: UUID, day: date) -> None:
        """A day for one experience, as the page of the team keeps it."""
        given = NewMilestone(id=uuid4(), kind=kind, day=day, experience_id=experience_id)
        assert self.milestones.give(given, NORA) is None

    def _others(self) -> None:
        """The person's own words, from four more people of this channel."""
        card, before = self._cards()[-1], len(self.channel.sent)
        mine = {card.reference for card in self._cards()}
        for number in range(4):
            scheme = self.address.scheme
            sender = Address(scheme, f"+44770090099{number}" if scheme == "tel" else f"99{number}")
            self.intake.receive([self._message(card.passages[0].text, "", sender)])
            self._settle()
        del self.channel.sent[before:]
        self._strangers = {card.reference for card in self._cards()} - mine

    def sweep(self) -> None:
        """What falls due by the clock alone, and the sending of it."""
        while self.writing.sweep() or self.holding.sweep() or self.promises.sweep():
            pass
        self._deliver()

    def passes(self) -> list[str]:
        before = len(self.channel.sent)
        self.sweep()
        return [_as_shown(outgoing) for outgoing in self.channel.sent[before:]]

    def facts(self, asked: Container[str] | None = None) -> dict[str, Any]:
        cards = self._cards()
        last = cards[-1] if cards else None
        apart: dict[str, Callable[[], Any]] = {
            "set_aside": lambda: [card.reference for card in self.store.inbox(InboxFilter(set_aside=True)).cards],
            "alerts": lambda: self._alerts(cards),
            "opted_out": lambda: self._contact().opted_out_at is not None,
            "locale": lambda: self._contact().locale,
        }
        return {
            "references": [card.reference for card in cards],
            "as_one": [card.reference for card in cards if card.as_one],
            "kept": [passage.text for card in cards for passage in card.passages],
            "consents": {purpose.value: given for card in cards for purpose, given in card.consents.items()},
            "tasks": sorted(task.kind for card in cards for task in card.tasks),
            "owed": sorted(task.kind for card in cards for task in card.tasks if task.done_at is None),
            "read": last.read_at is not None if last else None,
            "risk": last.risk.word if last else None,
            "speaker": last.speaker.value if last else None,
            "needs_translation": last.needs_translation if last else None,
            "promised": last.promised_on.isoformat() if last else None,
        } | {name: tell() for name, tell in apart.items() if asked is None or name in asked}

    def _alerts(self, cards: Sequence[ExperienceCard]) -> list[str]:
        views = [view for card in cards if (view := self.store.experience(card.reference))]
        return sorted(f"{alert.level.word} {' '.join(alert.kinds)}" for view in views for alert in view.alerts)

    def _contact(self) -> Contact:
        with self.store.transaction() as tx:
            return tx.hold_contact(self.address, (), locale=ENGLISH, now=self.clock.at)

    def _cards(self) -> list[ExperienceCard]:
        found = self.store.inbox(InboxFilter(open_only=False)).cards
        theirs = [card for card in found if card.reference not in self._strangers]
        return sorted(theirs, key=lambda card: (card.opened_at, card.reference))

    def _message(self, text: str, along: str, sender: Address) -> InboundMessage:
        button = along.removeprefix("the button ") if along.startswith("the button ") else None
        network = KEYWORDS.get(text.strip().upper()) if self.channel.name == "sms" else None
        return InboundMessage(
            channel=self.channel.name,
            account="stage",
            external_id=f"M{next(self._ids)}",
            sender=sender,
            text=text,
            choice=button,
            network_keyword=network,
            **({} if button else SENT_ALONG[along]),
        )

    def _settle(self) -> None:
        """On to when the turn is due, and through everything that then waits."""
        due = self.store.next_turn_at()
        while due is not None:
            self.clock.at = max(self.clock.at, due)
            self.chance.begin()
            self.turns.take_due(WORKER)
            due = self.store.next_turn_at()
        self._deliver()

    def _deliver(self) -> None:
        while self.outbox.deliver_due(WORKER):
            pass


def _as_shown(outgoing: Outgoing) -> str:
    """The text exactly as sent; where the channel carries the choices beside it alone, as the lines they are read as."""
    lines = choice_lines(outgoing.choices)
    return outgoing.text if outgoing.text.endswith(lines) else f"{outgoing.text}\n{lines}"
