"""Saved replies: what a blank is, what looks like a person's, and that no version is lost on either database."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from bot.errors import NotFound
from bot.saved_replies import ChangedMeanwhileError, Made, SavedReplies, blanks_of, filled, taken_out
from storage.database import Database
from storage.saved_replies import SqlSavedReplies
from storage.sealing import Sealer
from storage.store import SqlStore
from tests.conftest import KEYS
from tests.staff.fakes import FakeClock
from tests.storage.scene import Scene


def masked(text: str) -> str:
    """As the redactor would: numbers, and one listed name."""
    return re.sub(r"\d{5,}|Ottilie", "[removed]", text)


def test_blanks_are_what_stands_in_brackets_on_one_line() -> None:
    assert blanks_of("[a] and [ b c ], [a] again; [] [\n] [[d]] " + "[" + "x" * 61 + "]") == ("a", "b c", "d")
    assert filled("[a] [ b c ] [a]", {"a": "1", "b c": ""}) == "1 [ b c ] 1"


def test_what_masking_takes_out_is_named_and_blanks_are_looked_into() -> None:
    assert taken_out("Ring Ottilie on 07700900123, please", masked) == ("Ottilie", "07700900123")
    assert taken_out("Dear [Ottilie]", masked) == ("Ottilie",)
    assert taken_out("Dear [name]", masked) == ()


def test_every_version_stays_and_one_number_is_given_once(database: Database, store: SqlStore) -> None:
    scene = Scene(store)
    jo, toni = scene.employs("Jo Pascoe"), scene.employs("Toni Reader")
    use = SavedReplies(SqlSavedReplies(database, Sealer.open(database, KEYS)), FakeClock(), uuid4, masked)
    made = use.add(jo, "Thanks", "Thank you.", is_ours=False)
    use.change(made, toni, 1, "Thanks", "Thank you for [what].", is_ours=False)
    use.change(made, toni, 2, "Thanks", "Thank you for [what].", is_ours=False)
    with pytest.raises(ChangedMeanwhileError):
        use.change(made, jo, 1, "Thanks", "Ta.", is_ours=False)
    use.retire(made, jo)
    use.retire(made, jo)

    assert [(each.number, each.made, each.by) for each in use.history(made)] == [
        (3, Made.RETIRED, "Jo Pascoe"),
        (2, Made.CHANGED, "Toni Reader"),
        (1, Made.ADDED, "Jo Pascoe"),
    ]
    assert use.usable() == ()
    with pytest.raises(NotFound):
        use.get(made)
    use.put_back(made, toni)
    assert use.get(made).blanks == ("what",)
