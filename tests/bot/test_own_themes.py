"""The team's changes over the themes of the file, and what they do to what is heard from then on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest

from bot.heard import Heard, Passage, Polarity, Suggestion
from bot.own_themes import (
    BadTheme,
    ChangeKind,
    LiveThemes,
    LivingCodes,
    OwnThemes,
    ThemeChange,
    apply,
    cues_of,
    heirs,
    version_of,
)
from bot.records import StaffMember
from bot.retagging import themed
from bot.themes import Taxonomy
from bot.wall import NotYours
from tests.staff.fakes import FakeClock, a_member

BASE = Taxonomy.load()
PIA = a_member("pia", role="publisher")
HOIST = ThemeChange(
    kind=ChangeKind.ADD,
    theme="",
    label="Hoists and changing places",
    group="family",
    means="Toilets and pools one can use with a hoist.",
    cues=("hoist", "changing place"),
)


@dataclass
class Kept:
    made: list[ThemeChange] = field(default_factory=list)
    is_down: bool = False
    is_overtaken: bool = False

    def latest(self) -> int:
        if self.is_down:
            raise RuntimeError
        return len(self.made)

    def changes(self) -> Sequence[ThemeChange]:
        return tuple(self.made)

    def add(self, change: ThemeChange, member: StaffMember, now: datetime, *, retag_to: str = "") -> bool:
        if self.is_overtaken:
            return False
        self.made.append(replace(change, number=change.number + 1, by=member.name, at=now))
        return True


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def live(kept: Kept) -> LiveThemes:
    return LiveThemes(BASE, kept, seconds=lambda: 0.0)


@pytest.fixture
def own(live: LiveThemes, kept: Kept) -> OwnThemes:
    return OwnThemes(live, kept, FakeClock(datetime(2026, 11, 23, tzinfo=UTC)))


def taxonomy_of(live: LiveThemes) -> Taxonomy:
    return replace(BASE, themes=live)


def test_a_theme_that_is_added_stands_in_its_group_with_what_it_means(own: OwnThemes, live: LiveThemes) -> None:
    assert own.add(PIA, HOIST)

    taxonomy = taxonomy_of(live)
    theme = taxonomy.living_theme("own_hoists_and_changing_places")
    assert (theme.group, theme.means, theme.since) == ("family", HOIST.means, "1.0+1")
    assert theme in dict(taxonomy.by_group())["family"]
    assert taxonomy.spoken(theme.code) is None, "it is not said back before somebody has found the words"
    assert theme.code in LivingCodes(taxonomy)
    assert live.version == "1.0+1"


def test_a_new_name_is_the_name_everywhere_and_the_code_stays(own: OwnThemes, live: LiveThemes) -> None:
    own.rename(PIA, "transport", "  Taxis and   buses ")

    assert taxonomy_of(live).label("transport") == "Taxis and buses"
    assert len(live) == len(BASE.themes)


def test_what_is_retired_keeps_its_name_and_names_its_heir(own: OwnThemes, live: LiveThemes) -> None:
    own.retire(PIA, "transport", "communication", merge=False)

    taxonomy = taxonomy_of(live)
    assert taxonomy.theme("transport").instead == ("communication",)
    assert taxonomy.label("transport") == BASE.label("transport")
    assert "transport" not in LivingCodes(taxonomy)
    assert len(LivingCodes(taxonomy)) == len(BASE.living()) - 1


def test_an_heir_that_goes_later_leaves_it_to_its_own(own: OwnThemes, kept: Kept) -> None:
    own.retire(PIA, "transport", "communication", merge=True)
    own.retire(PIA, "communication", "listening", merge=True)

    assert heirs(kept.made) == {"transport": "listening", "communication": "listening"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"label": " "}, "label_empty"),
        ({"label": "x" * 61}, "label_long"),
        ({"label": BASE.label("transport").upper()}, "label_taken"),
        ({"group": "nothing"}, "group_empty"),
        ({"means": ""}, "means_empty"),
        ({"means": "x" * 401}, "theme_long"),
        ({"cues": tuple(map(str, range(21)))}, "cues_many"),
    ],
)
def test_what_is_no_theme_is_refused_with_its_sentence(own: OwnThemes, kept: Kept, change: dict[str, str], code: str) -> None:
    with pytest.raises(BadTheme) as caught:
        own.add(PIA, replace(HOIST, **change))  # type: ignore[arg-type]

    assert caught.value.code == code
    assert kept.made == []


@pytest.mark.parametrize(("gone", "heir"), [("transport", "transport"), ("transport", "nothing"), ("nothing", "transport")])
def test_an_heir_must_be_another_theme_in_use(own: OwnThemes, gone: str, heir: str) -> None:
    with pytest.raises(BadTheme):
        own.retire(PIA, gone, heir, merge=True)


@pytest.mark.parametrize("role", ["reviewer", "safeguarding"])
def test_only_those_who_publish_change_them(own: OwnThemes, role: str) -> None:
    with pytest.raises(NotYours):
        own.rename(a_member("jo", role=role), "transport", "Taxis")


def test_of_two_who_change_at_once_the_second_is_told(own: OwnThemes, kept: Kept) -> None:
    kept.is_overtaken = True

    assert not own.rename(PIA, "transport", "Taxis")


def test_the_same_name_gets_another_code_once_the_first_is_gone(own: OwnThemes, live: LiveThemes) -> None:
    own.add(PIA, HOIST)
    own.retire(PIA, "own_hoists_and_changing_places", "transport", merge=False)
    own.add(PIA, HOIST)

    assert "own_hoists_and_changing_places_2" in live


def test_a_store_that_is_away_leaves_the_themes_as_they_are(own: OwnThemes, live: LiveThemes, kept: Kept) -> None:
    own.rename(PIA, "transport", "Taxis")
    kept.is_down = True
    live.look()

    assert taxonomy_of(live).label("transport") == "Taxis"


def test_a_change_that_fits_no_longer_is_left_out() -> None:
    changes = [
        ThemeChange(number=1, kind=ChangeKind.RENAME, theme="gone", label="x"),
        ThemeChange(number=2, kind=ChangeKind.MERGE, theme="transport", heir="gone"),
    ]

    assert apply(BASE, changes) == BASE.themes
    assert version_of(BASE, 0) == "1.0"


# --- what is heard ------------------------------------------------------------------------------------------------------

TEXT = "The hoist at the pool is broken and the taxi was late"


def heard(*themes: Suggestion, **more: object) -> Heard:
    passages = (Passage(0, len(TEXT), TEXT, Polarity.BAD, themes),)
    return Heard(redacted=TEXT, themes=themes, passages=passages, **more)  # type: ignore[arg-type]


def test_words_point_to_a_theme_that_was_added(own: OwnThemes, kept: Kept) -> None:
    own.add(PIA, HOIST)
    found = themed(heard(Suggestion("transport", 0.9, ((40, 44),))), heirs(kept.made), cues_of(kept.made))

    assert [each.theme for each in found.passages[0].suggestions] == ["transport", "own_hoists_and_changing_places"]
    ((start, end),) = found.themes[1].evidence
    assert TEXT[start:end] == "hoist"


def test_what_was_merged_is_heard_as_its_heir_once_with_all_its_evidence() -> None:
    two = (Suggestion("transport", 0.9, ((40, 44),)), Suggestion("communication", 0.6, ((0, 3),)))
    found = themed(
        heard(*two, theme_is_sure="transport", both_are_sure=("transport", "communication")), {"transport": "communication"}, {}
    )

    (only,) = found.themes
    assert (only.theme, only.score, set(only.evidence)) == ("communication", 0.9, {(40, 44), (0, 3)})
    assert found.theme_is_sure == "communication"
    assert found.both_are_sure == ("communication",)


def test_in_a_language_the_tagger_does_not_know_no_word_points_anywhere() -> None:
    found = themed(heard(needs_translation=True), {}, {"own_hoists": ("hoist",)})

    assert found.themes == ()
