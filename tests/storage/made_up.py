"""The made-up people, moments and words of the storage tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.heard import Heard, Passage, Polarity, Risk, RiskKind, RiskLevel, Suggestion
from bot.model import Address, ChannelName, InboundMessage

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
SOON = timedelta(seconds=10)
LEASE = timedelta(seconds=20)

SMS = ChannelName("sms")
WHATSAPP = ChannelName("whatsapp")
WEBCHAT = ChannelName("webchat")

ANNA = Address("tel", "+447700900123")
BORIS = Address("tel", "+447700900456")
ANNA_WHATSAPP = Address("whatsapp", "447700900123")
ANNA_HIDDEN = Address("whatsapp", "GB.x1")
CHAT = Address("web", "e0f1a2b3")

CALM = Risk()
DANGER = Risk(RiskLevel.DANGER, (RiskKind.LIFE_NOW,), ((0, 4),))


def message(
    text: str = "The taxi was late again.",
    *,
    external_id: str = "SM1",
    sender: Address = ANNA,
    also: tuple[Address, ...] = (),
    channel: ChannelName = SMS,
) -> InboundMessage:
    return InboundMessage(channel=channel, account="+441134960000", external_id=external_id, sender=sender, text=text, also=also)


def heard(text: str, *themes: tuple[str, float], polarity: Polarity = Polarity.BAD) -> Heard:
    suggestions = tuple(Suggestion(theme, score, ((0, 3),)) for theme, score in themes)
    return Heard(
        redacted=text,
        themes=suggestions,
        polarity=polarity,
        passages=(Passage(0, len(text), text, polarity, suggestions),),
    )
