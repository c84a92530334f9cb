"""Prints how well names, numbers and addresses are found: ``python -m nlp.name_report``."""

from __future__ import annotations

from collections.abc import Iterator

from nlp.name_evaluation import NameFigures, false_alarms, measure, measure_blind, measure_kept


def lines(figures: NameFigures) -> Iterator[str]:
    """The table, line by line: worst first."""
    yield f"{'community':<22}{'never heard':>12}{'at least':>10}{'known':>8}{'names':>8}"
    for name, count in sorted(figures.communities.items(), key=lambda item: item[1].recall):
        yield f"{name:<22}{count.recall:>12.3f}{count.low:>10.3f}{figures.known[name].recall:>8.3f}{count.there:>8}"
    names = figures.names
    yield f"{'all':<22}{names.recall:>12.3f}{names.low:>10.3f}{'':>8}{names.there:>8}"
    yield ""
    yield f"{'kind of detail':<22}{'found':>12}{'at least':>10}{'':>8}{'there':>8}"
    for slot, count in sorted(figures.slots.items(), key=lambda item: item[1].recall):
        yield f"{slot.lower():<22}{count.recall:>12.3f}{count.low:>10.3f}{'':>8}{count.there:>8}"
    yield ""
    yield from short(figures)


def short(figures: NameFigures) -> Iterator[str]:
    """All communities and kinds together."""
    for said, count in (
        ("names found", figures.names),
        ("numbers and addresses found", figures.numbers),
        ("masks that were right", figures.precision),
        ("masks of names that were right", figures.name_precision),
        ("schools and towns left readable", figures.readable),
        ("messages without details left alone", figures.quiet),
    ):
        yield f"{said:<36}{count.recall:.3f} of {count.there}"


def main() -> None:
    for line in (
        *lines(measure()),
        "",
        "The finder in use, on whole messages by somebody who had not seen the lists:",
        *short(measure_blind()),
    ):
        print(line)  # noqa: T201 - a report is printed
    kept, _ = measure_kept()
    print(f"{'messages of ordinary words kept':<36}{kept.recall:.3f} of {kept.there}")  # noqa: T201 - the same
    words, _ = false_alarms()
    print(f"{'words masked in other messages':<36}{words.recall:.4f} of {words.there}")  # noqa: T201 - the same


if __name__ == "__main__":
    main()
