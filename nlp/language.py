"""Which language a message is in, of those Earshot speaks or is likely to meet, and how sure that is.

Everyday words decide first, those of English against those of each other language; words of the service itself, which
people take over into any language ("moje dziecko czeka na EHCP"), count for English only where nothing speaks against it.
Then the script, and letters only one language uses. What is left goes to lingua, kept to thirteen languages in its
low-accuracy mode: a third of the memory and a twelfth of the time.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from lingua import IsoCode639_1, LanguageDetector, LanguageDetectorBuilder

from bot import toml
from bot.model import ENGLISH, Locale

CODES = ("en", "pl", "ro", "pt", "uk", "lt", "bg", "ar", "tr", "ur", "es", "so", "pa")
"""What lingua is asked for."""
ROMAN_URDU = Locale("ur-Latn")
"""Urdu in Roman letters, as it is mostly texted. No wording is ever taken for it: who writes so may not read the other."""
UNDETERMINED = Locale("und")

_FEWEST_WORDS = 3
_ENGLISH_SHARE = 0.3
_UNKNOWN = 2
"""From so many words that are neither English nor of the service, those of the service say nothing."""
_LEAD = 1.5
"""By how many words another language must lead to be taken without asking lingua."""
_OWN_LETTER = 2
"""What a word counts for the language that alone has one of its letters."""
_GAP = 0.35
"""How much likelier than English another language must be to lingua."""
_A_WORD = 0.15
"""What one everyday word more than English has is worth beside that gap."""
_FEW_WORDS = 5
_GAP_OF_FEW = 0.6
"""The gap for messages of fewer words, where lingua is weak, and nothing but lingua speaks against English."""
_BELIEVED = 1.4
"""What lingua's certainty is worth in words, between languages of which each has some."""
_UNSPOKEN = 0.5
"""The share of it for a language without an everyday word here, where most words are of one that lingua is deaf to."""
_SURE = 0.5
"""From this likelihood the language is named; below it is only known not to be English."""
_MOST_SURE = 0.99
"""Nobody is surer of a language than this."""
_SURE_OF_OTHERS = 3
"""How many words must be of a language that is not listened for, for it to be named."""
_LONGEST = 600
"""Letters looked at: a language shows itself sooner, and a hostile text may be long."""
_SCRIPTS = {"CYRILLIC": ("uk", "bg"), "ARABIC": ("ar", "ur"), "GURMUKHI": ("pa",)}
_NOT_WORDS = re.compile(r"https?://\S+|\S+@\S+|\[[^\]\s]{1,40}\]|[@#]\w+|\d+")
_MARKS = "\u0300-\u036f\u064b-\u0655\u0a01-\u0a03\u0a3c\u0a3e-\u0a4d\u0a51\u0a70\u0a71\u0a75"
"""Signs that stand on a letter and are no letters to ``re``: accents on their own, Arabic and Gurmukhi vowels."""
_WORD = re.compile(rf"[^\W\d_][^\W\d_{_MARKS}]*(?:[{_MARKS}]+[^\W\d_]*)*(?:['\N{{RIGHT SINGLE QUOTATION MARK}}][^\W\d_]+)*")
_FOLDED = str.maketrans({"ł": "l", "\u0131": "i", "ø": "o", "ß": "ss", "\N{RIGHT SINGLE QUOTATION MARK}": "'"})
_LEXICON = Path(__file__).parent / "lexicon" / "languages.toml"


@dataclass(frozen=True, slots=True)
class DetectedLanguage:
    """``locale`` is ``und`` where only this much is known: it is not English. ``score`` is 0 to 1."""

    locale: Locale
    score: float

    @property
    def is_english(self) -> bool:
        return self.locale == ENGLISH


@dataclass(slots=True)
class _Tally:
    """What the words of a text say: how many are English, of the service, and of each other language."""

    words: list[str]
    english: float = 0.0
    domain: int = 0
    others: Counter[str] = field(default_factory=Counter)
    rest: list[str] = field(default_factory=list)
    """The words that are neither English nor of the service."""

    @property
    def most(self) -> float:
        return max(self.others.values(), default=0)


