"""A better redactor: what it finds in the words as they came is laid over what was hidden, and it only ever hides more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.heard import Redaction
from bot.masks import mask_more, places_of
from bot.model import Span
from bot.redacting import MaskedText, RedactAgain, Source, masked_anew
from bot.redaction import redactor

NAME = "[name removed]"


@dataclass(frozen=True)
class Masked:
    redacted: str
    redactions: tuple[Redaction, ...]
    doubtful: tuple[Span, ...] = ()


@dataclass(frozen=True)
class Masker:
    """Knows these names; ``after``: one only where this word stands in the text too. Breaks at ``breaks_at``."""

    names: tuple[str, ...]
    doubts: tuple[str, ...] = ()
    after: str = ""
    breaks_at: str = "\0"
    version: str = "new"

    def redact(self, text: str, *, english: bool = True) -> Masked:
        if self.breaks_at in text:
            raise ValueError(text)
        known = self.names if self.after in text else ()
        found = [(start, end, "name") for name in known for start, end in places_of(name, text)]
        found = [one for one in found if not any(first <= one[0] < last for first, last in redactor().placeholders(text))]
        shown = mask_more(text, found)
        doubtful = tuple(span for word in self.doubts for span in places_of(word, shown.text))
        return Masked(shown.text, tuple(Redaction(*one) for one in sorted(found)), doubtful)


def shown(masker: Masker, original: str, before: str) -> tuple[str, list[str]]:
    anew = masked_anew(masker, MaskedText(source=Source.MESSAGE, key=1, shown=before, original=original))
    text = before
    for masks in anew.steps:
        text = mask_more(text, masks).text
    return text, [text[start:end] for start, end in anew.doubtful]


@pytest.mark.parametrize(
    ("original", "before", "after"),
    [
        ("Kacper and Anna", f"Kacper and {NAME}", f"{NAME} and {NAME}"),
        ("Kacper and Anna", "Kacper and Anna", f"{NAME} and Anna"),
        ("", f"Kacper and {NAME}", f"{NAME} and {NAME}"),
        ("something else", f"Kacper and {NAME}", f"{NAME} and {NAME}"),
        ("Kacper", NAME, NAME),
        ("", "", ""),
    ],
)
def test_names_go_and_what_was_hidden_stays_hidden(original: str, before: str, after: str) -> None:
    assert shown(Masker(("Kacper",)), original, before)[0] == after


def test_a_name_known_only_by_a_word_that_is_hidden_by_now_is_found_in_the_words_as_they_came() -> None:
    masker = Masker(("Anna",), after="Kacper")

    assert shown(masker, "Kacper and Anna", f"{NAME} and Anna")[0] == f"{NAME} and {NAME}"


def test_doubtful_words_are_told_of_the_text_it_comes_to() -> None:
    assert shown(Masker(("Kacper",), doubts=("Ned",)), "Kacper, Ned", "Kacper, Ned") == (f"{NAME}, Ned", ["Ned"])


@given(st.text("Kacperned \n", max_size=40), st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=3))
def test_masked_anew_twice_is_masked_anew_once(original: str, spans: list[tuple[int, int]]) -> None:
    masker = Masker(("Kacper", "ned"))
    before = mask_more(original, [(start, end, "name") for start, end in spans if start < end <= len(original)]).text
    once, _ = shown(masker, original, before)

    assert shown(masker, original, once)[0] == once
    assert places_of("Kacper", once) == ()


# --- the sweep ------------------------------------------------------------------------------------------------------


class Store:
    """Texts by key; each by the redactor that masked it. ``meanwhile``: what somebody else does before a text is written."""

    def __init__(self, texts: dict[int, str], *, by: str | None = "old") -> None:
        self.texts = dict(texts)
        self.by: dict[int, str | None] = dict.fromkeys(texts, by)
        self.written: list[int] = []
        self.meanwhile: dict[int, str] = {}

    def transaction(self) -> Store:
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None: ...

    def older(self, version: str, source: Source, *, after: Any, limit: int) -> tuple[MaskedText, ...]:
        keys = [key for key, by in self.by.items() if by != version and (after is None or key > after)]
        return self._read(source, keys[:limit])

    def unlooked(self, source: Source, *, limit: int) -> tuple[MaskedText, ...]:
        return self._read(source, [key for key, by in self.by.items() if by is None][:limit])

    def count(self, version: str) -> int:
        raise AssertionError

    def _read(self, source: Source, keys: list[int]) -> tuple[MaskedText, ...]:
        if source is not Source.MESSAGE:
            return ()
        return tuple(MaskedText(source=source, key=key, shown=self.texts[key], original="") for key in keys)

    def mask_anew(self, anew: Any, version: str) -> bool:
        key = anew.text.key
        if (changed := self.meanwhile.pop(key, None)) is not None:
            self.texts[key] = changed
        if self.texts[key] != anew.text.shown:
            return False
        for masks in anew.steps:
            self.texts[key] = mask_more(self.texts[key], masks).text
        self.by[key] = version
        self.written.append(key)
        return True


def sweep_of(store: Store, masker: Masker | None = None) -> RedactAgain:
    masker = masker or Masker(("Kacper",))
    return RedactAgain(records=store, work=store, version=lambda: masker.version, masker=lambda: masker)  # type: ignore[arg-type] # as much of them as is asked


def run(sweep: RedactAgain) -> int:
    steps = 0
    while sweep.sweep():
        steps += 1
        assert steps < 50, "a sweep without end"
    return steps


def test_everything_that_an_older_one_masked_is_masked_once_in_small_steps() -> None:
    store = Store({key: f"Kacper {key}" for key in range(1, 51)})
    sweep = sweep_of(store)

    assert run(sweep) == 3
    assert store.written == list(range(1, 51))
    assert run(sweep) == 0
    assert set(store.texts.values()) == {f"{NAME} {key}" for key in range(1, 51)}


def test_killed_at_any_moment_it_goes_on_where_it_was() -> None:
    store = Store({key: f"Kacper {key}" for key in range(1, 51)})
    sweep_of(store).step()
    run(sweep_of(store))

    assert store.written == list(range(1, 51))


def test_what_is_parked_later_is_looked_through_when_it_comes() -> None:
    store = Store({1: "Kacper 1"})
    sweep = sweep_of(store)
    run(sweep)
    store.texts[2], store.by[2] = "Kacper 2", None

    assert run(sweep) == 1
    assert store.texts[2] == f"{NAME} 2"


def test_what_changed_meanwhile_is_read_once_more() -> None:
    store = Store({1: "Kacper 1", 2: "Kacper 2"})
    store.meanwhile[1] = "Kacper, hidden 1"
    run(sweep_of(store))

    assert store.texts == {1: f"{NAME}, hidden 1", 2: f"{NAME} 2"}


@pytest.mark.parametrize("by", ["old", None])
def test_a_text_that_cannot_be_masked_holds_up_no_other(by: str | None, caplog: pytest.LogCaptureFixture) -> None:
    store = Store({1: "Kacper 1", 2: "a broken Kacper", 3: "Kacper 3"}, by=by)
    run(sweep_of(store, Masker(("Kacper",), breaks_at="broken")))

    assert store.texts == {1: f"{NAME} 1", 2: "a broken Kacper", 3: f"{NAME} 3"}
    assert "inbound_message 2 could not be masked anew" in caplog.text
    assert "Kacper" not in caplog.text


def test_nothing_is_loaded_where_nothing_is_to_be_done() -> None:
    def never() -> Masker:
        raise AssertionError

    store = Store({1: "Kacper"}, by="new")
    sweep = RedactAgain(records=store, work=store, version=lambda: "new", masker=never)  # type: ignore[arg-type] # as above

    assert not sweep.sweep()
