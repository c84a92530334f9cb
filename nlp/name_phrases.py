"""Marks the words of a text that stand together and name no person: phrases, and abbreviations written letter by letter."""

from __future__ import annotations

from collections.abc import Sequence

from nlp.name_features import Token
from nlp.name_words import Lexicon

BEFORE_INITIALS = frozenset({"child", "relative", "title", "naming"})
"""The cues of words behind which letters are a person's."""
_FEWEST_NO_INITIALS = 4
"""So many letters with signs between them are no person's: "E.H.C.P."."""
_LETTERS_APART = len(" & ")


def mark_phrases(tokens: list[Token], lexicon: Lexicon) -> None:
    """Words of a phrase that names no person are none of a name; the longest phrase wins. Nor are an abbreviation's letters."""
    _mark_abbreviations(tokens, lexicon)
    at = 0
    while at < len(tokens):
        phrases = lexicon.phrases.get(tokens[at].word.folded)
        length = 1
        if phrases:
            for phrase in phrases:
                end = at + len(phrase)
                if len(phrase) > length and tuple(token.word.folded for token in tokens[at:end]) == phrase:
                    length = len(phrase)
            if length > 1:
                _name_nobody(tokens, at, at + length)
        at += length


def _name_nobody(tokens: list[Token], first: int, end: int) -> None:
    for at in range(first, end):
        tokens[at] = tokens[at]._replace(word=tokens[at].word._replace(list="X", likeness=""))


def _mark_abbreviations(tokens: list[Token], lexicon: Lexicon) -> None:
    """Letters by themselves that stand together, as in "S.E.N.", "A&E" and "3 p.m." they do."""
    longest = max(map(len, lexicon.cues.abbreviations | lexicon.cues.clock), default=1)
    at = 0
    while at < len(tokens):
        end = at + 1
        if len(tokens[at].word.folded) == 1:
            most = len(tokens) if tokens[at].word.shape == "I" else min(len(tokens), at + longest)
            while end < most and _continues(tokens, end):
                end += 1
            while end > at + 1 and not _is_abbreviation(tokens, at, end, lexicon):
                end -= 1
            if end > at + 1:
                _name_nobody(tokens, at, end)
        at = end


def _continues(tokens: Sequence[Token], at: int) -> bool:
    token, before = tokens[at], tokens[at - 1]
    apart = _LETTERS_APART if token.word.shape == "I" else len(".")
    near = 0 < token.start - before.end <= apart and token.before in "s./"
    return near and len(token.word.folded) == 1 and token.word.shape == before.word.shape


def _is_abbreviation(tokens: Sequence[Token], first: int, end: int, lexicon: Lexicon) -> bool:
    word = "".join(token.word.folded for token in tokens[first:end])
    if tokens[first].word.shape != "I":
        return word in lexicon.cues.abbreviations or word in lexicon.cues.clock
    if len(word) >= _FEWEST_NO_INITIALS:
        return True
    if word in lexicon.cues.clock:
        return tokens[first].before == "d"
    of_a_person = bool(first) and tokens[first].before in "s(:," and tokens[first - 1].word.cue in BEFORE_INITIALS
    return word in lexicon.cues.abbreviations and not (of_a_person and len(word) == len("jk"))
