"""Statements of the hot path, compiled once and run straight on the driver.

SQLAlchemy builds an execution context for every statement it runs, which costs several times what SQLite then does with
it; a turn runs about sixteen. Here its compiler and its types are used once for a statement, and after that only the
values go through them. What is built from parts at run time, or expands a list, stays with ``Connection.execute``.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from typing import Any

from sqlalchemy import Connection, Dialect, exc
from sqlalchemy.sql.dml import UpdateBase

Processor = Callable[[Any], Any] | None

Values = Mapping[str, Any]


class Found:
    """What a statement gave: its rows, read already, and how many it changed."""

    __slots__ = ("_rows", "rowcount")

    def __init__(self, rows: Sequence[Any], rowcount: int) -> None:
        self._rows = rows
        self.rowcount = rowcount

    def all(self) -> Sequence[Any]:
        return self._rows

    def one_or_none(self) -> Any:
        """The row, its columns by name. Raises ``MultipleResultsFound``."""
        if len(self._rows) > 1:
            raise exc.MultipleResultsFound("one row at most was asked for")
        return self._rows[0] if self._rows else None

    def scalar_one_or_none(self) -> Any:
        row = self.one_or_none()
        return None if row is None else row[0]


class Prepared:
    """A statement of SQLAlchemy Core, for either database.

    An INSERT writes, and an UPDATE without values of its own changes, the columns that are named in the values given.
    """

    def __init__(self, statement: Any) -> None:
        self.statement = statement
        self._compiled: dict[tuple[str, tuple[str, ...]], _Compiled] = {}

    def run(self, connection: Connection, values: Values) -> Found:
        """Within the transaction that ``connection`` is in. Raises what SQLAlchemy would."""
        return self._for(connection, tuple(values)).run(connection, [values])

    def run_all(self, connection: Connection, rows: Sequence[Values]) -> None:
        """Once for each; all of the same columns. Nothing is given back."""
        if rows:
            self._for(connection, tuple(rows[0])).run(connection, rows)

    def _for(self, connection: Connection, names: tuple[str, ...]) -> _Compiled:
        key = (connection.dialect.name, names)
        compiled = self._compiled.get(key)
        if compiled is None:
            compiled = self._compiled[key] = _Compiled(self.statement, connection.dialect, names)
        return compiled


class _Compiled:
    """A statement as one driver takes it, for values of these names."""

    def __init__(self, statement: Any, dialect: Dialect, names: tuple[str, ...]) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=list(names))
        if compiled.post_compile_params or compiled.literal_execute_params:
            raise exc.InvalidRequestError("a prepared statement cannot expand a list")
        processors = {name: bind.type.dialect_impl(dialect).bind_processor(dialect) for name, bind in compiled.binds.items()}
        self._sql = compiled.string
        self._fixed = {name: _processed(value, processors[name]) for name, value in _fixed(compiled, names).items()}
        self._given = [(name, processors[name]) for name in names if name in processors]
        self._order = compiled.positiontup if compiled.positional else None
        described = (
            statement.returning_column_descriptions if isinstance(statement, UpdateBase) else statement.column_descriptions
        )
        self._types = [each["type"].dialect_impl(dialect) for each in described]
        make_row: Any = namedtuple  # noqa: PYI024 - its fields are known only here
        self._row = make_row("Found", [each["name"] for each in described], rename=True)
        self._columns: list[Processor] | None = None

    def run(self, connection: Connection, rows: Sequence[Values]) -> Found:
        driver: Any = connection.dialect.dbapi
        try:
            with closing(connection.connection.cursor()) as cursor:
                if len(rows) == 1:
                    cursor.execute(self._sql, self._parameters(rows[0]))
                else:
                    cursor.executemany(self._sql, [self._parameters(values) for values in rows])
                found = self._rows(cursor, connection.dialect) if cursor.description and len(rows) == 1 else ()
                return Found(found, cursor.rowcount)
        except driver.Error as error:
            if connection.dialect.is_disconnect(error, connection.connection, None):
                connection.invalidate(error)
            raise _as_sqlalchemy_says(error, connection.dialect, self._sql) from error

    def _parameters(self, values: Values) -> Any:
        named = dict(self._fixed)
        for name, process in self._given:
            named[name] = values[name] if process is None else process(values[name])
        return named if self._order is None else [named[name] for name in self._order]

    def _rows(self, cursor: Any, dialect: Dialect) -> list[Any]:
        if self._columns is None:  # the driver tells the types of its columns with the first answer
            self._columns = [
                each.result_processor(dialect, column[1]) for each, column in zip(self._types, cursor.description, strict=True)
            ]
        return [
            self._row(
                *[value if process is None else process(value) for process, value in zip(self._columns, values, strict=True)]
            )
            for values in cursor.fetchall()
        ]


def _fixed(compiled: Any, names: tuple[str, ...]) -> dict[str, Any]:
    """The values that are the same each time: those written in the statement, and the defaults of columns not given."""
    defaults = {column.key: column.default.arg for column in compiled.insert_prefetch} if compiled.isinsert else {}
    rest = {name: bind for name, bind in compiled.binds.items() if name not in names}
    missing = [name for name, bind in rest.items() if bind.required and name not in defaults]
    fixed = {name: defaults.get(name, bind.effective_value) for name, bind in rest.items()}
    if missing or any(callable(value) for value in fixed.values()):
        raise exc.InvalidRequestError(f"a prepared statement lacks {missing}, or has a default that is made anew each time")
    return fixed


def _processed(value: Any, process: Processor) -> Any:
    return value if process is None else process(value)


def _as_sqlalchemy_says(error: Exception, dialect: Dialect, sql: str) -> BaseException:
    base: Any = dialect.dbapi
    return exc.DBAPIError.instance(sql, None, error, base.Error, hide_parameters=True, dialect=dialect)
