"""Which tagger a command is about: the one that came with Earshot, a file, or one that is kept in the store."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from zipfile import is_zipfile

import click

from bot.errors import BotError
from bot.taggers import SHIPPED, Hears
from cli.group import Start

if TYPE_CHECKING:
    from nlp.ensemble import Ensemble
    from nlp.reading import Reader

_Command = TypeVar("_Command", bound=Callable[..., object])


def tagger_option(command: _Command) -> _Command:
    """``--tagger``, the same for every command that has it."""
    return click.option(
        "--tagger",
        "which",
        metavar="TAGGER",
        help="A number or a version from `earshot tagger list`, 0 for the one that comes with Earshot, or a file. "
        "[default: the one at work]",
    )(command)


def chosen(start: Start, which: str | None, *, sentences: bool = True) -> Ensemble:
    """Raises ``ClickException`` where there is none."""
    from nlp.ensemble import LEARNT

    which = _at_work(start) if which is None else which
    path = LEARNT if which == str(SHIPPED) else Path(which)
    if path.exists():
        return _of_file(path, sentences=sentences)
    if path == LEARNT:
        raise click.ClickException("Earshot's own tagger is not in its place; run: earshot tagger train")
    if path.suffix or len(path.parts) > 1:
        raise click.ClickException(f"There is no file {which}.")
    return _of_store(start, which, sentences=sentences)


def _at_work(start: Start) -> str:
    """Its number; where no service was set up, that of the one that comes with Earshot."""
    try:
        return str(start.earshot.taggers.champion())
    except BotError:
        click.echo("No service is set up here, so this is about the tagger that comes with Earshot.", err=True)
        return str(SHIPPED)


def _of_file(path: Path, *, sentences: bool) -> Ensemble:
    from nlp.ensemble import Ensemble

    if not is_zipfile(path):
        raise click.ClickException(f"{path} is not a tagger's file. One is written by: earshot tagger train --out NAME.npz")
    return Ensemble.load(path, sentences=sentences)


def _of_store(start: Start, which: str, *, sentences: bool) -> Ensemble:
    from nlp.sentences import SentenceModel
    from nlp.standing import standing
    from nlp.weights import Weights

    taggers = start.earshot.taggers
    found = next((one for one in taggers.taggers() if which in {str(one.number), one.version}), None)
    if found is None:
        raise click.ClickException(f"There is no file and no tagger {which}. What taggers there are: earshot tagger list")
    if found.hears is not Hears.THEMES:
        raise click.ClickException(f"Tagger {which} hears danger; what is measured and explained here is what hears themes.")
    return standing(Weights.from_bytes(taggers.file(found.number)), SentenceModel.load() if sentences else None)


def reader_of(ensemble: Ensemble) -> Reader:
    """What reads for this tagger. Its themes are the tagger's, so that the rules' scores go to their own heads."""
    from nlp.reading import Reader

    return Reader(themes=ensemble.weights.themes)


def is_ours(ensemble: Ensemble, reader: Reader) -> bool:
    """Whether it knows our themes; one with labels of its own is asked alone, without the listener about it."""
    return bool(ensemble.weights.feelings) and set(ensemble.weights.themes) <= set(reader.taxonomy.themes)
