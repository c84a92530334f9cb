"""The load: families who write one message after another, each sent as Twilio sends it, again and again until it is taken."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from http import HTTPStatus
from random import Random
from threading import Event, Thread

import requests

from demo.provider import encode_form, new_sid, signed_form, sms_form

REPEATED = 0.3

STORIES = (
    "The taxi was late again and nobody rang. He sat on the step for an hour.",
    "Tuesday was better, the new driver said good morning to him.",
    "1",
    "2",
    "We are still waiting for the autism assessment, fourteen months now.",
    "it is the school in Yeovil I mean",
    "thanks",
    "The plan says twenty hours and he gets six.",
)


@dataclass
class Family:
    """One family: what it wrote, in order, and under which ids."""

    number: str
    words: list[str] = field(default_factory=list)
    sids: list[str] = field(default_factory=list)

    def write(self, url: str, random: Random, enough: Event, given_up: Event) -> None:
        """Write on until it is enough, a message at a time; each until it is answered 2xx, three in ten of them twice."""
        with requests.Session() as session:
            session.trust_env = False
            while not enough.is_set():
                self.words.append(random.choice(STORIES))
                self.sids.append(new_sid("SM"))
                for _ in range(2 if random.random() < REPEATED else 1):
                    self._send(session, url, given_up)
                enough.wait(random.uniform(0.05, 0.6))

    def _send(self, session: requests.Session, url: str, given_up: Event) -> None:
        """The newest message, as Twilio sends it."""
        address = f"{url}/webhooks/twilio"
        form = sms_form(body=self.words[-1], sender=self.number, sid=self.sids[-1])
        headers = signed_form(address, form)
        while not given_up.is_set():
            try:
                answer = session.post(address, data=encode_form(form), headers=headers, timeout=10)
            except requests.RequestException:
                time.sleep(0.05)
                continue
            if answer.ok:
                return
            assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE, f"answered {answer.status_code}"
            time.sleep(0.05)


def families(count: int) -> list[Family]:
    """Invented families, on numbers kept for drama."""
    return [Family(number=f"+447700900{number:03d}") for number in range(100, 100 + count)]


def writing(everyone: list[Family], url: str, seed: int, enough: Event, given_up: Event) -> list[Thread]:
    """A thread for each family."""
    return [
        Thread(target=family.write, args=(url, Random(seed + number), enough, given_up), daemon=True)
        for number, family in enumerate(everyone)
    ]
