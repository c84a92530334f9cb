"""What every template of the team's site has at hand: values and filters."""

from __future__ import annotations

import re
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from flask import g

from bot import look
from bot.wall import is_with_safeguarding, may_publish
from staff import assets
from staff.desk import desk, entered, handles_alerts, leaving, task_counts, told

_BRACKETS = re.compile(r"\([^()]*\)")
_CODE = re.compile(r"[a-z_]+")
_LONG_CODE = re.compile(r"[a-z]+(?:_[a-z]+)+")


def at_hand() -> dict[str, object]:
    """What every template of ours may use."""
    at = desk()
    return {
        "me": g.get("member"),
        "handles_alerts": handles_alerts,
        "task_counts": task_counts,
        "leaving": leaving,
        "may_enter": entered,
        "owes_step": g.get("owes_step", False),
        "is_with_safeguarding": is_with_safeguarding,
        "may_publish": may_publish,
        "today": at.today(),
        "now": at.clock.now(),
        "demo": at.demo,
        "rooms": at.rooms,
        "channels_offered": at.channels,
        "taxonomy": at.taxonomy,
        "label": at.label,
        "told": told,
        "style_version": _version(look.FOLDER / "tokens.css", Path(__file__).with_name("static") / "earshot.css"),
        "assets_problem": assets.problem(),
    }


def at_the_desk(moment: datetime) -> datetime:
    """A time as the clock on the team's wall shows it."""
    return moment.astimezone(desk().zone)


def name_themes(text: str) -> str:
    """A sentence of the guide with the codes in it as the names that staff know.

    In brackets any code is one; elsewhere only those that no English word could be.
    """
    codes = desk().taxonomy.themes

    def named(found: re.Match[str]) -> str:
        return desk().label(found[0]) if found[0] in codes else found[0]

    in_brackets = _BRACKETS.sub(lambda found: _CODE.sub(named, found[0]), text)
    return _LONG_CODE.sub(named, in_brackets)


def _version(*sheets: Path) -> str:
    """Changes when one of our stylesheets does, so that no browser keeps an old one."""
    return sha256(b"".join(sheet.read_bytes() for sheet in sheets)).hexdigest()[:8]
