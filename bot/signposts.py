"""The numbers and addresses people are sent to, each with its source and the day a named person last checked it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Self

from bot.errors import BadContent
from bot.model import ENGLISH, Locale

CONTENT = Path(__file__).parent / "content" / "signposts.toml"
MARKS = frozenset({"read", "seed"})
_SENTENCES = frozenset({"never_checked", "too_old", "in_the_future"})
_KEY = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signpost:
    """One place to turn to. ``says`` is the number, text code, e-mail or page exactly as a message carries it.

    ``mark`` tells how the source was seen: ``seed`` is the council's own page, ``read`` another page that was read.
    """

    key: str
    name: str
    says: str
    purpose: str
    hours: str
    source: str
    mark: str
    checked_by: str = ""
    checked_on: date | None = None
    says_in: Mapping[Locale, str] = field(default_factory=dict)
    """By language, where ``says`` holds words and not a number alone."""


@dataclass(frozen=True, slots=True)
class Signposts:
    """All signposts by key, and the sentences that tell the operator which are not fit for production."""

    by_key: Mapping[str, Signpost]
    sentences: Mapping[str, str]

    @classmethod
    def load(cls, path: Path = CONTENT) -> Self:
        """Raises ``BadContent`` naming the signpost and what is wrong with it."""
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        sentences = content.get("sentences", {})
        if set(sentences) != _SENTENCES:
            raise BadContent(f"{path.name}: [sentences] must hold exactly {', '.join(sorted(_SENTENCES))}.")
        by_key: dict[str, Signpost] = {}
        for row in content.get("signpost", []):
            signpost = _signpost(row, path.name)
            if signpost.key in by_key:
                raise BadContent(f"{path.name}: {signpost.key} is there twice.")
            by_key[signpost.key] = signpost
        return cls(by_key, sentences)

    def values(self, locale: Locale = ENGLISH) -> Mapping[str, str]:
        """Key to the words of a message: what the placeholders of the wording become."""
        language = Locale(locale.partition("-")[0])
        return {key: signpost.says_in.get(language, signpost.says) for key, signpost in self.by_key.items()}

    def numbers(self) -> tuple[str, ...]:
        """Everything a signpost says, so that redaction leaves it readable."""
        return tuple(dict.fromkeys(signpost.says for signpost in self.by_key.values()))

    def unchecked(self, today: date, max_age_days: int = 90, *, used: Collection[str] | None = None) -> tuple[str, ...]:
        """One plain sentence for each signpost nobody has checked lately; empty when all is well.

        ``used`` limits it to those keys; None means every signpost. Raises ``BadContent`` for a key that is not there.
        """
        if used is not None and (unknown := set(used) - set(self.by_key)):
            raise BadContent(f"There is no signpost called {', '.join(sorted(unknown))}.")
        oldest = today - timedelta(days=max_age_days)
        wanted = [signpost for key, signpost in self.by_key.items() if used is None or key in used]
        found = [(signpost, _fault(signpost, today, oldest)) for signpost in wanted]
        return tuple(self._sentence(fault, signpost, max_age_days) for signpost, fault in found if fault)

    def _sentence(self, fault: str, signpost: Signpost, max_age_days: int) -> str:
        return self.sentences[fault].format(
            key=signpost.key,
            name=signpost.name,
            says=signpost.says,
            source=signpost.source,
            checked_by=signpost.checked_by,
            checked_on=signpost.checked_on,
            max_age_days=max_age_days,
        )


def _fault(signpost: Signpost, today: date, oldest: date) -> str | None:
    if not signpost.checked_by or signpost.checked_on is None:
        return "never_checked"
    if signpost.checked_on > today:
        return "in_the_future"
    return "too_old" if signpost.checked_on < oldest else None


def _signpost(row: Mapping[str, object], file: str) -> Signpost:
    words = {name: _text(row, name, file) for name in ("key", "name", "says", "purpose", "source", "mark")}
    key = words["key"]
    if not _KEY.fullmatch(key):
        raise BadContent(f"{file}: {key!r} cannot be a key; use small letters, digits and underscores.")
    if words["mark"] not in MARKS:
        raise BadContent(f"{file}: {key} is marked {words['mark']!r}; only {' and '.join(sorted(MARKS))} may be sent to people.")
    if not words["source"].startswith(("https://", "http://")):
        raise BadContent(f"{file}: the source of {key} must be the address of a page.")
    return Signpost(
        **words,
        hours=str(row.get("hours", "")),
        checked_by=str(row.get("checked_by", "")).strip(),
        checked_on=_day(row.get("checked_on", ""), key, file),
        says_in=_in_languages(row, key, file),
    )


def _in_languages(row: Mapping[str, object], key: str, file: str) -> Mapping[Locale, str]:
    says_in = row.get("says_in", {})
    if not isinstance(says_in, dict) or not all(isinstance(said, str) and said.strip() for said in says_in.values()):
        raise BadContent(f"{file}: says_in of {key} must be a text for each language.")
    return {Locale(name): said for name, said in says_in.items()}


def _text(row: Mapping[str, object], name: str, file: str) -> str:
    value = row.get(name)
    if not isinstance(value, str) or not value.strip():
        raise BadContent(f"{file}: signpost {row.get('key', '?')} has no {name}.")
    return value


def _day(value: object, key: str, file: str) -> date | None:
    """TOML gives a date for a bare day and text for a quoted one; an empty text means never."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if value == "":
        return None
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise BadContent(f"{file}: checked_on of {key} must be a day such as 2026-01-31, not {value!r}.") from error
