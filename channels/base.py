"""What every channel is: a webhook is verified, then parsed; a message is rendered, then sent.

The order of the first half is fixed in ``channels.webhooks``, because that order is where security lives. A channel
writes translations only: ``verify``, ``parse``, ``render``, ``send``, ``find``, ``fetch``, its traits and its tables.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.errors import MediaRefused
from bot.events import Event
from bot.model import ChannelName, ChannelTraits, Locale, Media
from bot.outgoing import Outgoing, Part, Sent, Spoken


@dataclass(frozen=True, slots=True)
class Webhook:
    """One request from a provider, as raw as it came.

    ``url`` is the configured public origin followed by the raw request target, never what the client's headers say;
    ``headers`` have lower-case names; ``body`` are the bytes as received. Its ``repr`` shows none of what was sent.
    """

    method: str
    url: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"Webhook({self.method!r}, {len(self.body)} bytes)"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a provider is told once everything is committed."""

    body: str = ""
    status: int = 200
    content_type: str = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence about a channel, for the operator: what is so, whether it is as it must be, and what to do if not."""

    ok: bool
    text: str
    fix: str = ""


class Gate(ABC):
    """One webhook address of one provider, which may serve several channels (Twilio: SMS and WhatsApp)."""

    max_body: int = 256 * 1024

    def handshake(self, webhook: Webhook) -> Answer | None:
        """The answer to a provider that only asks whether we are there (Meta's GET); None for everything else.

        Raises ``BadSignature`` for one who asks with the wrong word.
        """
        del webhook
        return None

    def glance(self, webhook: Webhook) -> None:
        """Raise ``BadSignature`` where the address and headers alone show that nobody we know is calling, before a large
        body is read; ``webhook`` has none yet.
        """
        del webhook

    @abstractmethod
    def verify(self, webhook: Webhook) -> None:
        """Raise ``BadSignature`` unless the provider signed this. Secrets are compared as bytes, in constant time."""

    @abstractmethod
    def parse(self, webhook: Webhook) -> Sequence[Event]:
        """The events in it; empty for what we ignore. Raises ``BadWebhook`` for what cannot be read."""

    @abstractmethod
    def answer(self, events: Sequence[Event] = ()) -> Answer:
        """What to say to something genuine, once its events are committed."""


class Door(ABC):
    """One channel as the outbox uses it; fits ``bot.ports.Channel``."""

    name: ChannelName
    traits: ChannelTraits

    @abstractmethod
    def render(self, spoken: Spoken) -> tuple[Part, ...]:
        """Words and choices into what each call will carry, within the provider's limits."""

    @abstractmethod
    def send(self, outgoing: Outgoing) -> Sent:
        """One call to the provider. Raises a ``SendError``; never lets a provider's own exception out."""

    def find(self, outgoing: Outgoing, *, since: datetime) -> Sent | None:
        """Ask the provider whether it took this message. Providers that cannot be asked say nothing."""
        del outgoing, since
        return None

    def template_for(self, key: str, locale: Locale) -> str | None:
        """The provider's id of an approved template with exactly these words, for when the service window is shut."""
        del key, locale
        return None

    def fetch(self, media: Media, raw: bytes | None) -> bytes:
        """The file behind a ``Media`` of this channel; ``raw`` is the whole message, where that was kept.

        Called by the worker, outside any transaction. Raises ``MediaGone``, ``MediaRefused`` or ``ProviderUnavailable``.
        """
        del media, raw
        raise MediaRefused("This channel brings no files.")

    def forget(self, media: Media) -> None:
        """Ask the provider to delete its copy of a file that is kept here now. Nothing, where it cannot be asked.

        Called by the worker, outside any transaction. Raises ``ProviderUnavailable``.
        """
        del media

    def check(self) -> tuple[Finding, ...]:
        """Call the provider and say in plain sentences what is right and what is wrong. Changes nothing, never raises."""
        return ()

    def connect(self) -> tuple[Finding, ...]:
        """Tell the provider where our webhook is, as far as it allows that by API. Never raises."""
        return (Finding(ok=False, text="This provider does not let a program set its webhook; its own site does."),)
