"""A name in what a machine wrote down of a voice message: masked each time it is shown, by what staff have hidden, too."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

from bot.hiding import Hiding
from storage.database import Database
from tests.bot.file_scene import FileStreet, listed
from tests.bot.test_fetching_erased import spoken
from tests.journeys.stage import NORA
from tests.storage.reading import everything_in


def hides(street: FileStreet, word: str) -> int:
    view = street.store.experience("RIVER 482")
    assert view is not None
    hiding = Hiding(work=street.store, clock=street.clock, new_id=uuid4)
    return hiding.hide(view, NORA, word, beside=[file.transcript for file in street.listed()])


def test_a_word_that_stands_only_there_is_hidden_once_and_stays_hidden(database: Database, tmp_path: Path) -> None:
    street, _ = spoken(database, tmp_path, "Ring me on 07700 900123, Ned is with me, ned says hello")
    street.text("The taxi was late every day this week", media=listed("voice"))
    street.is_answered()
    street.fetch()

    assert hides(street, "Ned") == 2
    (voice,) = street.listed()
    assert voice.transcript == "Ring me on [phone removed], [name removed] is with me, [name removed] says hello"
    before = everything_in(database)
    assert hides(street, "Ned") == 0
    assert hides(street, "phone") == 0
    assert everything_in(database) == before
