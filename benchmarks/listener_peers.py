"""What others make for the same work, each in a process of its own, beside ours on the same rows.

pxtextmining   its published quick recipe, written anew with scikit-learn: TF-IDF of words and pairs, balanced RBF SVC
Presidio       personal details, without its model for names where that cannot be had
langdetect     languages
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Sequence
from importlib.util import find_spec
from pathlib import Path

from benchmarks.listener_measuring import Figures, listener, resident
from benchmarks.listener_names import blind, counted, templates
from bot.heard import Redaction
from nlp.corpus import DATA, FROZEN, LEARN, Labelled, messages

_FEWEST_WORDS = 3
_MODEL = "en_core_web_sm"
"""spaCy's small English model, which tells Presidio people's names."""
_ASKED = ("PERSON", "PHONE_NUMBER", "EMAIL_ADDRESS", "UK_NHS", "UK_NINO", "UK_POSTCODE", "DATE_TIME", "URL")
"""Places are left out: towns are to stay readable, and Presidio has no word for a street alone."""


def _f1(rows: Sequence[Labelled], said: Iterable[set[str]]) -> tuple[float, float]:
    """Micro, and the mean of the themes that stand in the rows."""
    themes = sorted({theme for row in rows for theme in row.themes})
    right, wanted, given = (dict.fromkeys(themes, 0) for _ in range(3))
    for row, found in zip(rows, said, strict=True):
        for theme in found & row.themes:
            right[theme] += 1
        for theme in row.themes:
            wanted[theme] += 1
        for theme in found:
            given[theme] = given.get(theme, 0) + 1
    each = [2 * right[theme] / max(1, wanted[theme] + given[theme]) for theme in themes]
    return 2 * sum(right.values()) / max(1, sum(wanted.values()) + sum(given.values())), sum(each) / max(1, len(each))


def our_themes(tagger: Path | None, *, sentences: bool) -> Figures:
    ours, rows = listener(tagger, sentences=sentences), messages(FROZEN)
    begun = time.process_time()
    said = [{found.theme for found in ours.hear(row.text, question=row.question).themes} for row in rows]
    spent = time.process_time() - begun
    micro, macro = _f1(rows, said)
    return {"micro": micro, "macro": macro, "mean": 1000 * spent / len(rows), "megabytes": resident()}


def pxtextmining() -> Figures:
    """Learnt on the learn part, judged on the frozen part, in ten minutes or so. C of 1 and of 15 score alike on six themes."""
    import numpy as np
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.multioutput import MultiOutputClassifier
    from sklearn.svm import SVC

    learn, rows = messages(LEARN), messages(FROZEN)
    themes = sorted({theme for row in learn for theme in row.themes})
    begun = time.process_time()
    words = TfidfVectorizer(ngram_range=(1, 2), stop_words="english", min_df=2, max_df=0.9, lowercase=True)
    svc = MultiOutputClassifier(SVC(kernel="rbf", C=15, class_weight="balanced", cache_size=500))
    svc.fit(words.fit_transform([row.text for row in learn]), [[theme in row.themes for theme in themes] for row in learn])
    trained = time.process_time() - begun
    begun = time.process_time()
    table = np.array(svc.predict(words.transform([row.text for row in rows])), bool)
    spent = time.process_time() - begun
    micro, macro = _f1(rows, [{theme for theme, is_said in zip(themes, line, strict=True) if is_said} for line in table.tolist()])
    return {"micro": micro, "macro": macro, "mean": 1000 * spent / len(rows), "trained": trained, "megabytes": resident()}


def our_names() -> Figures:
    """Of the templates, by a finder without the names kept for measuring; of the blind rows, as it comes with Earshot."""
    from nlp.name_masking import NameMasker
    from nlp.names import NameFinder, finder

    untold, told = NameMasker(NameFinder.load(withheld=False)), NameMasker(finder())
    return _on_both(lambda text: untold.redact(text).redactions, lambda text: told.redact(text).redactions)


def presidio() -> Figures:
    """With its recognisers for Britain, and spaCy's small model for names where it is installed."""
    import spacy
    import tldextract
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
    from presidio_analyzer.nlp_engine import SpacyNlpEngine
    from presidio_analyzer.predefined_recognizers import PhoneRecognizer, UkNinoRecognizer, UkPostcodeRecognizer

    tldextract.extract = tldextract.TLDExtract(suffix_list_urls=())  # it would fetch the list of endings
    has_model = find_spec(_MODEL) is not None
    engine = SpacyNlpEngine()
    engine.nlp = {"en": spacy.load(_MODEL) if has_model else spacy.blank("en")}
    registry = RecognizerRegistry()
    registry.load_predefined_recognizers(languages=["en"], nlp_engine=engine)
    registry.remove_recognizer("PhoneRecognizer")
    for recogniser in (PhoneRecognizer(supported_regions=["GB"]), UkNinoRecognizer(), UkPostcodeRecognizer()):
        registry.add_recognizer(recogniser)
    analyzer = AnalyzerEngine(registry=registry, nlp_engine=engine)

    def mask(text: str) -> Sequence[Redaction]:
        said = analyzer.analyze(text, language="en", entities=list(_ASKED), score_threshold=0)
        return [Redaction(one.start, one.end, one.entity_type) for one in said]

    figures = _on_both(mask, mask)
    return figures if has_model else figures | {"note": f"Presidio ran without a model for names: {_MODEL} is not installed."}


def _on_both(on_templates: Callable[[str], Sequence[Redaction]], on_blind: Callable[[str], Sequence[Redaction]]) -> Figures:
    found = {f"templates {name}": share for name, share in counted(templates(), on_templates).items()}
    return found | {f"blind {name}": share for name, share in counted(blind(), on_blind).items()} | {"megabytes": resident()}


def our_languages() -> Figures:
    from nlp.language import LanguageEar

    ear = LanguageEar()
    return _languages(lambda text: ear.detect(text).locale)


def langdetect() -> Figures:
    from langdetect import DetectorFactory, LangDetectException, detect

    DetectorFactory.seed = 0

    def tell(text: str) -> str:
        try:
            return str(detect(text))
        except LangDetectException:
            return "en"

    return _languages(tell)


def _languages(tell: Callable[[str], str]) -> Figures:
    """Of messages of three words and more: the share whose language is named, and of English ones that stay English.

    Rows in languages nobody listens for are right when they are not taken for English.
    """
    rows = [
        json.loads(line) for file in sorted((DATA / "languages" / FROZEN).glob("*.jsonl")) for line in file.open(encoding="utf-8")
    ]
    named = [(row["text"], row["locale"]) for row in rows if len(row["text"].split()) >= _FEWEST_WORDS]
    named += [(row.text, "en") for row in messages(FROZEN) if len(row.text.split()) >= _FEWEST_WORDS]
    tell("mój syn czeka na szkołę")
    begun = time.process_time()
    said = [tell(text) for text, _ in named]
    spent = time.process_time() - begun
    others = [(found, locale) for found, (_, locale) in zip(said, named, strict=True) if locale != "en"]
    english = [found for found, (_, locale) in zip(said, named, strict=True) if locale == "en"]
    return {
        "others": sum(_is_right(found, locale) for found, locale in others) / max(1, len(others)),
        "english": sum(found == "en" for found in english) / max(1, len(english)),
        "mean": 1000 * spent / len(named),
        "megabytes": resident(),
    }


def _is_right(found: str, locale: str) -> bool:
    """Urdu in Roman letters is Urdu to a peer that knows no other name for it."""
    return found != "en" if locale == "und" else found == locale or (locale == "ur-Latn" and found == "ur")
