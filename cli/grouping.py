"""Which comments of a file are nearly the same, and which tell of one matter: known only when all have been heard.

The rows wait in a file meanwhile; of each comment only its redacted words and its best theme's chance are held.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from tempfile import TemporaryFile

from bot.cells import Row
from bot.heard import Heard
from nlp.sentences import SentenceModel
from nlp.similar import alike, new_matters

FIELDS = ("same_as", "matter")
"""The number of the first comment that says nearly the same, the first of the file being 1; and what several tell of."""
_LONGEST = 2_000


@dataclass(slots=True)
class Grouping:
    """Learns the comments one by one as they are heard."""

    texts: list[str] = field(default_factory=list)
    chances: list[float] = field(default_factory=list)
    contacts: list[str] = field(default_factory=list)

    def learn(self, heard: Heard, contact: str) -> None:
        """``contact`` says who wrote it; empty where the file does not tell, which makes each comment somebody's own.

        Words that wait for translation are grouped with nothing but their like.
        """
        is_read = heard.redacted.strip() and not heard.needs_translation
        self.chances.append(max((theme.score for theme in heard.themes), default=0.0) if is_read else 1.0)
        self.texts.append(heard.redacted[:_LONGEST])
        self.contacts.append(contact or f"comment {len(self.texts)}")

    def found(self) -> list[Row]:
        """For each comment its values of ``FIELDS``."""
        model = SentenceModel.load()
        vectors = model.likeness(self.texts) if model and self.texts else None
        rows: list[Row] = [
            {"same_as": None if first is None else first + 1, "matter": None} for first in alike(self.texts, vectors)
        ]
        for matter in new_matters(self.texts, self.chances, self.contacts, vectors):
            for place in matter.members:
                rows[place]["matter"] = matter.name
        return rows


def with_groups(rows: Iterable[Row], grouping: Grouping) -> Iterator[Row]:
    """The rows again, each with its groups, once all of them have come and been learnt."""
    with TemporaryFile("w+", encoding="ascii") as spool:
        for row in rows:
            spool.write(json.dumps(row, default=str) + "\n")
        groups = grouping.found()
        spool.seek(0)
        for line, group in zip(spool, groups, strict=True):
            yield json.loads(line) | group
