"""Search in redacted words: SQLite's FTS5 and PostgreSQL's tsvector behind one small port.

A search is words, all of which must stand in an experience, in any form of theirs (porter, english) or, unless it is to be
exact, near-misses: words of the vocabulary a slip or two away. Whatever is typed is only words: no sign in it means anything.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from rapidfuzz.distance import OSA
from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    column,
    delete,
    exists,
    false,
    func,
    insert,
    literal_column,
    select,
    table,
    text,
)

from storage.database import Database
from storage.tables import experience, search_text, search_vocabulary

MOST_WORDS, LONGEST_WORD = 12, 40
NEAREST = 6
"""Near-misses of one word that are searched for too."""
FEW = 4_000
"""Experiences that are looked at one by one rather than walked past in order."""
READ_AT_ONCE, PART = 100_000, 50
ONE_SLIP_FROM, TWO_SLIPS_FROM = 5, 8
"""Letters of a word in which one slip is looked for, and two: a shorter word one slip away is another word."""
RARE = 3
"""Told so often or less, a word may be a slip of any other; told more, only of one told ten times as often."""
LARGEST_VOCABULARY = 30_000
AT_ONCE = 2_000
PAGES = 500
"""Of the index, that are written anew in one short transaction."""
_WORD = re.compile(r"[^\W_]+")
_BEGIN, _END = "\x02", "\x03"
_MARKED = re.compile(f"{_BEGIN}(.+?){_END}", re.DOTALL)

WORDS: Any = table("search_words", column("rowid"), column("n"), column("words"), column("body"))


@dataclass(frozen=True, slots=True)
class Asked:
    """One search. ``meets``: whether an experience fits; ``few``: the ids of those that fit."""

    meets: ColumnElement[bool]
    few: Select[Any]
    match: ColumnElement[bool]
    query: Any


def ask(connection: Connection, words: str, *, exactly: bool = False) -> Asked | None:
    """None: nothing in it is a word, so nothing is found."""
    said = list(dict.fromkeys(_WORD.findall(words.casefold())))
    groups = [(word, () if exactly else _near(connection, word)) for word in (each[:LONGEST_WORD] for each in said[:MOST_WORDS])]
    if not groups:
        return None
    if connection.dialect.name == "sqlite":
        asked: Any = _fts(groups)
        match: ColumnElement[bool] = literal_column("search_words").op("MATCH")(asked)
        number = WORDS.c.rowid
    else:
        asked = _tsquery(groups)
        match, number = WORDS.c.words.op("@@")(asked), WORDS.c.n
    joined = search_text.join(WORDS, number == search_text.c.n)
    meets: ColumnElement[bool] = exists(
        select(search_text.c.n).select_from(joined).where(search_text.c.experience_id == experience.c.id, match)
    )
    if connection.dialect.name == "sqlite" and _is_read_at_once(connection, match):
        its_number = select(search_text.c.n).where(search_text.c.experience_id == experience.c.id).scalar_subquery()
        meets = its_number.in_(select(WORDS.c.rowid).where(match))
    return Asked(
        meets=meets,
        few=select(search_text.c.experience_id).select_from(joined).where(match),
        match=match,
        query=asked,
    )


def _is_read_at_once(connection: Connection, match: ColumnElement[bool]) -> bool:
    """To ask FTS5 of one row costs as much as to read some hundreds of rows that fit: unless most fit, all are read at once.
    Looked at in one part of the rows.
    """
    last = connection.execute(select(func.max(search_text.c.n))).scalar_one() or 0
    part = select(WORDS.c.rowid).where(match, WORDS.c.rowid <= last // PART).limit(READ_AT_ONCE // PART + 1).subquery()
    return connection.execute(select(func.count()).select_from(part)).scalar_one() <= READ_AT_ONCE // PART


NOTHING = false()


def marked(connection: Connection, asked: Asked, ids: Sequence[UUID]) -> frozenset[str]:
    """The words of these experiences for which they were found, as they stand there, casefolded."""
    if not ids:
        return frozenset()
    if connection.dialect.name == "sqlite":
        shown: Any = func.highlight(literal_column("search_words"), 0, _BEGIN, _END)
        number = WORDS.c.rowid
    else:
        options = f"HighlightAll=true, StartSel={_BEGIN}, StopSel={_END}"
        shown = func.ts_headline(literal_column("'english'::regconfig"), search_text.c.body, asked.query, options)
        number = WORDS.c.n
    query = select(shown).select_from(search_text.join(WORDS, number == search_text.c.n))
    bodies = connection.execute(query.where(search_text.c.experience_id.in_(ids), asked.match)).scalars()
    found = [word for body in bodies for stretch in _MARKED.findall(body) for word in _WORD.findall(stretch)]
    return frozenset(word.casefold() for word in found)


def _fts(groups: Sequence[tuple[str, Sequence[str]]]) -> str:
    either = (" OR ".join(f'"{word}"' for word in (said, *near)) for said, near in groups)
    return " AND ".join(f"({each})" for each in either)


def _tsquery(groups: Sequence[tuple[str, Sequence[str]]]) -> Any:
    whole: Any = None
    for said, near in groups:
        query: Any = func.plainto_tsquery(literal_column("'english'::regconfig"), said)
        for word in near:
            query = query.op("||")(func.plainto_tsquery(literal_column("'simple'::regconfig"), word))
        whole = query if whole is None else whole.op("&&")(query)
    return whole


# --- near-misses ----------------------------------------------------------------------------------------------------


def _near(connection: Connection, word: str) -> tuple[str, ...]:
    """Words of the vocabulary that a slip or two makes of this one, or this one of them. The first letter is seldom wrong."""
    slips = 0 if len(word) < ONE_SLIP_FROM else 1 if len(word) < TWO_SLIPS_FROM else 2
    if not slips or not word.isalpha():
        return ()
    known = search_vocabulary.c.word
    length = func.length(known).between(len(word) - slips - 2, len(word) + slips)
    query = select(known, search_vocabulary.c.told).where(known >= word[0], known < word[0] + "\U0010ffff", length)
    found = [
        (distance, -row.told, row.word)
        for row in connection.execute(query)
        if 0 < (distance := min(_slips(word, row.word, slips), _slips(_stem(word), row.word, slips))) <= slips
    ]
    told = _told(connection, word) if found else 0
    return tuple(near for _, minus, near in sorted(found) if not told or -minus <= max(RARE, told // 10))[:NEAREST]


def _slips(one: str, other: str, most: int) -> int:
    return OSA.distance(one, other, score_cutoff=most)


def _stem(word: str) -> str:
    """Near enough to what the index has: the vocabulary holds stems."""
    return re.sub(r"(?:ings?|ed|es|s|e|ly)$", "", word)


def _told(connection: Connection, word: str) -> int:
    """In how many experiences a word stands, counted up to a thousand."""
    exact = ask(connection, word, exactly=True)
    if exact is None:
        return 0
    some = exact.few.limit(1_000).subquery()
    return connection.execute(select(func.count()).select_from(some)).scalar_one()


# --- upkeep ---------------------------------------------------------------------------------------------------------


def learn_vocabulary(database: Database) -> int:
    """Read which words there are from the index and keep the most told, a few at a time. Returns how many there are now."""
    with database.reading() as connection:
        if database.is_sqlite:
            query = "SELECT term, doc FROM search_words_told ORDER BY doc DESC, term LIMIT :most"
        else:
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            query = (
                "SELECT word, ndoc FROM ts_stat('SELECT words FROM search_words JOIN search_text USING (n)')"
                " ORDER BY ndoc DESC, word LIMIT :most"
            )
        there = {row[0]: row[1] for row in connection.execute(text(query), {"most": LARGEST_VOCABULARY})}
        kept = {row.word: row.told for row in connection.execute(select(search_vocabulary))}
    changed = [word for word, told in kept.items() if there.get(word) != told]
    new = [{"word": word, "told": told} for word, told in there.items() if kept.get(word) != told]
    for begin in range(0, max(len(changed), len(new)), AT_ONCE):
        with database.writing() as connection:
            connection.execute(delete(search_vocabulary).where(search_vocabulary.c.word.in_(changed[begin : begin + AT_ONCE])))
            if rows := new[begin : begin + AT_ONCE]:
                gone = [row["word"] for row in rows]
                connection.execute(delete(search_vocabulary).where(search_vocabulary.c.word.in_(gone)))
                connection.execute(insert(search_vocabulary), rows)
    return len(there)


def wipe(database: Database, *, steps: int = 1) -> bool:
    """Write the index anew where words have gone from it: FTS5 only marks them as gone. Each step is short; True: there is
    more to do. PostgreSQL does it when it vacuums.
    """
    if not database.is_sqlite:
        return False
    for _ in range(steps):
        with database.writing() as connection:
            if connection.execute(text("SELECT 1 FROM search_words_due")).first() is None:
                return False
            before = connection.execute(text("SELECT total_changes()")).scalar_one()
            connection.execute(text("INSERT INTO search_words(search_words, rank) VALUES ('merge', :pages)"), {"pages": -PAGES})
            if connection.execute(text("SELECT total_changes()")).scalar_one() - before < 2:  # noqa: PLR2004 - as FTS5 documents it
                connection.execute(text("DELETE FROM search_words_due"))
                return False
    return True
