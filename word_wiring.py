"""The words families read, as the team may change them: the desk for them. Joined.

A part of the wiring, as `doors.py` is; only the wiring and the entrances import it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.live_words import of_files
from bot.word_desk import WordDesk
from bot.wording_checks import Checks
from bot.wording_rules import Rules
from channels.costing import sms_cost
from storage.words import SqlWords

if TYPE_CHECKING:
    from parts import Earshot


def open_word_desk(earshot: Earshot) -> WordDesk:
    return WordDesk(
        base=of_files(earshot.wording),
        records=SqlWords(earshot.database, earshot.sealer),
        checks=Checks(Rules.load(), earshot.script, sms_cost),
        clock=earshot.clock,
    )
