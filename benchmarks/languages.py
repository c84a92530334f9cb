"""How well languages are told apart and at what cost, beside langdetect and lingua in the same run, where they are installed.

    python -m benchmarks.languages [--part frozen] [--without 0.5]

Messages are those of nlp/data/languages, of three words and more; English kept English is asked of nlp/data/themes, by
length. ``--without`` leaves out this share of the listed words of other languages, at random: what is to be expected of
words nobody thought of. CPU time of this process, one thread.
"""

from __future__ import annotations

import argparse
import importlib
import json
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from bot.model import ENGLISH
from nlp.language import CODES, UNDETERMINED, LanguageEar

DATA = Path(__file__).parent.parent / "nlp" / "data"
LENGTHS = ((2, "1 or 2 words"), (4, "3 or 4"), (9, "5 to 9"))
FEWEST_WORDS = 3

Detect = Callable[[str], str]


def rows(folder: Path) -> Iterator[dict[str, str]]:
    for file in sorted(folder.glob("*.jsonl")):
        yield from (json.loads(line) for line in file.read_text(encoding="utf-8").splitlines())


def is_right(said: str, locale: str) -> bool:
    """A language that is not listened for need only be known not to be English."""
    return said != ENGLISH if locale == UNDETERMINED else said == locale


def of_length(text: str) -> str:
    words = len(text.split())
    return next((name for most, name in LENGTHS if words <= most), "10 or more")


def told_apart(detect: Detect, part: str) -> tuple[Counter[str], Counter[str]]:
    """How many messages of each language there are, and how many were named."""
    there, right = Counter[str](), Counter[str]()
    for row in rows(DATA / "languages" / part):
        if len(row["text"].split()) >= FEWEST_WORDS:
            there[row["locale"]] += 1
            right[row["locale"]] += is_right(detect(row["text"]), row["locale"])
    return there, right


def kept_english(detect: Detect, part: str) -> tuple[Counter[str], Counter[str], list[float]]:
    """How many English messages there are by length, how many stayed English, and the CPU milliseconds of each."""
    there, right, spent = Counter[str](), Counter[str](), list[float]()
    for row in rows(DATA / "themes" / part):
        begun = time.process_time()
        said = detect(row["text"])
        spent.append((time.process_time() - begun) * 1000)
        there[of_length(row["text"])] += 1
        right[of_length(row["text"])] += said == ENGLISH
    return there, right, sorted(spent)


def tell(name: str, detect: Detect, part: str) -> None:
    detect("a first word, so that tables are read before the clock runs, słowo")
    there, right = told_apart(detect, part)
    print(f"\n{name}: {sum(right.values())} of {sum(there.values())} right ({sum(right.values()) / sum(there.values()):.3f})")
    print("  " + "  ".join(f"{locale} {right[locale]}/{there[locale]}" for locale in sorted(there)))
    kept_there, kept, spent = kept_english(detect, part)
    print(f"  English kept: {sum(kept.values()) / sum(kept_there.values()):.4f} of {sum(kept_there.values())}")
    print("  " + "  ".join(f"{name}: {kept[name] / kept_there[name]:.4f} of {kept_there[name]}" for name in sorted(kept_there)))
    print(f"  CPU ms a message: p50 {spent[len(spent) // 2]:.3f}, p99 {spent[int(len(spent) * 0.99)]:.3f}")


def langdetect() -> Detect | None:
    try:
        peer = importlib.import_module("langdetect")
    except ImportError:
        return None
    peer.DetectorFactory.seed = 0

    def detected(text: str) -> str:
        try:
            return str(peer.detect(text))
        except peer.LangDetectException:
            return ENGLISH

    return detected


def lingua() -> Detect | None:
    """Kept to the languages listened for, with its small tables."""
    try:
        peer = importlib.import_module("lingua")
    except ImportError:
        return None
    codes = [getattr(peer.IsoCode639_1, code.upper()) for code in CODES]
    detector = peer.LanguageDetectorBuilder.from_iso_codes_639_1(*codes).with_low_accuracy_mode().build()

    def detected(text: str) -> str:
        found = detector.detect_language_of(text)
        return ENGLISH if found is None else str(found.iso_code_639_1.name).lower()

    return detected


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", default="frozen", choices=("learn", "frozen"))
    parser.add_argument("--without", type=float, default=0.0, metavar="SHARE")
    options = parser.parse_args()
    chance = random.Random(1)
    ear = LanguageEar(knows=lambda _word: chance.random() >= options.without)
    tell("Earshot", lambda text: ear.detect(text).locale, options.part)
    for name, peer in (("langdetect", langdetect()), ("lingua", lingua())):
        if peer is None:
            print(f"\n{name} is not installed: pip install -e '.[bench]' puts it beside.")
        else:
            tell(f"{name}, without our bypass of short messages", peer, options.part)


if __name__ == "__main__":
    main()
