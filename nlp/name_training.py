"""Learns to tell names from words: reads nlp/data/names/learn and the ordinary messages beside it, writes models/names.npz.

    python -m nlp.name_training

1  vocabulary   the small words of the messages in nlp/data, of the templates and of the project's own pages
2  likeness     how like a name a word's letters are, learnt from the lists against the vocabulary; each word of the lists
                is judged by a fit that has not seen it
3  scorer       templates filled with names of every community, some names hidden from the lists, so that the finder must
                do without; ordinary messages as they are
4  threshold    by authors the fit has not read

The withheld names and the frozen templates are never read here.
"""

from __future__ import annotations

import json
import logging
import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from nlp.name_candidates import is_candidate
from nlp.name_features import Text, features, place, read
from nlp.name_filling import NAMES, READABLE, SLOT, Filled, Filler, Sources, templates
from nlp.name_model import MODEL, NameWeights
from nlp.name_phrases import mark_phrases
from nlp.name_words import WORD, Lexicon, Word, folded, grams
from nlp.names import lexicon_of

FILLS = 14
"""How often each template is filled."""
_FOLDS = 5
_LEAST_GRAM = 3
_LEAST_FEATURE = 4
_HIDDEN_NAME = 0.45
_HIDDEN_WORD = 0.08
_NAMELIKE = 1.2
_PRECISE = 0.81
"""Of the words taken for names, by authors the fit has not read; many of the names are hidden there: life is kinder."""
_RARE = 12
"""A word heard less often than this may be hidden, as one never heard."""
_ROOT = Path(__file__).parent.parent
_PAGES = ("docs/*.md", "bot/content/themes.toml", "bot/content/*/en*.toml", "staff/templates/**/*.html", "README.md")
_FOREIGN = ("latin-languages", "native-scripts")
_LARGE = re.compile(r"(?<=[a-z,] )[A-Z][a-z]+")
_SHORT, _SHORT_HEARD = 3, 8
_PEOPLE = frozenset({"child", "relative", "title", "naming", "role", "self"})
_UNSURE = "UNSURE"
_HALF_LIKE = "2"
"""A word of ordinary messages in small letters that a list of names has is one, if it is more like a name than this."""

log = logging.getLogger(__name__)


def ordinary(part: str = "learn") -> list[str]:
    """The messages of the other corpora: what people write about."""
    return [text for texts in _by_author(part).values() for text in texts]


def _by_author(part: str) -> dict[str, list[str]]:
    """One file is one author. English only: the finder has rules of its own for other languages."""
    found = {}
    for folder in ("themes", "danger"):
        for path in sorted((Path(__file__).parent / "data" / folder / part).glob("*.jsonl")):
            rows = (json.loads(line) for line in path.read_text("utf-8").splitlines())
            found[path.stem] = [row["text"] for row in rows if row.get("locale", "en").startswith("en")]
    return found


@dataclass(frozen=True, slots=True)
class Heard:
    """Words folded: how often each was written small, in how many sources, and how often large inside a sentence."""

    times: Counter[str]
    sources: Counter[str]
    large: Counter[str]


def heard_words(sources: Iterable[Iterable[str]]) -> Heard:
    heard = Heard(Counter(), Counter(), Counter())
    for texts in sources:
        here: Counter[str] = Counter()
        for text in texts:
            here.update(folded(match[1]) for match in WORD.finditer(text) if match[1].islower())
            heard.large.update(folded(match[0]) for match in _LARGE.finditer(text))
        heard.times.update(here)
        heard.sources.update(here.keys())
    return heard


def _sources() -> list[list[str]]:
    authors: dict[str, list[str]] = {}
    for row in templates("learn"):
        if not row.author.endswith(_FOREIGN):
            authors.setdefault(row.author, []).append(SLOT.sub(" ", row.text))
    return [*_by_author("learn").values(), *authors.values(), *([page] for page in pages())]


def pages() -> Iterator[str]:
    for pattern in _PAGES:
        for path in sorted(_ROOT.glob(pattern)):
            yield re.sub(r"<[^>]*>|\{\{.*?\}\}|\{%.*?%\}|https?://\S+", " ", path.read_text("utf-8"))


@dataclass(frozen=True, slots=True)
class Likeness:
    """``of`` are the words judged by a fit that has not seen them."""

    weights: Mapping[str, float]
    bias: float
    of: Mapping[str, float]


