"""What a team or service is sent when something is passed on to it: sentences from ``content/passed_on.toml``, filled in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from bot import toml
from bot.errors import BadContent
from bot.wording import placeholders

CONTENT = Path(__file__).parent / "content" / "passed_on.toml"
KNOWN = frozenset({"service", "words", "note", "agreed", "answer_to", "due", "mark", "day"})
LETTERS = ("praise", "request", "back")
AGREED = ("public", "casework")


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail, exactly as it leaves."""

    subject: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class PassingLetters:
    """By the name of a letter its subject and paragraphs; by what was agreed, the sentence that says so."""

    subjects: Mapping[str, str]
    paragraphs: Mapping[str, tuple[str, ...]]
    agreed: Mapping[str, str]

    @classmethod
    def load(cls, path: Path = CONTENT) -> Self:
        """Raises ``BadContent``."""
        table = toml.read(path)
        letters = {name: toml.need(table, name, dict, where=path.name) for name in LETTERS}
        said = toml.need(table, "agreed", dict, where=path.name)
        found = cls(
            {name: toml.need(letter, "subject", str, where=f"{path.name}, {name}") for name, letter in letters.items()},
            {name: toml.words(letter, "text", where=f"{path.name}, {name}") for name, letter in letters.items()},
            {name: toml.need(said, name, str, where=f"{path.name}, agreed") for name in AGREED},
        )
        texts = [*found.subjects.values(), *(each for texts in found.paragraphs.values() for each in texts)]
        if unknown := {name for text in texts for name in placeholders(text)} - KNOWN:
            raise BadContent(f"{path.name}: there is no {', '.join(sorted(unknown))}.")
        return found

    def write(self, letter: str, values: Mapping[str, str]) -> Letter:
        """A paragraph whose placeholders are all empty is left out."""
        filled = dict.fromkeys(KNOWN, "") | dict(values)
        paragraphs = [
            text.format(**filled)
            for text in self.paragraphs[letter]
            if not placeholders(text) or any(filled[name] for name in placeholders(text))
        ]
        return Letter(self.subjects[letter].format(**filled), "\n\n".join(paragraphs))
