"""The guide `docs/adding-a-channel.md`, followed: a channel by carrier pigeon, and the contract that every channel keeps.

The loft signs each note with a word that both sides know; a bird carries 300 signs and nothing else.
"""

from __future__ import annotations

import ast
import hashlib
import hmac
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.errors import BadSignature, BadWebhook, ContactUnreachable, ProviderUncertain, SendError, Throttled
from bot.events import Event
from bot.model import Address, ChannelName, ChannelTraits, InboundMessage
from bot.outgoing import Outgoing, Part, Sent, Spoken
from channels.base import Answer, Door, Gate, Webhook
from channels.rendering import as_text
from tests.bot.street import Street
from tests.channels.contract import WORDS, DoorContract, GateContract
from tests.journeys import stage

# --- the channel: fewer than sixty lines --------------------------------------------------------------------------------

PIGEON = ChannelName("pigeon")


class PigeonGate(Gate):
    def __init__(self, secret: bytes) -> None:
        self._sign: Callable[[bytes], str] = lambda body: hmac.new(secret, body, hashlib.sha256).hexdigest()

    def verify(self, webhook: Webhook) -> None:
        given = webhook.headers.get("x-loft", "").encode("utf-8", "surrogatepass")
        if not hmac.compare_digest(self._sign(webhook.body).encode(), given):
            raise BadSignature

    def parse(self, webhook: Webhook) -> Sequence[Event]:
        try:
            note = json.loads(webhook.body)
            ring, bird, text = (str(note[name]) for name in ("ring", "loft", "text"))
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise BadWebhook("No note was on the bird.") from error
        sender = Address("loft", bird)
        return (InboundMessage(channel=PIGEON, account="the tower", external_id=ring, sender=sender, text=text),)

    def answer(self, events: Sequence[Event] = ()) -> Answer:
        return Answer("corn")


class PigeonDoor(Door):
    name = PIGEON
    traits = ChannelTraits(settle=timedelta(seconds=30))

    def __init__(self, fly: Callable[[str, str], str]) -> None:
        self._fly = fly

    def render(self, spoken: Spoken) -> tuple[Part, ...]:
        return as_text(spoken, limit=300)

    def send(self, outgoing: Outgoing) -> Sent:
        if outgoing.address.scheme != "loft":
            raise ContactUnreachable("No bird knows the way.")
        match self._fly(outgoing.address.path, outgoing.text):
            case "tired":
                raise Throttled(retry_after=timedelta(minutes=10))
            case "hawk":
                raise ProviderUncertain("The bird has not come back.")
            case ring:
                return Sent(ring)


# --- what the guide asks for beside it ----------------------------------------------------------------------------------

SECRET = b"millet and barley"
ANNA = Address("loft", "the-mill-47")


class Loft:
    """The stand-in: what the birds were given, and what is to go wrong with the next flight."""

    def __init__(self) -> None:
        self.carried: list[tuple[str, str]] = []
        self.trouble = ""

    def fly(self, to: str, text: str) -> str:
        assert len(text) <= 300, "too heavy for a bird"
        if self.trouble:
            trouble, self.trouble = self.trouble, ""
            return trouble
        self.carried.append((to, text))
        return f"ring-{len(self.carried)}"


def signed(body: bytes) -> Webhook:
    signature = hmac.new(SECRET, body, hashlib.sha256).hexdigest()
    return Webhook("POST", "https://earshot.example/webhooks/pigeon", body, {"x-loft": signature})


def note(text: str, *, ring: str = "r1") -> bytes:
    return json.dumps({"ring": ring, "loft": ANNA.path, "text": text}).encode()


class TestPigeonGate(GateContract):
    signature_header = "x-loft"
    signs_address = False

    @pytest.fixture
    def gate(self) -> Gate:
        return PigeonGate(SECRET)

    @pytest.fixture
    def genuine(self) -> Webhook:
        return signed(note(f"Hello, {WORDS}"))

    @pytest.fixture
    def sign(self) -> Callable[[bytes], Webhook]:
        return signed

    @pytest.fixture
    def secrets(self) -> Sequence[str]:
        return (SECRET.decode(),)


class TestPigeonDoor(DoorContract):
    limit = 300

    @pytest.fixture
    def loft(self) -> Loft:
        return Loft()

    @pytest.fixture
    def door(self, loft: Loft) -> Door:
        return PigeonDoor(loft.fly)

    @pytest.fixture
    def address(self) -> Address:
        return ANNA

    @pytest.fixture
    def failures(self, loft: Loft) -> Sequence[Callable[[], None]]:
        return [lambda trouble=trouble: setattr(loft, "trouble", trouble) for trouble in ("tired", "hawk")]  # type: ignore[misc]

    def test_no_bird_flies_to_a_telephone(self, door: Door, outgoing: Outgoing) -> None:
        with pytest.raises(SendError):
            door.send(replace(outgoing, address=Address("tel", "+447700900123")))


def test_the_whole_road_is_open_to_it_at_once(street: Street, loft: Loft) -> None:
    for _ in range(2):
        street.intake.receive(PigeonGate(SECRET).parse(signed(note("The taxi was late again and nobody rang us"))))
    street.later(seconds=30)
    street.all_turns()
    street.deliver()

    (to, first), *_ = loft.carried
    assert to == ANNA.path
    assert "Thank you, we have kept that." in first
    assert len(street.rows("inbound")) == 1


@pytest.fixture
def loft() -> Loft:
    return Loft()


@pytest.fixture
def street(database: object, loft: Loft, monkeypatch: pytest.MonkeyPatch) -> Street:
    monkeypatch.setattr(stage, "_door", lambda _: PigeonDoor(loft.fly))
    monkeypatch.setattr(stage, "Noted", lambda door: door)
    monkeypatch.setitem(stage.ADDRESSES, "pigeon", ANNA)
    return Street(database, channel="pigeon")  # type: ignore[arg-type] # the fixture's type is the store's business


def test_the_channel_is_as_short_as_the_guide_says() -> None:
    tree = ast.parse(Path(__file__).read_text())
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef) and node.name in ("PigeonGate", "PigeonDoor")]

    assert sum((node.end_lineno or 0) - node.lineno + 1 for node in classes) < 60


def test_the_guide_names_only_what_is_there() -> None:
    """A guide that speaks of a file or a class that has gone sends people astray."""
    root = Path(__file__).parents[2]
    guide = (root / "docs" / "adding-a-channel.md").read_text()
    named = {word for word in guide.replace("`", " ` ").split() if word.endswith((".py", ".toml", ".html", ".md"))}

    missing = [name for name in named if "yours" not in name and not (root / name).exists()]
    assert named
    assert missing == []