def learn_likeness(names: Sequence[str], words: Sequence[str]) -> Likeness:
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression

    texts = [*names, *words]
    truth = np.array([1] * len(names) + [0] * len(words))
    vectors = CountVectorizer(analyzer=lambda word: list(grams(word)), min_df=_LEAST_GRAM, binary=True)
    matrix = vectors.fit_transform(texts)
    fold = np.array([zlib.crc32(word[:5].encode()) % _FOLDS for word in texts])
    margins = np.zeros(len(texts))
    for held in range(_FOLDS):
        fit = LogisticRegression(C=0.5, class_weight="balanced", max_iter=300).fit(matrix[fold != held], truth[fold != held])
        margins[fold == held] = fit.decision_function(matrix[fold == held])
    log.info("likeness: %.3f right", float(((margins > 0) == truth).mean()))
    fit = LogisticRegression(C=0.5, class_weight="balanced", max_iter=300).fit(matrix, truth)
    weights = dict(zip(vectors.get_feature_names_out().tolist(), fit.coef_[0].tolist(), strict=True))
    return Likeness(weights, float(fit.intercept_[0]), dict(zip(texts, margins.tolist(), strict=True)))


class Examples:
    """Turns filled texts into places with their truth, hiding some names and words from the lists."""

    def __init__(self, lexicon: Lexicon, likeness: Likeness, heard: Counter[str], chance: Random) -> None:
        self._lexicon = lexicon
        self._likeness = likeness
        self._heard = heard
        self._chance = chance

    def describe(self) -> Callable[[str], Word]:
        """For one text: the same word is hidden in all of it or in none."""
        hidden: dict[str, bool] = {}

        def one(written: str) -> Word:
            known = self._lexicon.word(written)
            word = known.folded
            if word not in hidden:
                name = known.list in "GFBHS"
                rare = known.list == "W" and not known.cue and self._heard[word] < _RARE
                hidden[word] = self._chance.random() < (_HIDDEN_NAME if name else _HIDDEN_WORD if rare else 0.0)
            margin = self._likeness.of.get(word)
            if hidden[word]:
                described = self._lexicon.describe(written, named=False, likeness=margin)
                return described._replace(seen="")
            return known if margin is None or known.list in "WX" else self._lexicon.describe(written, likeness=margin)

        return one

    def places(self, filled: Filled) -> Iterator[tuple[list[str], int]]:
        text: Text = read(filled.text, self.describe(), lambda tokens: mark_phrases(tokens, self._lexicon))
        named = np.zeros(len(filled.text) + 1, dtype=bool)
        unsure = np.zeros(len(filled.text) + 1, dtype=bool)
        for start, end, slot in filled.spans:
            if slot in NAMES:
                named[start:end] = True
            elif slot not in READABLE:
                unsure[start:end] = True
        for at, token in enumerate(text.tokens):
            if is_candidate(text, at) and not unsure[token.start]:
                yield [line for group in features(place(text, at)) for line in group], int(named[token.start])


def _is_word(word: str, heard: Heard, names: frozenset[str], likeness: Likeness) -> bool:
    """Whether a word written small is a word and no name in a hurry: it is heard of several, or has not the letters of one."""
    times = heard.times[word]
    if word in names:
        return times >= _RARE
    if len(word) <= _SHORT:
        return len(word) > 1 and times >= _SHORT_HEARD
    if heard.large[word] > times:
        return False
    return heard.sources[word] > 1 or likeness.of.get(word, 0.0) < _NAMELIKE


def _with_doubts(author: str, text: str, lexicon: Lexicon, heard: Mapping[str, int]) -> Filled:
    """An ordinary message, with what may be a name in it marked as unsure: nobody has said which of its words are names.

    A word written large is sure to be none where it begins a sentence and is a common word; a letter by itself, if nothing
    before it tells of a person.
    """
    found = read(text, lexicon.word, lambda tokens: mark_phrases(tokens, lexicon))
    doubtful: set[str] = set()
    for at, token in enumerate(found.tokens):
        word = token.word
        if word.shape == "l":
            if word.list in "GFBHS" and word.likeness > _HALF_LIKE:
                doubtful.add(word.folded)
            continue
        if word.list not in "GFBHSAYU":
            continue
        if len(word.folded) == 1:
            before = found.tokens[at - 1].word.cue if at else ""
            sure = before not in _PEOPLE
        else:
            sure = word.list in "AU" and token.before in ".n^" and heard.get(word.folded, 0) >= _RARE
        if not sure:
            doubtful.add(word.folded)
    spans = [(token.start, token.end, _UNSURE) for token in found.tokens if token.word.folded in doubtful]
    return Filled(author, text, tuple(spans))