class LanguageEar:
    """Tells languages apart. Building it is cheap; lingua's tables are read when first needed.

    ``knows`` may leave out listed words of other languages: how it fares without them can then be measured.
    """

    def __init__(self, path: Path = _LEXICON, *, knows: Callable[[str], bool] = lambda _word: True) -> None:
        data = toml.read(path)
        self._english = frozenset(data["english"]["words"].split())
        self._domain = frozenset(data["english"]["domain"].split())
        self._letters: Mapping[str, str] = {letter: code for code, letters in data["letters"].items() for letter in letters}
        languages: defaultdict[str, list[str]] = defaultdict(list)
        for code, words in data["words"].items():
            for word in filter(knows, words.split()):
                languages[word].append(code)
        self._languages: Mapping[str, Sequence[str]] = languages

    @cached_property
    def _lingua(self) -> LanguageDetector:
        codes = [getattr(IsoCode639_1, code.upper()) for code in CODES]
        return LanguageDetectorBuilder.from_iso_codes_639_1(*codes).with_low_accuracy_mode().build()

    def detect(self, text: str) -> DetectedLanguage:
        """The language of a text; English, at 0.5, where there is too little to tell."""
        plain = _NOT_WORDS.sub(" ", unicodedata.normalize("NFC", text[: 4 * _LONGEST]))[:_LONGEST].lower()
        words = _WORD.findall(plain)
        if not words:
            return DetectedLanguage(ENGLISH, 0.5)
        tally = self._tally(words)
        script, of_script = _script(tally.rest)
        if script is not None and script != "LATIN" and of_script >= tally.english:
            return self._by_script(tally, script)
        return self._by_words(tally)

    def _tally(self, words: list[str]) -> _Tally:
        tally = _Tally(words)
        for word in words:
            key = _key(word)
            languages = self._languages.get(key, ())
            if key in self._domain:
                tally.domain += 1
                continue
            if key in self._english:
                tally.english += 0.5 if languages else 1
                tally.others.update(dict.fromkeys(languages, 0.5))
                continue
            tally.rest.append(word)
            own = {code for letter in word if (code := self._letters.get(letter))}
            tally.others.update(dict.fromkeys(languages, 1) | dict.fromkeys(own, _OWN_LETTER))
        return tally

    def _by_script(self, tally: _Tally, script: str) -> DetectedLanguage:
        if script not in _SCRIPTS or tally.others["und"]:
            return DetectedLanguage(UNDETERMINED, 0.9)
        if len(_SCRIPTS[script]) == 1:
            return DetectedLanguage(Locale(_SCRIPTS[script][0]), _MOST_SURE)
        return self._likeliest(tally, _SCRIPTS[script])

    def _by_words(self, tally: _Tally) -> DetectedLanguage:
        count, most = len(tally.words), tally.most
        if count < _FEWEST_WORDS:
            return self._of_few(tally)
        if most - tally.english >= _LEAD:
            return self._likeliest(tally, ())
        known = tally.english + (tally.domain if len(tally.rest) < _UNKNOWN else 0)
        if tally.english >= most and known >= _ENGLISH_SHARE * count:
            return DetectedLanguage(ENGLISH, _certainty(0.5 + (tally.english + tally.domain) / (2 * count)))
        return self._by_likeness(tally)

    def _of_few(self, tally: _Tally) -> DetectedLanguage:
        """One word or two: English unless all of them are everyday words of another language, or its letters say so."""
        best = max(tally.others, key=lambda code: tally.others[code], default="")
        if best and not tally.english and not tally.domain:
            own_letters = any(self._letters.get(letter) == best for word in tally.words for letter in word)
            if own_letters or tally.others[best] >= len(tally.words):
                return DetectedLanguage(Locale(best), 0.8 if own_letters else 0.6)
        return DetectedLanguage(ENGLISH, 0.5)

    def _by_likeness(self, tally: _Tally) -> DetectedLanguage:
        chances = self._chances(tally.rest or tally.words)
        best = max(chances, key=lambda code: chances[code])
        english = chances["en"]
        gap = _GAP_OF_FEW if len(tally.words) < _FEW_WORDS and not tally.most else _GAP
        lead = chances[best] - english + _A_WORD * (tally.most - tally.english - tally.domain / 2)
        if best == "en" or lead < gap:
            return DetectedLanguage(ENGLISH, _certainty(max(english, 0.5)))
        return self._likeliest(tally, (), chances)

    def _likeliest(self, tally: _Tally, among: Iterable[str], chances: Mapping[str, float] | None = None) -> DetectedLanguage:
        """The language most words are of, lingua having a say; ``among`` is empty for all but English."""
        if chances is None:
            chances = self._chances(tally.rest or tally.words)
        codes = list(among) or sorted({*tally.others, *chances} - {ENGLISH}, key=lambda code: (code not in CODES, code))
        is_deaf = max(codes, key=lambda code: tally.others[code]) not in CODES
        unspoken = _BELIEVED * _UNSPOKEN if is_deaf else _BELIEVED
        believed = {code: _BELIEVED if tally.others[code] else unspoken for code in codes}
        weight = {code: tally.others[code] + believed[code] * chances.get(code, 0.0) for code in codes}
        best = max(codes, key=lambda code: (weight[code], code))
        score = _certainty(max(chances.get(best, 0.0), tally.others[best] / len(tally.words) + 0.25))
        least = 0 if best in CODES or best == ROMAN_URDU else _SURE_OF_OTHERS
        is_named = best != UNDETERMINED and score >= _SURE and tally.others[best] >= least
        return DetectedLanguage(Locale(best) if is_named else UNDETERMINED, score)

    def _chances(self, words: Sequence[str]) -> dict[str, float]:
        """Lingua's likelihood of each language of ``CODES``."""
        values = self._lingua.compute_language_confidence_values(" ".join(words))
        return {value.language.iso_code_639_1.name.lower(): value.value for value in values}


def _certainty(value: float) -> float:
    return round(min(_MOST_SURE, value), 3)


def _key(word: str) -> str:
    """A word as it stands in the lists: of Latin letters without their marks."""
    if word.isascii():
        return word
    plain = "".join(
        letter for letter in unicodedata.normalize("NFD", word.translate(_FOLDED)) if not unicodedata.combining(letter)
    )
    return plain if plain.isascii() else word


def _script(words: Sequence[str]) -> tuple[str | None, int]:
    """The script most of the words are in, the first word of its letters' Unicode names, and how many words are."""
    scripts: Counter[str] = Counter()
    for word in words:
        scripts["LATIN" if word[0].isascii() else unicodedata.name(word[0], "").partition(" ")[0]] += 1
    scripts.pop("", None)
    return scripts.most_common(1)[0] if scripts else (None, 0)
