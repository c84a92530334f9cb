"""Where the look that all pages share lies: the colours, steps and type, and the mark. Families and team see one house."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent / "content" / "look"
"""``tokens.css`` is linked before any other stylesheet; ``mark.svg`` is an icon, and stands in templates by its name."""


def folder_of(name: str, own: str | None) -> str:
    """Where the static file ``name`` of a part of the site lies: among what is shared, or in its ``own`` folder."""
    return str(FOLDER) if (FOLDER / name).is_file() or own is None else own
