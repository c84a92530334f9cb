"""One person on one channel, in a terminal: what they say goes as that channel brings it, and what has come to them there."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import uuid4

from bot.model import Address, ChannelName, InboundMessage, Locale
from bot.outgoing import Outgoing
from bot.records import ChatLine
from channels.console import Console
from channels.pages import PAGES
from channels.segments import Length, measure
from channels.sessions import Sessions
from channels.webchat import WEBCHAT
from demo.posted import Button, Phone
from demo.scene import Scene
from demo.talks import PARENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One part of an answer. ``request``: the exact call that carries it, headers of no interest left out."""

    at: datetime
    text: str
    status: str
    request: str
    buttons: tuple[str, ...] = ()
    length: Length | None = None


class Speaker(Protocol):
    """The person on one channel. ``heard`` is everything that has come to them there, oldest first."""

    channel: ChannelName

    @property
    def address(self) -> Address: ...

    def say(self, text: str) -> None: ...

    def heard(self) -> Sequence[Heard]: ...


class OnPhone:
    """With an app of one of the networks. A number presses the button at its place, where there are buttons."""

    def __init__(self, phone: Phone) -> None:
        self.channel = phone.channel
        self._phone = phone

    @property
    def address(self) -> Address:
        return self._phone.address

    def say(self, text: str) -> None:
        arrived = self._phone.arrived()
        button = _pressed(text, arrived[-1].buttons if arrived else ())
        self._phone.say(button.label if button else text, press=button.value if button else "")

    def heard(self) -> Sequence[Heard]:
        return [
            Heard(
                at=message.at,
                text=message.text,
                status=message.status,
                request=message.request,
                buttons=tuple(button.label for button in message.buttons),
                length=measure(message.text) if self.channel == "sms" else None,
            )
            for message in self._phone.arrived()
        ]


class InChat:
    """In the web chat, by its JSON API."""

    channel = WEBCHAT

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._browser = scene.app.test_client(use_cookies=False)
        sessions = Sessions(scene.earshot.secret_key)
        self._token = sessions.open()
        self.address = _known(sessions, self._token)

    def say(self, text: str) -> None:
        button = _pressed(text, _choices(self._lines()))
        fields = {"id": str(uuid4()), "text": button.label if button else text}
        if button:
            fields["choice"] = button.value
        self._browser.post("/api/chat/message", json=fields, headers=self._headers)

    def heard(self) -> Sequence[Heard]:
        answer = self._browser.get("/api/chat/events?after=0", headers=self._headers)
        told = {row["seq"]: row for row in answer.get_json()}
        return [_shown(line, f"GET /api/chat/events\n\n{_json([told[line.seq]])}") for line in self._lines() if _is_ours(line)]

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"}

    def _lines(self) -> Sequence[ChatLine]:
        return self._scene.earshot.store.chat_lines(self.address, after=0, channels=(WEBCHAT,))


class OnPages:
    """On the plain pages, by their forms. What carries an answer is the page itself."""

    channel = PAGES

    def __init__(self, scene: Scene, locale: Locale) -> None:
        self._scene = scene
        self._locale = locale
        self._browser = scene.app.test_client()
        sessions = Sessions(scene.earshot.secret_key)
        self._token = sessions.open()
        self.address = _known(sessions, self._token)

    def say(self, text: str) -> None:
        lines = self._lines()
        button = _pressed(text, _choices(lines))
        fields = {"act": "send", "form": str(uuid4()), "session": self._token, "locale": self._locale, "text": text}
        if button:
            fields |= {"text": "", "choice": button.value, "asked": str(lines[-1].seq)}
        self._browser.post("/chat", data=fields)

    def heard(self) -> Sequence[Heard]:
        ours = [line for line in self._lines() if _is_ours(line)]
        if not ours:
            return ()
        page = self._browser.get("/chat").get_data(as_text=True)
        return [_shown(line, f"GET /chat\n\n{page}") for line in ours]

    def _lines(self) -> Sequence[ChatLine]:
        return self._scene.earshot.store.chat_lines(self.address, after=0, channels=(PAGES,))


class AtTheDoor:
    """By mail, or in the terminal itself: nothing is called, so what leaves is taken where it would."""

    def __init__(self, scene: Scene, door: Console, address: Address, carried: Callable[[Outgoing], str], locale: Locale) -> None:
        self.channel = door.name
        self.address = address
        self._scene = scene
        self._door = door
        self._carried = carried
        self._locale = locale
        self._times: list[datetime] = []

    def say(self, text: str) -> None:
        message = InboundMessage(
            channel=self.channel,
            account="terminal",
            external_id=str(uuid4()),
            sender=self.address,
            text=text,
            locale=self._locale,
        )
        self._scene.earshot.intake.receive([message])

    def heard(self) -> Sequence[Heard]:
        self._times += [self._scene.clock.now()] * (len(self._door.sent) - len(self._times))
        return [
            Heard(at=at, text=outgoing.text, status="delivered", request=self._carried(outgoing))
            for at, outgoing in zip(self._times, self._door.sent, strict=True)
        ]


def _known(sessions: Sessions, token: str) -> Address:
    address = sessions.address_of(token)
    if address is None:
        raise ValueError("a token of ours is not ours")
    return address


def _pressed(text: str, buttons: Sequence[Button]) -> Button | None:
    said = text.strip()
    return buttons[int(said) - 1] if said.isascii() and said.isdigit() and 0 < int(said[:2]) <= len(buttons) else None


def _choices(lines: Sequence[ChatLine]) -> Sequence[Button]:
    return [Button(choice.label, choice.key) for choice in lines[-1].choices] if lines else ()


def _is_ours(line: ChatLine) -> bool:
    return line.sender != PARENT


def _shown(line: ChatLine, request: str) -> Heard:
    labels = tuple(choice.label for choice in line.choices)
    return Heard(at=line.at, text=line.text, status="delivered", request=request, buttons=labels)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
