"""Which language a message is in, of those Earshot speaks or is likely to meet, and how sure that is.

Two witnesses are heard: everyday words, those of English against those of each other language, and the runs of letters of the
whole message (``nlp.letters``). Words of the service itself, which people take over into any language ("moje dziecko czeka na
EHCP"), are no witness for English unless there is nothing else. The script says which languages can be meant at all.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from bot import toml
from bot.model import ENGLISH, Locale
from nlp.letters import Letters

CODES = ("en", "pl", "ro", "pt", "uk", "lt", "bg", "ar", "tr", "ur", "es", "so", "pa")
"""What is listened for. Bulgarian, Ukrainian and Arabic are named in Roman letters, too: who texts so reads their own."""
ROMAN_URDU = Locale("ur-Latn")
"""Urdu in Roman letters, as it is mostly texted. No wording is ever taken for it: who writes so may not read the other."""
UNDETERMINED = Locale("und")

_FEWEST_WORDS = 3
_OWN_LETTER = 2
"""What a word counts for the language that alone has one of its letters."""
_LETTERS_BELIEVED = 0.95
_WORDS_BELIEVED = 2.6
"""What the logarithm of a chance by letters is worth, and an everyday word, the less the longer the message. These and the
next were fitted to messages the table of letters had not learnt from."""
_ENGLISH_TAKEN_OFF = 0.95
"""Of English: of its words there are lists so long that they turn up in any language."""
_PLAIN_LEAD = 2
"""By so many words, and by half of them all, English must lead to be taken without a look at letters."""
_LEAST_CHANCE = 1e-3
"""No language is less likely than this by its letters: words must be able to speak against them."""
_NAMED_FROM = 0.4
"""From this chance the language is named; below it is only known not to be English."""
_MOST_SURE = 0.99
"""Nobody is surer of a language than this."""
_SURE_OF_OTHERS = 3
"""How many words must be of a language that is not listened for, for it to be named."""
_LONGEST = 600
"""Letters looked at: a language shows itself sooner, and a hostile text may be long."""
_SCRIPTS = {
    "LATIN": ("en", "pl", "ro", "pt", "lt", "tr", "es", "so", ROMAN_URDU, "uk", "bg", "ar", UNDETERMINED),
    "CYRILLIC": ("uk", "bg", UNDETERMINED),
    "ARABIC": ("ar", "ur", UNDETERMINED),
}
_ALONE = {"GURMUKHI": Locale("pa")}
"""Of a script, the one language that is listened for."""
_LISTENED_FOR = frozenset({*CODES, ROMAN_URDU})
NOT_WORDS = re.compile(r"https?://\S+|\S+@\S+|\[[^\]\s]{1,40}\]|[@#]\w+|\d+")
_MARKS = "\u0300-\u036f\u064b-\u0655\u0a01-\u0a03\u0a3c\u0a3e-\u0a4d\u0a51\u0a70\u0a71\u0a75"
"""Signs that stand on a letter and are no letters to ``re``: accents on their own, Arabic and Gurmukhi vowels."""
WORD = re.compile(rf"[^\W\d_][^\W\d_{_MARKS}]*(?:[{_MARKS}]+[^\W\d_]*)*(?:['\N{{RIGHT SINGLE QUOTATION MARK}}][^\W\d_]+)*")
_FOLDED = str.maketrans({"ł": "l", "\u0131": "i", "ø": "o", "ß": "ss", "\N{RIGHT SINGLE QUOTATION MARK}": "'"})
LEXICON = Path(__file__).parent / "lexicon" / "languages.toml"


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
    own: list[str] = field(default_factory=list)
    """All but those of the service."""

    def of(self, code: str) -> float:
        """The words of a language; of the one of those not listened for that has most of them, where that is asked."""
        if code == ENGLISH:
            return self.english
        if code == UNDETERMINED:
            return max((count for other, count in self.others.items() if other not in _LISTENED_FOR), default=0.0)
        return self.others[code]


class LanguageEar:
    """Tells languages apart. Building it is cheap; the table of letters is read when first needed.

    ``knows`` may leave out listed words of other languages: how it fares without them can then be measured.
    """

    def __init__(self, path: Path = LEXICON, *, knows: Callable[[str], bool] = lambda _word: True) -> None:
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
    def _letters_heard(self) -> Letters:
        return Letters.load()

    def detect(self, text: str) -> DetectedLanguage:
        """The language of a text; English, at 0.5, where there is too little to tell."""
        plain = NOT_WORDS.sub(" ", unicodedata.normalize("NFC", text[: 4 * _LONGEST]))[:_LONGEST].lower()
        words = WORD.findall(plain)
        if not words:
            return DetectedLanguage(ENGLISH, 0.5)
        tally = self._tally(words)
        script, of_script = _script(tally.rest)
        if script is None or of_script < tally.english:
            script = "LATIN"
        if script not in _SCRIPTS:
            return DetectedLanguage(_ALONE.get(script, UNDETERMINED), _MOST_SURE)
        if script == "LATIN":
            return self._of_few(tally) if len(words) < _FEWEST_WORDS else self._in_latin(tally)
        return self._likeliest(tally, _SCRIPTS[script])

    def _tally(self, words: list[str]) -> _Tally:
        tally = _Tally(words)
        for word in words:
            key = key_of(word)
            languages = self._languages.get(key, ())
            if key in self._domain:
                tally.domain += 1
                continue
            tally.own.append(word)
            if key in self._english:
                tally.english += 0.5 if languages else 1
                tally.others.update(dict.fromkeys(languages, 0.5))
                continue
            tally.rest.append(word)
            own = {code for letter in word if (code := self._letters.get(letter))}
            tally.others.update(dict.fromkeys(languages, 1) | dict.fromkeys(own, _OWN_LETTER))
        return tally

    def _of_few(self, tally: _Tally) -> DetectedLanguage:
        """One word or two: English unless all of them are everyday words of another language, or its letters say so."""
        best = max(tally.others, key=lambda code: tally.others[code], default="")
        if best and not tally.english and not tally.domain:
            own_letters = any(self._letters.get(letter) == best for word in tally.words for letter in word)
            if own_letters or tally.others[best] >= len(tally.words):
                return DetectedLanguage(Locale(best), 0.8 if own_letters else 0.6)
        return DetectedLanguage(ENGLISH, 0.5)

    def _in_latin(self, tally: _Tally) -> DetectedLanguage:
        lead = tally.english - max(tally.others.values(), default=0.0)
        if not tally.own or lead >= max(_PLAIN_LEAD, len(tally.own) / 2):
            return DetectedLanguage(ENGLISH, _certainty(0.5 + (tally.english + tally.domain) / (2 * len(tally.words))))
        return self._likeliest(tally, _SCRIPTS["LATIN"])

    def _likeliest(self, tally: _Tally, codes: Collection[str]) -> DetectedLanguage:
        """Of the languages that can be meant, the one that words and letters together make likeliest."""
        by_letters = self._letters_heard.chances(" ".join(tally.own))
        per_word = _WORDS_BELIEVED / math.sqrt(len(tally.words))
        weight = {
            code: _LETTERS_BELIEVED * math.log(by_letters[code] + _LEAST_CHANCE) + per_word * tally.of(code) for code in codes
        }
        if ENGLISH in weight:
            weight[ENGLISH] -= _ENGLISH_TAKEN_OFF
        best = max(weight, key=lambda code: weight[code])
        score = _certainty(1 / sum(math.exp(other - weight[best]) for other in weight.values()))
        if best == UNDETERMINED:
            return DetectedLanguage(self._other(tally), score)
        return DetectedLanguage(Locale(best) if best == ENGLISH or score >= _NAMED_FROM else UNDETERMINED, score)

    @staticmethod
    def _other(tally: _Tally) -> Locale:
        """The name of a language that is not listened for, where enough words are of it."""
        there = [code for code in tally.others if code not in _LISTENED_FOR]
        best = max(there, key=lambda code: tally.others[code], default=UNDETERMINED)
        return Locale(best) if tally.others[best] >= _SURE_OF_OTHERS else UNDETERMINED


def _certainty(value: float) -> float:
    return round(min(_MOST_SURE, value), 3)


def key_of(word: str) -> str:
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
