"""Says which words of a text can be a name at all, before any is weighed."""

from __future__ import annotations

from collections.abc import Sequence

from nlp.name_features import Text, Token
from nlp.name_phrases import BEFORE_INITIALS

_LEAST_LETTERS = 2
_LETTER_WORDS = frozenset("aiknruwx")
"""Letters that stand for words in messages: "my son n I"."""
_BEFORE_I = frozenset({"mr", "mrs", "ms", "mx"})


def is_candidate(text: Text, at: int) -> bool:
    """Whether a word can be a name at all."""
    token = text.tokens[at]
    word = token.word
    match word.list:
        case "X":
            return False
        case "W":
            return word.shape == "T" and token.before not in ".n^" and not word.cue
        case _:
            if word.cue and word.list == "U":
                return False
            if len(word.folded) >= _LEAST_LETTERS:
                return True
            return (word.shape == "I" and word.folded not in "iax") or _may_be_initial(text.tokens, at)


def _may_be_initial(tokens: Sequence[Token], at: int) -> bool:
    """Whether a small letter, or one that is a word too, may stand for a name: after who it is of, or beside another one."""
    token = tokens[at]
    large = token.word.shape == "I"
    if not large and token.word.folded in _LETTER_WORDS:
        return False
    if at and token.before in "s(:" and tokens[at - 1].word.cue in BEFORE_INITIALS:
        return token.word.folded != "i" or _is_no_pronoun(tokens, at)
    for other in (at - 1, at + 1):
        if 0 <= other < len(tokens) and len(tokens[other].word.folded) == 1:
            apart = abs(tokens[other].start - token.start)
            if apart == len("j.") and (large == (tokens[other].word.shape == "I")):
                return large or max(tokens[other], token).before == "."
    return False


def _is_no_pronoun(tokens: Sequence[Token], at: int) -> bool:
    """Whether an I is of a name: "Mrs I", "Dr I. Okafor", "her name: I"; and not in "the doctor I saw"."""
    cue = tokens[at - 1].word.cue
    ends = at + 1 == len(tokens) or tokens[at + 1].before != "s" or tokens[at + 1].word.shape == "T"
    return tokens[at - 1].word.folded in _BEFORE_I or (cue in ("naming", "title") and ends)
