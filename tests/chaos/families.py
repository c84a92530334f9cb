"""The load: families who write one message after another, each sent as Twilio sends it, again and again until it is taken."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from random import Random
from threading import Event, Thread

import requests

from demo.provider import encode_form, new_sid, signed_form, sms_form

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
    """One family: what it wrote, in order, under which ids, and when each was taken."""

    number: str
    words: list[str]
    sids: list[str] = field(default_factory=list)

    def write(self, url: str, random: Random, given_up: Event) -> None:
        """Write everything, one after another; each until it is answered 2xx, three in ten of them twice."""
        with requests.Session() as session:
            session.trust_env = False
            for words in self.words:
                sid = new_sid("SM")
                self.sids.append(sid)
                repeats = 2 if random.random() < 0.3 else 1
                for _ in range(repeats):
                    self._send(session, url, sid, words, given_up)

    def _send(self, session: requests.Session, url: str, sid: str, words: str, given_up: Event) -> None:
        address = f"{url}/webhooks/twilio"
        form = sms_form(body=words, sender=self.number, sid=sid)
        headers = signed_form(address, form)
        while not given_up.is_set():
            try:
                answer = session.post(address, data=encode_form(form), headers=headers, timeout=10)
            except requests.RequestException:
                time.sleep(0.05)
                continue
            if answer.ok:
                return
            assert answer.status_code == 503, f"answered {answer.status_code}: neither taken nor to be tried again"
            time.sleep(0.05)


def families(count: int, messages: int, random: Random) -> list[Family]:
    """Invented families on numbers kept for drama, each with words of its own."""
    return [
        Family(
            number=f"+447700900{number:03d}",
            words=[f"{random.choice(STORIES)}" for _ in range(messages)],
        )
        for number in range(count)
    ]


def writing(everyone: list[Family], url: str, seed: int, given_up: Event) -> list[Thread]:
    """A thread for each family."""
    return [
        Thread(target=family.write, args=(url, Random(seed + number), given_up), daemon=True)
        for number, family in enumerate(everyone)
    ]
