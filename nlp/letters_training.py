"""Learns the table of ``nlp.letters`` from our own texts: messages, translations of what the bot says, and the word lists.

    python -m nlp.letters_training

Takes some minutes of one core and scikit-learn. Long messages are cut into stretches of a few words beside, for the short ones
are the hard ones. Accents are left out in a copy; Bulgarian, Ukrainian and Russian are written in Roman letters in another,
each time in a manner drawn anew, as no two people spell them alike. Frozen messages are never read.
"""

from __future__ import annotations

import json
import random
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from bot import toml
from nlp.corpus import DATA, LEARN, messages
from nlp.language import CODES, LEXICON, NOT_WORDS, ROMAN_URDU, UNDETERMINED, WORD, key_of
from nlp.letters import IN_ROMAN, LEARNT, LONGEST, SIZE, runs

HEARD = (*(code for code in CODES if code != "pa"), ROMAN_URDU, UNDETERMINED)
"""Gurmukhi is known by its script."""
_ROMAN = {code: f"{code}{IN_ROMAN}" for code in ("ar", "bg", "uk")}
"""Columns of their own: in Roman letters a language is like another one."""
COLUMNS = (*HEARD, *_ROMAN.values())
_CONTENT = Path(__file__).parent.parent / "bot" / "content"
_SPOKEN = ("pages", "situations", "speakers", "widget", "wording")
_MOST_ENGLISH = 14_000
_SHORT = 8
"""English messages of fewer words are all taken."""
_STRETCH = (2, 6)
_COPIES = {"en": 1, UNDETERMINED: 6, "ar-Latn": 8} | dict.fromkeys(("tr", "es", "so", "ur", ROMAN_URDU), 5)
"""Stretches cut from each message; of the other languages, ``_ELSE``."""
_ELSE = 3
_BUNDLE = 3
_SOFTNESS = 8.0
_ROMAN_BULGARIAN = dict(
    zip("абгдезиклмнопрстуфх", "abgdeziklmnoprstufh", strict=True),
    в="v w", ж="j zh", й="i y j", ц="c ts", ч="ch 4", ш="sh 6", щ="sht 6t", ъ="u a y", ь="i", ю="iu yu", я="q ia ya",
)  # fmt: skip
_ROMAN_UKRAINIAN = dict(
    zip("абвґдезіклмнопрстуф", "abvgdeziklmnoprstuf", strict=True),
    г="h g", є="ie ye je", ж="zh", и="y i", ї="yi ji i", й="i y j", х="kh h", ц="ts", ч="ch", ш="sh", щ="shch sch",
    ь="", ю="iu yu ju", я="ia ya ja",
)  # fmt: skip
_ROMAN_RUSSIAN = _ROMAN_UKRAINIAN | dict(zip("гиэъ", ("g", "i", "e", ""), strict=True), ы="y i", ё="e yo")
_CYRILLIC = re.compile(r"[\u0430-\u045f\u0491]")
_RUSSIAN = re.compile("[ыэъё]|что|мы")

Sample = tuple[str, str]


