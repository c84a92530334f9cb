"""Which tagger a command is about: the one that came with Earshot, a file, or one that is kept in the store."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from zipfile import is_zipfile

import click

if TYPE_CHECKING:
    from nlp.ensemble import Ensemble
    from nlp.reading import Reader

_Command = TypeVar("_Command", bound=Callable[..., object])


def tagger_option(command: _Command) -> _Command:
    """``--tagger``, the same for every command that has it."""
    return click.option(
        "--tagger",
        "which",
        metavar="FILE",
        help="A tagger that was written to a file. [default: the one that comes with Earshot]",
    )(command)


def chosen(which: str | None, *, sentences: bool = True) -> Ensemble:
    """Raises ``ClickException`` where there is none."""
    from nlp.ensemble import LEARNT, Ensemble

    path = Path(which) if which else LEARNT
    if not path.exists():
        says = f"There is no file {which}." if which else "Earshot's own tagger is not in its place; run: earshot tagger train"
        raise click.ClickException(says)
    if not is_zipfile(path):
        raise click.ClickException(f"{which} is not a tagger's file. One is written by: earshot tagger train --out NAME.npz")
    return Ensemble.load(path, sentences=sentences)


def reader_of(ensemble: Ensemble) -> Reader:
    """What reads for this tagger. Its themes are the tagger's, so that the rules' scores go to their own heads."""
    from nlp.reading import Reader

    return Reader(themes=ensemble.weights.themes)


def is_ours(ensemble: Ensemble, reader: Reader) -> bool:
    """Whether it knows our themes; one with labels of its own is asked alone, without the listener about it."""
    return bool(ensemble.weights.feelings) and set(ensemble.weights.themes) <= set(reader.taxonomy.themes)
