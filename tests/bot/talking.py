"""A talk in a test: what the parent says goes in, what they hear and what was done comes out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from bot.conversation import Conversation, Effect, Turn
from bot.dialogue import take_turn
from bot.heard import Heard, Risk, RiskKind, RiskLevel
from bot.model import Address, ChannelName, InboundMessage, Location, Media, NetworkKeyword
from bot.records import StoredInbound
from bot.script import Script
from bot.wording import Wording

SCRIPT = Script.load()
WORDING = Wording.load(facts={"privacy_url": "https://earshot.example/privacy"})
START = datetime(2026, 11, 19, 10, 42, tzinfo=UTC)
NO_ID = UUID(int=0)
CALM = Risk()
DANGER = Risk(RiskLevel.DANGER, (RiskKind.LIFE_NOW,))
CONCERN = Risk(RiskLevel.CONCERN, (RiskKind.CHILD_NOT_SAFE,))
WEARY = Risk(RiskLevel.WELLBEING, (RiskKind.BREAKING_POINT,))
PHOTO = Media(url="https://provider.example/1", content_type="image/jpeg")
VOICE = Media(url="https://provider.example/2", content_type="audio/ogg")
PAPER = Media(url="https://provider.example/3", content_type="application/pdf")
PIN = Location(latitude=50.94, longitude=-2.63)

E = TypeVar("E", bound=Effect)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message of a test, with what would be known of it before the turn. ``waited``: how long for its turn."""

    text: str = ""
    risk: Risk = CALM
    choice: str | None = None
    media: tuple[Media, ...] = ()
    location: Location | None = None
    network: NetworkKeyword | None = None
    heard: Heard | None = None
    details: dict[str, Any] = field(default_factory=dict)
    waited: timedelta = timedelta(0)


@dataclass(slots=True)
class Talk:
    """One talk. ``says`` takes one turn; each argument is one message of the burst. ``together``: what is heard in all of
    them as one, where a test knows that already.
    """

    channel: str = "sms"
    now: datetime = START
    turn: Turn | None = None
    together: Risk | None = None
    conversation: Conversation = field(init=False)
    references: list[str] = field(default_factory=lambda: [f"RIVER {number}" for number in range(482, 400, -1)])

    def __post_init__(self) -> None:
        self.conversation = Conversation(id=NO_ID, channel=ChannelName(self.channel))

    def says(self, *messages: str | Message, **heard: Any) -> list[str]:
        """Take a turn with these messages; returns the texts said. ``heard`` is what the listener makes of each."""
        self.takes_turn(*messages, **heard)
        return self.hears

    def takes_turn(self, *messages: str | Message, **heard: Any) -> None:
        burst = [message if isinstance(message, Message) else Message(text=message) for message in messages]
        self.conversation = replace(self.conversation, spare_reference=self.references.pop(0))
        stored = [self._stored(message) for message in burst]
        what = [message.heard or Heard(redacted=message.text, **heard) for message in burst]
        self.turn = take_turn(SCRIPT, self.conversation, stored, what, self.now, together=self.together)
        self.conversation = self.turn.conversation
        self.now += timedelta(minutes=1)

    def waits(self, **time: float) -> None:
        self.now += timedelta(**time)

    def knows(self, **facts: Any) -> None:
        self.conversation = replace(self.conversation, **facts)

    @property
    def hears(self) -> list[str]:
        assert self.turn is not None
        return [WORDING.speak(say, self.conversation.locale, self.conversation.channel).text for say in self.turn.says]

    @property
    def keys(self) -> list[str]:
        """The last turn's messages by the keys of their words."""
        assert self.turn is not None
        return [say.key for say in self.turn.says]

    @property
    def silence(self) -> str | None:
        assert self.turn is not None
        return self.turn.silence

    @property
    def effects(self) -> Sequence[Effect]:
        assert self.turn is not None
        return self.turn.effects

    def done(self, kind: type[E]) -> list[E]:
        """The last turn's effects of one kind."""
        return [effect for effect in self.effects if isinstance(effect, kind)]

    def _stored(self, message: Message) -> StoredInbound:
        inbound = InboundMessage(
            channel=self.conversation.channel,
            account="tests",
            external_id="x",
            sender=Address("tel", "+447700900123"),
            text=message.text,
            choice=message.choice,
            media=message.media,
            location=message.location,
            network_keyword=message.network,
            **message.details,
        )
        return StoredInbound(
            seq=1,
            id=NO_ID,
            message=inbound,
            command=SCRIPT.commands.recognise(message.text, self.conversation.locale),
            risk=message.risk,
            received_at=self.now - message.waited,
            attempts=1,
        )
