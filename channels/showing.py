"""``bot.word_previews.Showing``: what each channel makes of a text, with the channel's own rendering where it is open."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from bot.model import ChannelName
from bot.outgoing import Choice, Part, Spoken
from bot.ports import Channel
from bot.word_previews import Preview
from channels.messenger import MOST_CHOICES, TEXT_LIMIT, title_of
from channels.rendering import as_sms, as_text
from channels.segments import Encoding, measure
from channels.twilio_content import LONGEST_BODY, LONGEST_TITLE, MOST_BUTTONS

SMS, WHATSAPP, MESSENGER = ChannelName("sms"), ChannelName("whatsapp"), ChannelName("messenger")
TELEGRAM, WEB, PAGES, EMAIL = (ChannelName(name) for name in ("telegram", "webchat", "pages", "email"))
ORDER = (SMS, WHATSAPP, MESSENGER, TELEGRAM, WEB, PAGES, EMAIL)

_CLOSED: Mapping[ChannelName, Callable[[Spoken], tuple[Part, ...]]] = {
    SMS: as_sms,
    WHATSAPP: as_text,
    MESSENGER: lambda spoken: as_text(spoken, limit=TEXT_LIMIT),
    TELEGRAM: as_text,
    WEB: lambda spoken: (Part(spoken.text, spoken.choices),),
    PAGES: lambda spoken: (Part(spoken.text, spoken.choices),),
    EMAIL: as_text,
}
"""How a channel without settings would render: its door is not there to be asked."""


class ChannelShowing:
    """``channels`` are those that are open here."""

    def __init__(self, channels: Mapping[ChannelName, Channel], *, pence: Decimal) -> None:
        self._channels = channels
        self._pence = pence

    def previews(self, speak: Callable[[ChannelName], Spoken]) -> tuple[Preview, ...]:
        return tuple(self._preview(name, speak(name)) for name in ORDER)

    def _preview(self, name: ChannelName, spoken: Spoken) -> Preview:
        door = self._channels.get(name)
        rendered = door.render(spoken) if door else _CLOSED[name](spoken)
        parts = tuple(part.text for part in rendered)
        has_no_buttons = name == WHATSAPP and door is not None and not rendered[-1].choices
        buttons, cut = ((), ()) if has_no_buttons else _buttons(name, spoken, parts[-1])
        if name != SMS:
            return Preview(channel=name, is_on=door is not None, parts=parts, buttons=buttons, cut=cut)
        lengths = [measure(part) for part in parts]
        is_plain = all(length.encoding is Encoding.GSM for length in lengths)
        segments = sum(length.segments for length in lengths)
        return Preview(
            channel=name,
            is_on=door is not None,
            parts=parts,
            alphabet=Encoding.GSM if is_plain else Encoding.UCS,
            segments=segments,
            pence=segments * self._pence,
        )


def _buttons(name: ChannelName, spoken: Spoken, last: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What can be pressed, and which labels do not stand whole on a button."""
    choices: tuple[Choice, ...] = spoken.choices
    labels = tuple(choice.label for choice in choices)
    if name == MESSENGER:
        titles = tuple(title_of(label) for label in labels[:MOST_CHOICES])
        return titles, tuple(label for label, title in zip(labels, titles, strict=False) if label != title)
    if name == WHATSAPP:
        long = tuple(label for label in labels if len(label) > LONGEST_TITLE)
        fits = not long and len(labels) <= MOST_BUTTONS and len(last) <= LONGEST_BODY
        return (labels, ()) if fits else ((), long)
    return (labels, ()) if name in (TELEGRAM, WEB, PAGES) else ((), ())
