"""`earshot tagger`: what the tagger is taught, how well it hears, why it says what it says, and which one is at work."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import click

from cli.group import Commands


class _Acts(Commands):
    where: ClassVar[Mapping[str, str]] = {
        "evaluate": "cli.tagger_evaluate:evaluate",
        "explain": "cli.tagger_explain:explain",
        "list": "cli.tagger_kept:list_",
        "train": "cli.tagger_train:train",
        "tune": "cli.tagger_tune:tune",
        "use": "cli.tagger_kept:use",
    }


@click.group(cls=_Acts)
def tagger() -> None:
    """Teach the tagger, measure it, ask it why, and put one to work."""
