"""What is sealed of a message, as JSON: all of an inbound message as it came; address, text, choices of an outbound.

NUL and lone surrogates pass through unharmed: the JSON is not escaped to ASCII (two lone surrogates side by side
would come back as one character) and its bytes are UTF-8 with "surrogatepass".
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from bot.model import Address, ChannelName, InboundMessage, Locale, Location, Manner, Media, NetworkKeyword, Speaker
from bot.outgoing import Choice, Outgoing
from bot.records import NewOutbound
from storage.sealing import Sealer

INBOUND = "inbound_message|sealed"
OUTBOUND = "outbound_message|sealed"
ADDRESS = "address|sealed"
MOBILE = "staff|sealed_mobile"
LETTER = "letter|sealed"
DRAFT = "draft|sealed"
TRANSLATION = "translation|sealed"
NAME_WORD = "name_word|sealed"
NOTE = "staff_note|sealed"
ANSWER = "passed_on|answer"
REMOVED = "removed_passage|sealed"

Json = dict[str, Any]


def _packed(content: object) -> bytes:
    return json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")


def _unpacked(content: bytes) -> Any:
    return json.loads(content.decode("utf-8", "surrogatepass"))


def _pair(address: Address) -> list[str]:
    return [address.scheme, address.path]


def seal_inbound(sealer: Sealer, message: InboundMessage, inbound_id: UUID) -> bytes:
    """Only what the message has is written: most are a few words and nothing else."""
    content: Json = {"sender": _pair(message.sender), "text": message.text, "external_id": message.external_id}
    content["account"] = message.account
    if message.also:
        content["also"] = [_pair(address) for address in message.also]
    if message.choice is not None:
        content["choice"] = message.choice
    if message.media:
        content["media"] = [[media.url, media.content_type, media.provider_id, media.kind, media.name] for media in message.media]
    if message.location is not None:
        content["location"] = [message.location.latitude, message.location.longitude, message.location.label]
    if message.network_keyword is not None:
        content["network_keyword"] = message.network_keyword.value
    if message.locale is not None:
        content["locale"] = message.locale
    if message.speaker is not None:
        content["speaker"] = message.speaker.value
    if message.sent_at is not None:
        content["sent_at"] = message.sent_at.isoformat()
    if message.manner is not Manner.TALK:
        content["manner"] = message.manner.value
    if not message.verified:
        content["verified"] = False
    rest = {"details": dict(message.details), "ref": message.ref, "thread": dict(message.thread)}
    content |= {name: value for name, value in rest.items() if value}
    return sealer.seal(_packed(content), INBOUND, inbound_id)


def open_inbound(sealer: Sealer, sealed: bytes, inbound_id: UUID, channel: str) -> InboundMessage:
    content: Json = _unpacked(sealer.unseal(sealed, INBOUND, inbound_id))
    sent_at, location = content.get("sent_at"), content.get("location")
    keyword, speaker, locale = content.get("network_keyword"), content.get("speaker"), content.get("locale")
    return InboundMessage(
        channel=ChannelName(channel),
        account=content["account"],
        external_id=content["external_id"],
        sender=Address(*content["sender"]),
        text=content["text"],
        also=tuple(Address(*pair) for pair in content.get("also", ())),
        choice=content.get("choice"),
        media=tuple(_media(*listed) for listed in content.get("media", ())),
        location=None if location is None else Location(latitude=location[0], longitude=location[1], label=location[2]),
        network_keyword=None if keyword is None else NetworkKeyword(keyword),
        locale=None if locale is None else Locale(locale),
        speaker=None if speaker is None else Speaker(speaker),
        sent_at=None if sent_at is None else datetime.fromisoformat(sent_at),
        details=content.get("details", {}),
        manner=Manner(content.get("manner", Manner.TALK)),
        ref=content.get("ref", ""),
        thread=content.get("thread", {}),
        verified=content.get("verified", True),
    )


def _media(url: str, content_type: str, provider_id: str, kind: str = "", name: str = "") -> Media:
    return Media(url=url, content_type=content_type, provider_id=provider_id, kind=kind, name=name)


def seal_outbound(sealer: Sealer, outbound: NewOutbound) -> bytes:
    """All that the channel will need to send it, and nothing else."""
    part = outbound.part
    content: Json = {"to": _pair(outbound.address), "text": part.text}
    if outbound.thread:
        content["thread"] = dict(outbound.thread)
    if outbound.by_person:
        content["by_person"] = True
    if part.choices:
        content["choices"] = [[choice.key, choice.label] for choice in part.choices]
    return sealer.seal(_packed(content), OUTBOUND, outbound.id)


def open_outbound(sealer: Sealer, sealed: bytes, outbound_id: UUID, channel: str) -> Outgoing:
    content: Json = _unpacked(sealer.unseal(sealed, OUTBOUND, outbound_id))
    return Outgoing(
        id=outbound_id,
        channel=ChannelName(channel),
        address=Address(*content["to"]),
        text=content["text"],
        choices=_choices(content.get("choices", ())),
        thread=content.get("thread", {}),
        by_person=content.get("by_person", False),
    )


def _choices(pairs: Sequence[Sequence[str]]) -> tuple[Choice, ...]:
    return tuple(Choice(key, label) for key, label in pairs)


def seal_address(sealer: Sealer, address: Address, address_id: UUID) -> bytes:
    return sealer.seal(_packed(_pair(address)), ADDRESS, address_id)


def open_address(sealer: Sealer, sealed: bytes, address_id: UUID) -> Address:
    return Address(*_unpacked(sealer.unseal(sealed, ADDRESS, address_id)))


def seal_mobile(sealer: Sealer, mobile: str, staff_id: UUID) -> bytes:
    return sealer.seal(_packed(mobile), MOBILE, staff_id)


def open_mobile(sealer: Sealer, sealed: bytes, staff_id: UUID) -> str:
    return str(_unpacked(sealer.unseal(sealed, MOBILE, staff_id)))


def seal_letter(sealer: Sealer, text: str, letter_id: UUID) -> bytes:
    return sealer.seal(_packed(text), LETTER, letter_id)


def open_letter(sealer: Sealer, sealed: bytes, letter_id: UUID) -> str:
    return str(_unpacked(sealer.unseal(sealed, LETTER, letter_id)))


def seal_draft(sealer: Sealer, text: str, draft_id: UUID) -> bytes:
    return sealer.seal(_packed(text), DRAFT, draft_id)


def open_draft(sealer: Sealer, sealed: bytes, draft_id: UUID) -> str:
    return str(_unpacked(sealer.unseal(sealed, DRAFT, draft_id)))


def seal_translation(sealer: Sealer, text: str, translation_id: UUID) -> bytes:
    return sealer.seal(_packed(text), TRANSLATION, translation_id)


def open_translation(sealer: Sealer, sealed: bytes, translation_id: UUID) -> str:
    return str(_unpacked(sealer.unseal(sealed, TRANSLATION, translation_id)))


def seal_name_word(sealer: Sealer, words: str, word_id: UUID) -> bytes:
    return sealer.seal(_packed(words), NAME_WORD, word_id)


def open_name_word(sealer: Sealer, sealed: bytes, word_id: UUID) -> str:
    return str(_unpacked(sealer.unseal(sealed, NAME_WORD, word_id)))


def seal_note(sealer: Sealer, text: str, note_id: UUID) -> bytes:
    return sealer.seal(_packed(text), NOTE, note_id)


def open_note(sealer: Sealer, sealed: bytes, note_id: UUID) -> str:
    return str(_unpacked(sealer.unseal(sealed, NOTE, note_id)))


def seal_answer(sealer: Sealer, text: str, passing_id: UUID) -> bytes:
    return sealer.seal(_packed(text), ANSWER, passing_id)


def open_answer(sealer: Sealer, sealed: bytes, passing_id: UUID) -> str:
    return str(_unpacked(sealer.unseal(sealed, ANSWER, passing_id)))


def spans(pairs: Sequence[Sequence[int]] | None) -> tuple[tuple[int, int], ...]:
    return tuple((start, end) for start, end in pairs or ())


def content_of(sealer: Sealer, sealed: bytes, place: str, row_id: UUID) -> Json:
    """What one of these envelopes holds, field by field, to be sealed again with some of it changed."""
    content: Json = _unpacked(sealer.unseal(sealed, place, row_id))
    return content


def seal_content(sealer: Sealer, content: Json, place: str, row_id: UUID) -> bytes:
    return sealer.seal(_packed(content), place, row_id)