def samples(*, seed: int = 0) -> list[Sample]:
    """Texts of small letters, without words of the service, with the language of each."""
    chance = random.Random(seed)  # noqa: S311 - which stretches to learn from, no secret
    lists = toml.read(LEXICON)
    domain = frozenset(lists["english"]["domain"].split())
    found: list[Sample] = []
    for text, language in _texts(chance):
        words = [word for word in _words(text) if key_of(word) not in domain]
        plain = " ".join(words)
        code = _ROMAN.get(language, language) if plain.isascii() else language
        found += _cut(words, code, chance)
        if _CYRILLIC.search(plain):
            if roman := _roman(plain, code):
                found += _cut(_written(plain, roman, chance).split(), _ROMAN.get(code, code), chance)
        elif code != "en" and not plain.isascii():
            found += _cut([key_of(word) for word in words], code, chance)
    found += [(word, "en") for word in lists["english"]["words"].split()]
    for code, listed in lists["words"].items():
        heard, words = code if code in HEARD else UNDETERMINED, listed.split()
        found += [(word, heard) for word in words]
        found += [(" ".join(chance.sample(words, _BUNDLE)), heard) for _ in range(len(words) // 2)]
        if code in ("bg", "uk") and (roman := _roman(listed, code)):
            found += [(_written(word, roman, chance), _ROMAN[code]) for word in words]
    return found


def _texts(chance: random.Random) -> Iterator[Sample]:
    """Everything of ours whose language is known, but English only so much of it."""
    english: list[str] = [row.text for row in messages(LEARN)]
    for part in ("languages", "danger"):
        for file in sorted((DATA / part / LEARN).glob("*.jsonl")):
            for line in file.read_text(encoding="utf-8").splitlines():
                row = json.loads(line)
                code = row.get("locale")
                if code == "en":
                    english.append(row["text"])
                elif code in HEARD:
                    is_russian = code == "uk" and re.search("[ыэъё]", row["text"].lower())
                    yield row["text"], UNDETERMINED if is_russian else code
    chance.shuffle(english)
    yield from ((text, "en") for place, text in enumerate(english) if place < _MOST_ENGLISH or len(text.split()) < _SHORT)
    for folder in _SPOKEN:
        for file in sorted((_CONTENT / folder).glob("*.toml")):
            if file.stem in HEARD and file.stem != "en":
                for said in _strings(toml.read(file)):
                    parts = re.split(r"[.!?\n]", re.sub(r"\{[^}]*\}", " ", said))
                    yield from ((part, file.stem) for part in parts if len(part.split()) >= _BUNDLE)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from _strings(part)


def _words(text: str) -> list[str]:
    return WORD.findall(NOT_WORDS.sub(" ", unicodedata.normalize("NFC", text)).lower())


def _cut(words: Sequence[str], code: str, chance: random.Random) -> Iterator[Sample]:
    if not words:
        return
    yield " ".join(words)[:LONGEST], code
    for _ in range(_COPIES.get(code, _ELSE)):
        length = chance.randint(*_STRETCH)
        if len(words) > length:
            first = chance.randrange(len(words) - length + 1)
            yield " ".join(words[first : first + length]), code


def _roman(text: str, code: str) -> Mapping[str, str] | None:
    if code == UNDETERMINED:
        return _ROMAN_RUSSIAN if _RUSSIAN.search(text) else None
    return {"bg": _ROMAN_BULGARIAN, "uk": _ROMAN_UKRAINIAN}.get(code)


def _written(text: str, roman: Mapping[str, str], chance: random.Random) -> str:
    manner = {letter: chance.choice(ways.split(" ")) for letter, ways in roman.items()}
    return "".join(manner.get(letter, letter) for letter in text)


def learnt(taught: Sequence[Sample], *, rounds: int = 80) -> tuple[Any, Any]:
    """Weights, rows of the table by languages, and the bias of each, after at most so many rounds."""
    found = [runs(text) for text, _ in taught]
    values = np.concatenate([np.full(len(rows), len(rows) ** -0.5, np.float32) for rows in found])
    ends = np.cumsum([0, *(len(rows) for rows in found)])
    texts = csr_matrix((values, np.concatenate(found), ends), shape=(len(found), SIZE))
    texts.sum_duplicates()
    codes = np.array([COLUMNS.index(code) for _, code in taught])
    counts = np.bincount(codes, minlength=len(COLUMNS))
    worth = np.sqrt(counts.mean() / counts)
    worth[COLUMNS.index("en")] *= 2
    fit = LogisticRegression(C=_SOFTNESS, max_iter=rounds, tol=1e-3).fit(texts, codes, sample_weight=worth[codes])
    return fit.coef_.T, fit.intercept_


def save(weights: Any, bias: Any, path: Path = LEARNT) -> None:
    scale = np.abs(weights).max(axis=0) / 127
    np.savez_compressed(
        path,
        allow_pickle=False,
        codes=np.frombuffer("\n".join(COLUMNS).encode(), np.uint8),
        weights=np.round(weights / scale).astype(np.int8),
        scale=scale.astype(np.float32),
        bias=bias.astype(np.float32),
    )


if __name__ == "__main__":
    save(*learnt(samples()))
    print(f"Written: {LEARNT} ({LEARNT.stat().st_size / 1e3:.0f} kB).")  # noqa: T201 - a command prints
