"""Which language a message is in, of those Earshot speaks or is likely to meet, and how sure that is.

The slow half, lingua, is kept to thirteen languages in its low-accuracy mode: measured at a third of the memory and a
twelfth of the time for one short message in fifty. What it is weak at is decided before it is asked: a script only
some languages use, everyday English words, and messages too short to judge.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from lingua import IsoCode639_1, Language, LanguageDetector, LanguageDetectorBuilder

from bot import toml
from bot.model import ENGLISH, Locale

CODES = ("en", "pl", "ro", "pt", "uk", "lt", "bg", "ar", "tr", "ur", "es", "so", "pa")
UNDETERMINED = Locale("und")
_FEWEST_WORDS = 3
_ENGLISH_SHARE = 0.3
_GAP = 0.35
"""How much likelier than English another language must be."""
_SURE = 0.5
"""From this likelihood the language is named; below it is only known not to be English."""
_LONGEST = 600
"""Letters looked at: a language shows itself sooner, and a hostile text may be long."""
_NOT_WORDS = re.compile(r"https?://\S+|\S+@\S+|\[[^\]\s]{1,40}\]|[@#]\w+|\d+")
_WORD = re.compile(r"[^\W\d_]+(?:['\N{RIGHT SINGLE QUOTATION MARK}][^\W\d_]+)*")
_LEXICON = Path(__file__).parent / "lexicon" / "languages.toml"


@dataclass(frozen=True, slots=True)
class DetectedLanguage:
    """``locale`` is ``und`` where only this much is known: it is not English. ``score`` is 0 to 1."""

    locale: Locale
    score: float

    @property
    def is_english(self) -> bool:
        return self.locale == ENGLISH


class LanguageEar:
    """Tells languages apart. Building it is cheap; lingua's tables are read when first needed."""

    def __init__(self, path: Path = _LEXICON) -> None:
        data = toml.read(path)
        self._english = frozenset(data["english"]["words"])
        self._letters = {code: frozenset(letters) for code, letters in data["letters"].items()}

    @cached_property
    def _lingua(self) -> LanguageDetector:
        codes = [getattr(IsoCode639_1, code.upper()) for code in CODES]
        return LanguageDetectorBuilder.from_iso_codes_639_1(*codes).with_low_accuracy_mode().build()

    def detect(self, text: str) -> DetectedLanguage:
        """The language of a text; English, at 0.5, where there is too little to tell."""
        plain = _NOT_WORDS.sub(" ", unicodedata.normalize("NFC", text[: 4 * _LONGEST]))[:_LONGEST]
        words = _WORD.findall(plain)
        script = _script(words)
        if not words or script is None:
            return DetectedLanguage(ENGLISH, 0.5)
        if script not in {"LATIN", "CYRILLIC", "ARABIC", "GURMUKHI"}:
            return DetectedLanguage(UNDETERMINED, 0.9)
        return self._by_hand(words, script) or self._by_likeness(" ".join(words))

    def _by_hand(self, words: list[str], script: str) -> DetectedLanguage | None:
        lower = [word.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'") for word in words]
        share = sum(word in self._english for word in lower) / len(lower)
        if share >= _ENGLISH_SHARE:
            return DetectedLanguage(ENGLISH, round(0.5 + share / 2, 3))
        letters = {letter for word in lower for letter in word}
        if script != "LATIN" or len(words) < _FEWEST_WORDS:
            for code, own in self._letters.items():
                if own & letters:
                    return DetectedLanguage(Locale(code), 0.8)
        if script == "LATIN" and len(words) < _FEWEST_WORDS and all(letter.isascii() for letter in letters):
            return DetectedLanguage(ENGLISH, 0.5)
        return None

    def _by_likeness(self, text: str) -> DetectedLanguage:
        values = {confidence.language: confidence.value for confidence in self._lingua.compute_language_confidence_values(text)}
        best = max(values, key=lambda language: values[language])
        english = values.get(Language.ENGLISH, 0.0)
        score = round(min(1.0, values[best]), 3)
        if best is Language.ENGLISH or values[best] - english < _GAP:
            return DetectedLanguage(ENGLISH, round(max(english, 0.5), 3))
        code = best.iso_code_639_1.name.lower()
        return DetectedLanguage(Locale(code) if score >= _SURE else UNDETERMINED, score)


def _script(words: list[str]) -> str | None:
    """The script most letters are in: the first word of their Unicode names."""
    letters = Counter("".join(words))
    scripts: Counter[str] = Counter()
    for letter, times in letters.items():
        scripts["LATIN" if letter.isascii() and letter.isalpha() else unicodedata.name(letter, "").partition(" ")[0]] += times
    scripts.pop("", None)
    return scripts.most_common(1)[0][0] if scripts else None
