"""Published words at work: taken up within seconds, whole or not at all, and never in the way of an answer."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date

import pytest

from bot.conversation import Say
from bot.errors import StoreUnavailable
from bot.live_words import LOOKS_EVERY, LiveTongues, of_files
from bot.model import ENGLISH, ChannelName, Locale
from bot.word_versions import Change, Signature, Unfit, Version, apply
from bot.wording import Wording
from cli.words import standing
from tests.bot.sayings import WORDING
from tests.bot.word_scene import DANGER, KEPT, OURS, PL, FakeRecords, change, made

SMS = ChannelName("sms")
FILE = WORDING.tongues[ENGLISH].texts[KEPT]["text"]


class Seconds:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def records() -> FakeRecords:
    return FakeRecords()


@pytest.fixture
def live(records: FakeRecords, seconds: Seconds) -> Wording:
    return LiveTongues.over(WORDING, records, seconds=seconds)


def said(wording: Wording, key: str = KEPT, locale: Locale = ENGLISH) -> str:
    return wording.speak(Say(key), locale, SMS).text


def test_a_new_version_is_spoken_after_seconds_and_without_a_restart(
    live: Wording, records: FakeRecords, seconds: Seconds
) -> None:
    before = said(live)
    records.rows[1] = made(1, change())
    at_once = said(live)
    seconds.now += LOOKS_EVERY
    after = said(live)

    assert (before, at_once, after) == (FILE, FILE, OURS)
    assert live.version(ENGLISH) == f"{WORDING.version(ENGLISH)}+1"


def test_between_two_looks_nothing_is_read_and_a_version_is_read_once(
    live: Wording, records: FakeRecords, seconds: Seconds
) -> None:
    records.rows[1] = made(1, change())
    for _ in range(1000):
        said(live)
    seconds.now += LOOKS_EVERY
    for _ in range(1000):
        said(live)

    assert (records.looks, records.reads) == (2, 1)


def test_what_is_held_speaks_one_version_to_its_end(live: Wording, records: FakeRecords, seconds: Seconds) -> None:
    with live.held():
        first = said(live)
        records.rows[1] = made(1, change())
        seconds.now += LOOKS_EVERY
        elsewhere: list[str] = []
        other = threading.Thread(target=lambda: elsewhere.append(said(live)))
        other.start()
        other.join()
        with live.held():
            second = said(live)
        third = said(live)

    assert (first, second, third) == (FILE, FILE, FILE)
    assert elsewhere == [OURS]
    assert said(live) == OURS


@pytest.mark.parametrize("damage", ["damaged", "gone", "away", "bug"])
def test_a_row_that_cannot_be_read_leaves_the_words_as_they_are(
    live: Wording, records: FakeRecords, seconds: Seconds, damage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> int:
        raise {"away": StoreUnavailable, "bug": KeyError}.get(damage, ValueError)

    records.rows[1] = made(1, change("Never read.", key=KEPT))
    if damage == "damaged":
        records.damaged = {1}
    elif damage == "gone":
        monkeypatch.setattr(records, "version", {}.__getitem__)
    else:
        monkeypatch.setattr(records, "latest", refuse)

    text = live.speak(Say(DANGER, {"emergency": "999"}), ENGLISH, SMS).text

    assert said(live) == FILE
    assert "999" in text
    monkeypatch.undo()
    records.damaged = set()
    seconds.now += LOOKS_EVERY
    assert said(live) == "Never read."


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (change(key="no.such"), Unfit.NO_SUCH_TEXT),
        (change(key="choice.no_such"), Unfit.NO_SUCH_TEXT),
        (change(locale=Locale("xx")), Unfit.NO_SUCH_TEXT),
        (change("We have it, {reference}."), Unfit.PLACEHOLDERS),
        (change("In danger ring somebody.", key=DANGER), Unfit.PLACEHOLDERS),
        (change("  "), Unfit.DAMAGED),
        (change("We have {"), Unfit.DAMAGED),
        (change("", key="choice.words_yes"), Unfit.DAMAGED),
        (change("Yes {x}", key="choice.words_yes"), Unfit.DAMAGED),
    ],
)
def test_what_no_longer_fits_the_files_is_left_out_and_the_rest_is_said(wrong: Change, why: Unfit) -> None:
    good = change("Welcome back. Write to us.", key="hello.again")
    wording, left = apply(WORDING, made(3, good, wrong))

    assert said(wording, "hello.again") == "Welcome back. Write to us."
    assert [(each.change, each.why) for each in left] == [(wrong, why)]
    assert wording.tongues[ENGLISH].texts[DANGER] == WORDING.tongues[ENGLISH].texts[DANGER]
    assert wording.tongues[ENGLISH].texts[KEPT] == WORDING.tongues[ENGLISH].texts[KEPT]


def test_a_changed_english_text_makes_its_translations_stale_until_they_are_made_anew() -> None:
    english = made(1, change())
    wording, _ = apply(WORDING, english)
    stamp = wording.tongues[ENGLISH].stamp(KEPT)
    again, _ = apply(WORDING, made(2, change(), change("Dziękujemy, mamy wszystko.", locale=PL, english=stamp)))
    behind, _ = apply(WORDING, made(2, change(), change("Dziękujemy.", locale=PL, english="before00")))

    assert KEPT not in standing(WORDING.tongues[PL], WORDING.tongues[ENGLISH]).changed
    assert KEPT in standing(wording.tongues[PL], wording.tongues[ENGLISH]).changed
    assert KEPT not in standing(again.tongues[PL], again.tongues[ENGLISH]).changed
    assert KEPT in standing(behind.tongues[PL], behind.tongues[ENGLISH]).changed


def test_a_version_may_carry_a_signature_of_its_own() -> None:
    signed = Signature("Ewa Nowak", date(2026, 11, 20))
    wording, _ = apply(WORDING, made(1, change("Dziękujemy.", locale=PL), signatures={PL: signed}))

    assert (wording.tongues[PL].signed_by, wording.tongues[PL].signed_on) == ("Ewa Nowak", date(2026, 11, 20))


def test_the_words_of_the_files_stay_to_be_had(live: Wording, records: FakeRecords) -> None:
    records.rows[1] = made(1, change())

    assert said(live) == OURS
    assert said(of_files(live)) == FILE
    assert of_files(WORDING) is WORDING
    assert live.locales == WORDING.locales


def test_a_copy_of_a_version_that_says_the_same_has_the_same_digest_in_any_order() -> None:
    one, two = change(), change("Welcome back.", key="hello.again")

    assert made(1, one, two).digest == made(2, two, one).digest
    assert made(1, one).digest != replace(made(1, one), changes=(two,)).digest
    assert isinstance(made(1), Version)
