"""Teaching a tagger from the command line: from what rows, with what said while it goes on, and with which refusals."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from bot.errors import BadContent

if TYPE_CHECKING:
    from nlp.corpus import Labelled
    from nlp.sentences import SentenceModel
    from nlp.weights import Weights

Say = Callable[[str], None]


def progress() -> Say:
    """Each step on standard error, with the seconds since the beginning."""
    began = time.monotonic()
    return lambda sentence: click.echo(f"{time.monotonic() - began:6.0f} s  {sentence}", err=True)


def taught(
    rows: Sequence[Labelled],
    model: SentenceModel | None,
    about: Mapping[str, Any],
    say: Say,
    *,
    themes: Sequence[str] | None = None,
) -> Weights:
    """``themes``: the labels of a set that is not ours. Raises ``ClickException`` where there is too little to learn from."""
    from nlp.lessons import teachable
    from nlp.reading import Reader
    from nlp.sentences import ADAPTERS, THEMES
    from nlp.training import train as teach
    from nlp.tuned import Adapter

    ours = themes is None
    kept, known = teachable(rows, themes if themes is not None else Reader().themes, say)
    if len(known) < 2:  # noqa: PLR2004 - with one label there is nothing to tell apart
        raise click.ClickException(
            f"There are labels enough for {len(known)} of them only; a tagger is taught to tell two or more apart."
        )
    adapter = Adapter.load(ADAPTERS[THEMES]) if ours and model is not None else None
    reader = Reader(themes=known)
    if adapter is not None and adapter.labels[: len(known)] != known:
        adapter = None
    try:
        return teach(kept, known, reader, sentences=model, adapter=adapter, about=about, say=say)
    except ValueError as error:
        raise BadContent("There is too little to learn from: some label stands with a single writer. Leave that out.") from error


def corpus() -> list[Labelled]:
    from nlp.corpus import with_passages

    return list(with_passages(own_messages()))


def own_messages() -> list[Labelled]:
    from nlp.corpus import messages

    found = messages()
    if not found:
        raise click.ClickException("Earshot's own messages are not in nlp/data/themes/learn. Teach from a file with --rows.")
    return found


def about_of(version: str, rows: int, decisions: int) -> dict[str, Any]:
    return {"version": version, "rows": rows, "decisions": decisions, "sentences": vectors()}


def vectors() -> str:
    from nlp.standing import vectors_of

    return vectors_of()


def version_of(now: datetime) -> str:
    return f"{now:%Y-%m-%d-%H%M%S}-{now.microsecond // 1000:03}"
