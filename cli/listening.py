"""Hears the comments of a file in order, by several processes where there are many: never more than a few hundred at a time."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from multiprocessing import get_context
from typing import TypeVar

import click

from bot.commands import Commands
from bot.conversation import Command
from bot.heard import Heard

Found = tuple[Heard, Command | None]
Hear = Callable[[Sequence[str]], list[Found]]
Item = TypeVar("Item")

BATCH = 64
"""Comments heard at once: with more the listener is no quicker, and of long ones it holds much."""
MANY = 2_000
"""From so many comments on, other processes are worth the two seconds they take to start."""
_WAITING = 3
"""Batches held for each process, heard or to be heard."""

_hear: Hear | None = None
"""Of a process of the pool: what hears, made once when it starts."""


def hearer(*, sentences: bool = True) -> Hear:
    """Hears comments by the whole listener, with the tagger that comes with Earshot; ready in a second or two.

    Where no tagger was learned yet, the rules alone tag. Without ``sentences`` their vectors are not asked: quicker, less exact.
    """
    from nlp.ensemble import LEARNT
    from nlp.listener import SpacyListener

    listener = SpacyListener.learned(sentences=sentences) if LEARNT.exists() else SpacyListener()
    commands = Commands.load()

    def hear(texts: Sequence[str]) -> list[Found]:
        return [
            (heard, commands.recognise(text, heard.locale)) for text, heard in zip(texts, listener.hear_all(texts), strict=True)
        ]

    return hear


def in_order(items: Iterable[Item], text_of: Callable[[Item], str], hear: Hear) -> Iterator[tuple[Item, Found]]:
    """Each item with what was heard in it, here."""
    left = iter(items)
    while batch := list(islice(left, BATCH)):
        yield from zip(batch, hear([text_of(item) for item in batch]), strict=True)


def in_processes(
    items: Iterable[Item], text_of: Callable[[Item], str], processes: int, *, sentences: bool = True
) -> Iterator[tuple[Item, Found]]:
    """Each item with what was heard in it, in order. Raises ``ClickException`` where a process ends before its time."""
    waiting: deque[tuple[list[Item], Future[list[Found]]]] = deque()
    left = iter(items)
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn"), initializer=_start, initargs=(sentences,)) as pool:
        try:
            while True:
                while len(waiting) < _WAITING * processes and (batch := list(islice(left, BATCH))):
                    waiting.append((batch, pool.submit(_heard, [text_of(item) for item in batch])))
                if not waiting:
                    return
                batch, found = waiting.popleft()
                yield from zip(batch, found.result(), strict=True)
        except BrokenProcessPool as error:
            raise click.ClickException(
                "A process that listens was ended, perhaps for want of memory: each needs some 300 MB. Try --processes 1."
            ) from error
        finally:
            for _, future in waiting:
                future.cancel()


def _start(sentences: bool) -> None:  # noqa: FBT001 - a pool hands its arguments over by place
    global _hear  # noqa: PLW0603 - a pool gives its processes nothing else to keep what they have made in
    _hear = hearer(sentences=sentences)


def _heard(texts: Sequence[str]) -> list[Found]:
    hear = _hear if _hear is not None else hearer()
    return hear(texts)
