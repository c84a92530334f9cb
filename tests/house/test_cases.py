"""The field's cases for a channel, by number: each is named where it is tried, or here with the reason why it is not ours.

T, W, S, TS: Twilio's messages, WhatsApp, status callbacks, sending. F, FS: Messenger in and out. G, GS: Telegram in and out.
X: files and strange texts on any channel.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
LAST = {"T": 10, "W": 6, "S": 10, "TS": 14, "F": 28, "FS": 12, "G": 20, "GS": 10, "X": 8}
NOT_OURS = {
    "TS8": "We send words and no files.",
    "TS9": "We send words and no files.",
    "TS14": "No typing indicator is sent: an answer comes within seconds of the pause that ends a burst.",
    "FS2": "Nothing is broadcast.",
    "FS6": "We send words and no files.",
    "FS12": "No typing indicator is sent.",
    "G13": "There is no web app of ours in Telegram.",
    "G14": "There is no web app of ours in Telegram.",
    "GS3": "Our answers hold no links as buttons.",
    "GS9": "We send words and no files.",
    "GS10": "We send words and no files.",
}
_NAMED = re.compile(r"(?<![A-Za-z0-9/])(TS|FS|GS|[TWSFGX])(\d{1,2})(?: to \1(\d{1,2}))?(?![A-Za-z0-9./])", re.IGNORECASE)


def cases() -> set[str]:
    return {f"{letter}{number}" for letter, last in LAST.items() for number in range(1, last + 1)}


def tried() -> set[str]:
    """Numbers in the names of tests, in the ids of their parameters, and beside what is tried; not what a module promises."""
    found: set[str] = set()
    for path in [path for folder in ("channels", "bot") for path in (TESTS / folder).rglob("*.py")]:
        text = path.read_text("utf-8")
        promised = ast.get_docstring(ast.parse(text), clean=False) or ""
        for match in _NAMED.finditer(text.replace(promised, "", 1).replace("_", " ")):
            first, last = int(match[2]), int(match[3] or match[2])
            found |= {f"{match[1].upper()}{number}" for number in range(first, last + 1)}
    return found


def test_every_case_is_tried_or_said_not_to_be_ours() -> None:
    assert cases() - tried() - NOT_OURS.keys() == set()


def test_no_case_is_both() -> None:
    """A reason that is no longer true must go."""
    assert NOT_OURS.keys() <= cases()