def train(*, seed: int = 7, fills: int = FILLS) -> NameWeights:
    chance = Random(seed)  # noqa: S311 - not for secrets
    sources = Sources.load()
    rows = templates("learn")
    messages = ordinary()
    names = frozenset(folded(name) for part in (sources.given, sources.family) for name in part(withheld=False))
    ambiguous = {folded(word) for word in sources.ambiguous}
    all_heard = heard_words([*_sources(), *[(*sources.words, *sources.everyday)] * 2])
    times = all_heard.times
    listed = sorted(name for name in names if " " not in name and name not in ambiguous and times[name] < _RARE)
    words = sorted(word for word in times if len(word) > 2 and word not in ambiguous and word not in names)  # noqa: PLR2004 - shorter ones tell nothing
    likeness = learn_likeness(listed, words)
    heard = Counter({word: count for word, count in times.items() if _is_word(word, all_heard, names, likeness)})
    start = NameWeights(tuple(sorted(heard)), likeness.weights, likeness.bias, {}, 0.0, 0.5, 0.15)
    lexicon = lexicon_of(start, sources, withheld=False)
    examples = Examples(lexicon, likeness, heard, chance)
    filler = Filler(sources, chance)
    communities = sorted(sources.communities)
    lines: list[list[str]] = []
    truth: list[int] = []
    authors: list[str] = []

    def add(filled: Filled) -> None:
        for found, is_name in examples.places(filled):
            lines.append(found)
            truth.append(is_name)
            authors.append(filled.author)

    for row in rows:
        for _ in range(fills if "{" in row.text else 2):
            add(filler.fill(row, chance.choice(communities)))
    for text in messages:
        add(_with_doubts(f"ordinary{zlib.crc32(text.encode()) % _FOLDS}", text, lexicon, times))
    log.info("%d places, %d of them names", len(truth), sum(truth))
    return _fitted(start, lines, truth, authors)


def _fitted(start: NameWeights, lines: list[list[str]], truth: list[int], authors: list[str]) -> NameWeights:
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression

    vectors = CountVectorizer(analyzer=lambda one: one, min_df=_LEAST_FEATURE, binary=True, dtype=np.float32)
    matrix = vectors.fit_transform(lines)
    names = np.array(truth)
    groups = sorted(set(authors))
    folds = np.array([groups.index(author) % _FOLDS for author in authors])

    def fit(rows: Any) -> Any:
        return LogisticRegression(C=0.3, max_iter=400, solver="liblinear").fit(matrix[rows], names[rows])

    chances = np.zeros(len(names))
    for held in range(_FOLDS):
        chances[folds == held] = fit(folds != held).predict_proba(matrix[folds == held])[:, 1]
    threshold = _threshold(chances, names)
    whole = fit(np.ones(len(names), dtype=bool))
    weights = dict(zip(vectors.get_feature_names_out().tolist(), whole.coef_[0].tolist(), strict=True))
    kept = {line: weight for line, weight in weights.items() if abs(weight) > 0.02}  # noqa: PLR2004 - what weighs nothing
    about = {"places": len(truth), "names": int(names.sum()), "authors": len(groups)}
    log.info("%d features", len(kept))
    return replace(start, features=kept, bias=float(whole.intercept_[0]), threshold=threshold, doubt=threshold / 2, about=about)


def _threshold(chances: Any, names: Any) -> float:
    """The lowest at which enough of the words found are names."""
    best = 0.5
    for step in range(60, 9, -2):
        taken = chances >= step / 100
        precision = float(names[taken].mean())
        log.info("threshold %.2f: precision %.3f recall %.3f", step / 100, precision, float(taken[names == 1].mean()))
        if precision >= _PRECISE:
            best = step / 100
    return best


def main(path: Path = MODEL) -> None:
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(train().to_bytes())
    log.info("%s: %d bytes", path.name, path.stat().st_size)


if __name__ == "__main__":
    main()
