"""What people write, masked with its names: the finder is loaded by whichever process first asks, and not before.

A part of the wiring, as `doors.py` is; only the wiring and the entrances import it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from bot.redacting import RedactAgain
from bot.redaction import Redactor
from storage.database import Database
from storage.redacting import SqlMaskedTexts
from storage.sealing import Sealer
from storage.store import SqlStore

if TYPE_CHECKING:
    from nlp.name_masking import NameMasker


@dataclass(frozen=True)
class PeoplesWords:
    """``rules``: what has a form, and which of our own pages and numbers stay readable."""

    rules: Redactor

    def __call__(self, text: str) -> str:
        return self.masker.redact(text).redacted

    @cached_property
    def masker(self) -> NameMasker:
        from nlp.name_masking import NameMasker
        from nlp.names import finder

        return NameMasker(finder(), self.rules)

    def version(self) -> str:
        from nlp.name_masking import version

        return version()


def open_redacting(words: PeoplesWords, database: Database, sealer: Sealer, store: SqlStore) -> RedactAgain:
    return RedactAgain(records=SqlMaskedTexts(database, sealer), work=store, version=words.version, masker=lambda: words.masker)
