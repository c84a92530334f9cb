"""What staff do with the words: propose, see what is wrong, publish with a reason, go back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.errors import NotFound
from bot.model import ENGLISH
from bot.word_desk import NotPublished, Refusal
from bot.word_versions import FILES, Signature
from bot.wording_faults import Code
from tests.bot.sayings import WORDING
from tests.bot.word_scene import DANGER, KEPT, OURS, PL, TODAY, WordScene, change, made, member

FILE = WORDING.tongues[ENGLISH].texts[KEPT]["text"]
POLISH_DANGER = WORDING.tongues[PL].texts[DANGER]["text"]


@pytest.fixture
def scene() -> WordScene:
    return WordScene()


def refused(scene: WordScene, **how: object) -> Refusal:
    with pytest.raises(NotPublished) as caught:
        scene.publishes(**how)  # type: ignore[arg-type] # each test gives what it tries
    return caught.value.refusal


def test_what_is_proposed_is_not_said_until_it_is_published(scene: WordScene) -> None:
    scene.proposes(OURS)
    before = scene.says()
    number = scene.publishes()

    assert (before, scene.says(), number) == (FILE, OURS, 1)
    assert scene.board.drafts == ()


@pytest.mark.parametrize("role", ["reviewer", "safeguarding"])
def test_only_who_was_given_it_publishes(scene: WordScene, role: str) -> None:
    scene.proposes(OURS)

    assert refused(scene, role=role) is Refusal.ROLE
    assert scene.publishes(role="admin") == 1


def test_nobody_publishes_what_the_build_would_refuse(scene: WordScene) -> None:
    scene.proposes("Thank you!")

    assert [fault.code for fault in scene.desk.faults(scene.board, ENGLISH, KEPT)] == [Code.NEVER]
    assert refused(scene) is Refusal.FAULTS


def test_a_draft_that_cannot_even_be_said_is_kept_and_told(scene: WordScene) -> None:
    scene.proposes("We have {")

    assert [fault.code for fault in scene.desk.faults(scene.board, ENGLISH, KEPT)] == [Code.BRACES]
    assert refused(scene) is Refusal.FAULTS
    assert scene.board.proposed.tongues[ENGLISH].texts[KEPT]["text"] == FILE


def test_a_reason_and_something_to_publish_are_needed(scene: WordScene) -> None:
    assert refused(scene) is Refusal.NOTHING
    scene.proposes(OURS)
    assert refused(scene, why="") is Refusal.WHY


def test_what_was_looked_at_is_what_is_published(scene: WordScene) -> None:
    scene.proposes(OURS)
    seen = scene.desk.edition(scene.board, [(ENGLISH, KEPT, "text")]).seen
    scene.proposes("Thank you. We have it all.")

    with pytest.raises(NotPublished) as caught:
        scene.desk.publish(member(), [(ENGLISH, KEPT, "text")], why="x", seen=seen, signed={}, today=TODAY)

    assert caught.value.refusal is Refusal.MOVED
    scene.records.taken = True
    assert refused(scene) is Refusal.MOVED


def test_some_of_the_drafts_may_be_published_and_the_others_wait(scene: WordScene) -> None:
    scene.proposes(OURS)
    scene.proposes("Hello. Tell us what went on.", key="hello.again")
    chosen = [(ENGLISH, KEPT, "text")]
    seen = scene.desk.edition(scene.board, chosen).seen
    scene.desk.publish(member(), chosen, why="One.", seen=seen, signed={}, today=TODAY)

    assert scene.says() == OURS
    assert [draft.key for draft in scene.board.drafts] == ["hello.again"]


def test_a_version_holds_the_whole_set_and_an_older_one_is_published_anew(scene: WordScene) -> None:
    scene.proposes(OURS)
    scene.publishes()
    scene.proposes("Hello. Tell us what went on.", key="hello.again")
    scene.publishes()
    both = (scene.says(), scene.says("hello.again"))
    back = scene.goes_back(1)

    assert both == (OURS, "Hello. Tell us what went on.")
    assert (back, scene.says(), scene.says("hello.again")) == (3, OURS, WORDING.tongues[ENGLISH].texts["hello.again"]["text"])
    assert scene.records.rows[3].back_to == 1
    assert sorted(scene.records.rows) == [1, 2, 3]


def test_the_words_of_the_files_are_a_version_to_go_back_to(scene: WordScene) -> None:
    scene.proposes(OURS)
    scene.publishes()

    assert scene.goes_back(FILES) == 2
    assert scene.says() == FILE
    with pytest.raises(NotFound):
        scene.desk.back_to(scene.board, 9)


def test_one_text_goes_back_to_the_files_and_the_others_stay(scene: WordScene) -> None:
    scene.proposes(OURS)
    scene.proposes("Hello. Tell us what went on.", key="hello.again")
    scene.publishes()
    scene.proposes(None)
    scene.publishes()

    assert (scene.says(), scene.says("hello.again")) == (FILE, "Hello. Tell us what went on.")


def test_what_is_said_already_is_no_draft(scene: WordScene) -> None:
    scene.proposes(FILE)
    none = scene.board.drafts
    scene.proposes(OURS)
    scene.proposes(FILE)

    assert (none, scene.board.drafts) == ((), ())


def signed_polish() -> WordScene:
    tongue = replace(WORDING.tongues[PL], signed_by="Ewa Nowak", signed_on=date(2026, 11, 1))
    return WordScene(base=replace(WORDING, tongues={**WORDING.tongues, PL: tongue}))


@pytest.mark.parametrize(
    ("key", "text"),
    [
        (DANGER, POLISH_DANGER.replace("Prosimy", "Proszę") + " Prosimy."),
        ("ask.consent_changes", "Czy mamy dać znać, co się przez to zmieni?"),
        ("choice.changes_yes", "tak"),
    ],
)
def test_danger_and_consent_in_a_signed_language_are_signed_again(key: str, text: str) -> None:
    scene = signed_polish()
    scene.proposes(text, key=key, locale=PL)

    assert scene.desk.edition(scene.board, [(PL, key, "text")]).unsigned == (PL,)
    assert refused(scene) is Refusal.SIGNATURE
    assert scene.publishes(signed={PL: "Jan Kowal"}) == 1
    assert scene.records.rows[1].signatures == {PL: Signature("Jan Kowal", TODAY)}
    assert scene.board.now.tongues[PL].signed_by == "Jan Kowal"


def test_other_words_and_a_language_nobody_signed_need_no_signature() -> None:
    scene = signed_polish()
    scene.proposes("Dziękujemy, mamy wszystko.", locale=PL)
    assert scene.publishes() == 1

    unsigned = WordScene()
    unsigned.proposes("Czy mamy dać znać, co się przez to zmieni?", key="ask.consent_changes", locale=PL)
    assert unsigned.publishes() == 1
    assert not unsigned.board.now.tongues[PL].is_signed


def test_an_update_that_takes_a_text_away_is_seen_and_the_rest_goes_on(scene: WordScene) -> None:
    scene.records.rows[1] = made(1, change(), change("Old.", key="gone.text"))
    board = scene.board

    assert scene.says() == OURS
    assert [each.change.key for each in board.left] == ["gone.text"]
    scene.proposes("Hello. Tell us what went on.", key="hello.again")
    scene.publishes()
    assert [row.key for row in scene.records.rows[2].changes] == ["hello.again", KEPT]


def test_an_update_that_changes_a_text_underneath_is_seen(scene: WordScene) -> None:
    scene.proposes(OURS)
    scene.publishes()
    newer = WordScene(
        base=replace(
            WORDING, tongues={**WORDING.tongues, ENGLISH: WORDING.tongues[ENGLISH].changed(KEPT, "text", "We have it.")}
        ),
        records=scene.records,
    )

    assert scene.board.under == ()
    assert [each.key for each in newer.board.under] == [KEPT]
    assert newer.says() == OURS


def test_what_the_repository_took_up_is_no_change_any_more(scene: WordScene) -> None:
    scene.proposes(OURS)
    scene.publishes()
    taken_up = {**WORDING.tongues, ENGLISH: WORDING.tongues[ENGLISH].changed(KEPT, "text", OURS)}
    newer = WordScene(base=replace(WORDING, tongues=taken_up), records=scene.records)
    newer.proposes("Hello. Tell us what went on.", key="hello.again")
    newer.publishes()

    assert [row.key for row in newer.records.rows[2].changes] == ["hello.again"]


def test_a_version_that_cannot_be_read_leaves_the_files_and_can_be_left(scene: WordScene) -> None:
    scene.proposes(OURS)
    scene.publishes()
    scene.records.damaged = {1}

    assert scene.board.is_broken
    assert scene.says() == FILE
    assert scene.goes_back(FILES) == 2
    assert not scene.board.is_broken


def test_a_text_that_is_not_there_cannot_be_proposed(scene: WordScene) -> None:
    with pytest.raises(NotFound):
        scene.proposes("x", key="no.such")
