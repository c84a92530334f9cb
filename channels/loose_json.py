"""A provider's JSON, read so that an odd side field never costs a message: whatever is not of its kind counts as not there."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from bot.errors import BadWebhook

Json = Mapping[str, object]

_UNKEEPABLE = dict.fromkeys((*range(0x20), 0x7F, *range(0xD800, 0xE000)))
_LONGEST_ID = 500
_SECONDS_BELOW = 10**11
"""Meta counts in milliseconds, comments and some referrals in seconds; below this, milliseconds would lie before 1973."""


def read_object(body: bytes) -> Json:
    """The object that a body is. Raises ``BadWebhook`` for anything else."""
    try:
        content = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadWebhook("The body is not JSON.") from error
    if not isinstance(content, dict):
        raise BadWebhook("The JSON is not an object.")
    return content


def inner(source: Json, *names: str) -> Json:
    """The object at the end of these names; an empty one where there is none."""
    for name in names:
        value = source.get(name)
        if not isinstance(value, dict):
            return {}
        source = value
    return source


def rows(source: Json, name: str) -> Sequence[Json]:
    """The objects in a list, without whatever else is in it."""
    value = source.get(name)
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def words(source: Json, name: str) -> str:
    """A person's words as they came, NUL and all."""
    value = source.get(name)
    return value if isinstance(value, str) else ""


def plain(source: Json, name: str, *, longest: int = _LONGEST_ID) -> str:
    """An id or a word of Meta's, without control signs and halves of pairs: no index or log can hold those."""
    return as_plain(source.get(name), longest=longest)


def as_plain(value: object, *, longest: int = _LONGEST_ID) -> str:
    """Meta writes some ids as numbers."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**longest:
        return str(value)
    return value.translate(_UNKEEPABLE).strip()[:longest] if isinstance(value, str) else ""


def number(source: Json, name: str) -> float | None:
    value = source.get(name)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 2**63 else None


def moment(source: Json, name: str) -> datetime | None:
    """A time in milliseconds or seconds; None where there is none, or it is no time a message can be of."""
    count = number(source, name)
    if count is None or count <= 0:
        return None
    try:
        return datetime.fromtimestamp(count if count < _SECONDS_BELOW else count / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None
