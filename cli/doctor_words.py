"""What `earshot doctor` says of words that staff have published."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from bot.wall import may_publish
from parts import Earshot

Kind = Literal["good", "note", "fault"]


def word_findings(earshot: Earshot) -> Iterator[tuple[Kind, str]]:
    """Whether the newest version is spoken, whole, and by the rules of today; and whether anybody can publish another."""
    board = earshot.word_desk.board()
    history = "/staff/words/history"
    if board.is_broken:
        yield "fault", f"Version {board.number} of the words cannot be read, so the files speak. Go back to another at {history}."
    for each in board.left:
        place = " ".join(each.change.place)
        yield "note", f"A published text no longer fits ({place}: {each.why}), so the file speaks. Write it anew at /staff/words."
    for change in board.under:
        place = " ".join(change.place)
        yield "note", f"The file has another text under one that is published ({place}). Say at /staff/words which it is to be."
    if board.version is not None:
        changed = list(dict.fromkeys((change.locale, change.key) for change in board.version.changes))
        unfit = {(each.change.locale, each.change.key) for each in board.left}
        faults = earshot.word_desk.checks.of_changes(board.base, board.now, [each for each in changed if each not in unfit])
        for locale, key in dict.fromkeys((fault.locale, fault.key) for fault in faults):
            yield (
                "note",
                f"A published text breaks a rule of today. What to do stands at /staff/words/text/{locale}/{key}.",
            )
        if not (faults or board.left or board.under):
            yield (
                "good",
                f"Version {board.number} of the words is spoken; nothing is wrong with what it changes ({len(changed)}).",
            )
    people = [member for member in earshot.store.all_staff() if member.disabled_at is None]
    if people and not any(may_publish(member) for member in people):
        yield "note", "Nobody can publish words. Give somebody the role: earshot staff add NAME --username USER --role publisher."
