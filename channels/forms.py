"""What a plain page posts, read from its raw bytes so that nothing in it is lost or refused for its looks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl

from bot.errors import BadWebhook

_MOST_FIELDS = 50
_REF = re.compile(r"[A-Za-z0-9_-]{1,40}")
_LONGEST_NUMBER = 18
"""Digits: what fits every database."""


@dataclass(frozen=True, slots=True)
class TalkForm:
    """``form`` names this copy of the page, ``session`` a person who has no cookie yet, ``asked`` the question answered,
    ``ref`` the link or poster they came by.
    """

    text: str = ""
    act: str = "send"
    choice: str = ""
    form: str = ""
    session: str = ""
    locale: str = ""
    speaker: str = ""
    asked: int = 0
    ref: str = ""


def read_form(body: bytes) -> TalkForm:
    """Raises ``BadWebhook`` for what is no form of ours. Bytes that are not UTF-8 are kept as lone surrogates."""
    try:
        pairs = parse_qsl(
            body.decode("utf-8", "surrogateescape"),
            keep_blank_values=True,
            encoding="utf-8",
            errors="surrogateescape",
            max_num_fields=_MOST_FIELDS,
        )
    except ValueError as error:
        raise BadWebhook from error
    fields = dict(pairs)
    return TalkForm(
        text=fields.get("text", ""),
        act=fields.get("act") or "send",
        choice=fields.get("choice", ""),
        form=fields.get("form", ""),
        session=fields.get("session", ""),
        locale=fields.get("locale", ""),
        speaker=fields.get("speaker", ""),
        asked=number_of(fields.get("asked", "")),
        ref=ref_of(fields.get("ref", "")),
    )


def number_of(said: str) -> int:
    """The ``seq`` that an address or a form names; 0, which no line has, for anything else."""
    return int(said) if said.isascii() and said.isdigit() and len(said) <= _LONGEST_NUMBER else 0


def ref_of(said: str) -> str:
    """The code of a link or poster; empty for what could not be one."""
    return said.lower() if _REF.fullmatch(said) else ""
