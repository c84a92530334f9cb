"""A tagger's figures, made up, and the taggers that were taught."""

from __future__ import annotations

from bot.tagger_figures import Band, Figures, Measure, Result, Table
from bot.taggers import KeptTagger, TaggerState
from tests.bot.test_taggers import Shelf
from tests.staff.fakes import NOW


def measure(name: str, *, recall: float = 0.8, precision: float = 0.7, f1: float = 0.75, count: int = 30) -> Measure:
    return Measure(name=name, count=count, precision=precision, recall=recall, f1=f1)


CODES = (
    "transport",
    "therapies",
    "disputes",
    "ehc_review",
    "listening",
    "communication",
    "system_trust",
    "inclusion",
    "exclusion",
)
FIGURES = Figures(
    sample="1535 messages put aside.",
    words=Result(
        messages=1535,
        all_themes=measure("all", recall=0.81, precision=0.58),
        mean_theme=measure("mean"),
        themes=(
            *(measure(code, f1=0.9 - 0.05 * place) for place, code in enumerate(CODES)),
            measure("adulthood", f1=0.1, count=3),
        ),
        groups=(measure("Getting help early"),),
        channels=(measure("sms"), measure("email")),
        feelings=(measure("good"), measure("bad")),
        mean_feeling=measure("mean of the feelings", recall=0.79),
        bands=(
            Band(name="sure", count=80, share=0.5, precision=0.88),
            Band(name="fairly_sure", count=20, share=0.1, precision=0.5),
            Band(name="please_check", count=60, share=0.4, precision=0.25),
        ),
    ),
    tables=(
        Table(
            title="Names",
            says="Of 100 names, how many were hidden.",
            columns=("", "never listed", "bounds", "counted"),
            rows=(("schools and towns that stayed readable", "95.0", "93.1 to 97.2", "1692"),),
        ),
    ),
)


class Kept(Shelf):
    """Taggers that were taught."""

    def __init__(self, *kept: KeptTagger) -> None:
        super().__init__()
        self.list = kept

    def taggers(self) -> tuple[KeptTagger, ...]:
        return self.list


def tagger(state: TaggerState, figures: Figures | None = None) -> KeptTagger:
    return KeptTagger(
        number=1,
        version=f"2026-11-20-{state.value}",
        made_at=NOW,
        made_by="operator:jo",
        rows=9000,
        decisions=212,
        state=state,
        says="It is worse at “Health and therapies”.",
        size=1,
        figures=figures,
    )
