"""How cues make a score: separate witnesses add up, one witness counts once, what speaks against lessens it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from spacy.language import Language

from bot.themes import Cue, Taxonomy
from nlp.spelling import Spelling
from nlp.themes import TRUST, RuleTagger, Vote


def tagged(nlp: Language, spelling: Spelling, text: str, *cues: Cue) -> dict[str, Vote]:
    taxonomy = Taxonomy.load()
    theme = replace(taxonomy.theme("transport"), cues=cues)
    return RuleTagger(nlp, spelling, replace(taxonomy, themes={"transport": theme})).votes(nlp(text))


def test_a_cue_alone_gives_its_own_chance(nlp: Language, spelling: Spelling) -> None:
    votes = tagged(nlp, spelling, "the taxi", Cue("taxi", 0.8))

    assert votes["transport"].score == pytest.approx(0.8 * TRUST)
    assert votes["transport"].evidence == ((4, 8),)


def test_cues_in_different_words_add_up(nlp: Language, spelling: Spelling) -> None:
    votes = tagged(nlp, spelling, "the taxi driver", Cue("taxi", 0.75), Cue("driver", 0.6))

    assert votes["transport"].score == pytest.approx(0.9 * TRUST)


def test_cues_in_the_same_words_are_one_witness(nlp: Language, spelling: Spelling) -> None:
    votes = tagged(nlp, spelling, "the taxi driver", Cue("taxi", 0.75), Cue("taxi driver", 0.6))

    assert votes["transport"].score == pytest.approx(0.75 * TRUST)
    assert votes["transport"].evidence == ((4, 15),)


def test_what_speaks_against_lessens_the_score_by_its_share(nlp: Language, spelling: Spelling) -> None:
    votes = tagged(nlp, spelling, "the taxi to hospital", Cue("taxi", 0.8), Cue("hospital", 0.5, against=True))

    assert votes["transport"].score == pytest.approx(0.4 * TRUST)
    assert votes["transport"].evidence == ((4, 8),)


def test_what_speaks_against_gives_no_vote_by_itself(nlp: Language, spelling: Spelling) -> None:
    assert tagged(nlp, spelling, "the hospital", Cue("taxi", 0.8), Cue("hospital", 0.5, against=True)) == {}


def test_words_said_not_to_be_the_matter_do_not_count(nlp: Language, spelling: Spelling) -> None:
    assert tagged(nlp, spelling, "it is not about the taxi", Cue("taxi", 0.8)) == {}
    assert "transport" in tagged(nlp, spelling, "not about school, the taxi", Cue("taxi", 0.8))


def test_every_cue_of_the_taxonomy_can_be_read_and_found(nlp: Language, spelling: Spelling) -> None:
    RuleTagger(nlp, spelling, Taxonomy.load())


def test_every_list_of_words_is_named_by_a_cue() -> None:
    taxonomy = Taxonomy.load()
    lines = [cue.says for theme in taxonomy.living() for cue in theme.cues]

    assert [name for name in taxonomy.words if not any(f"@{name}" in line for line in lines)] == []
