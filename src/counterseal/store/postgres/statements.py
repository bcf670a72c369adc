"""Statements as PostgreSQL takes them: a text for each statement however many rows it has, so that it is planned once.

Rows go in as arrays, one a column. All that a batch writes is one statement: a round trip is what a commit costs most.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from counterseal.store.sql.batch import Work
from counterseal.store.sql.query import Alter, Columns, Delete, Given, Insert, Query, Type, Write, names

WORDS = {
    "bytes": "BYTEA",
    "number": "BIGINT",
    "text": 'TEXT COLLATE "C"',  # the order of bytes: no release of a C library changes it
    "by_key": "",
    "at_the_end": "",
}
"""For the steps of the schema. References are checked when a statement ends, for all its rows."""

_JOIN = re.compile(r"CROSS JOIN (\w+) ON \[([^]]*)\]")
_ARRAYS = {Type.BYTES: "bytea[]", Type.NUMBER: "bigint[]", Type.TEXT: "text[]"}


class Statement(NamedTuple):
    """What is sent: ``$1`` stands for the first parameter."""

    text: str
    parameters: tuple[Any, ...]


def question(query: Query) -> Statement:
    """A query."""
    if query.given is None:
        return Statement(_numbered(query.text, 0), query.parameters)
    columns = query.given.columns
    text = f"WITH {_given(columns, 0)} {_numbered(query.text, len(columns))}"
    return Statement(text, (*_arrays(query.given), *query.parameters))


class Batch(NamedTuple):
    """All that a batch does. The answer is one row of counts, as they are expected unless there is a conflict."""

    statement: Statement
    expected: tuple[tuple[int, str], ...]
    """Each with what to say if it is another one."""


def batch(work: Work) -> Batch | None:
    """The checks and the writes; None if there are none.

    All parts of a statement see what was there before it, so the checks are not met by what the writes leave.
    """
    checks = [check for check in (_check("organizations", work.versions), _check("resources", work.revisions)) if check]
    if not checks and not work.writes:
        return None
    text = _batch_text(
        tuple((_text_of(write), write.given.columns, _guard(write) is not None) for write in work.writes),
        tuple((table, given.columns) for table, given in checks),
    )
    guards = [(len(write.given.rows), guard) for write in work.writes if (guard := _guard(write)) is not None]
    expected = guards + [(len(given.rows), f"of {table} some are others by now") for table, given in checks]
    given = [write.given for write in work.writes] + [given for _, given in checks]
    return Batch(Statement(text, tuple(array for each in given for array in _arrays(each))), tuple(expected))


def _check(table: str, given: Given | None) -> tuple[str, Given] | None:
    return None if given is None else (table, given)


def _guard(write: Write) -> str | None:
    return write.guard if isinstance(write, Alter) else None


def write_alone(write: Write) -> Statement:
    """One write."""
    columns = write.given.columns
    return Statement(f"WITH {_given(columns, 0)} {_joined(_text_of(write))}", _arrays(write.given))


def lock(organization_ids: list[bytes]) -> str:
    """Lock the rows of organizations, always in the same order: whoever comes later waits and then sees what was done.

    The text has the ids in it, because it is sent together with BEGIN, which takes no parameters.
    """
    ids = ", ".join(f"decode('{id_.hex()}', 'hex')" for id_ in sorted(organization_ids))
    return f"SELECT 1 FROM organizations WHERE id IN ({ids}) ORDER BY id FOR NO KEY UPDATE"


def _text_of(write: Write) -> str:
    if isinstance(write, Alter):
        return write.text
    if isinstance(write, Insert):
        return _insert(write.table, write.given.columns)
    return _delete(write)


@lru_cache(256)
def _insert(table: str, columns: Columns) -> str:
    return f"INSERT INTO {table} ({names(columns)}) SELECT {names(columns)} FROM given"


def _delete(write: Delete) -> str:
    same = " AND ".join(f"{write.table}.{name} = given.{name}" for name, _ in write.given.columns)
    return f"DELETE FROM {write.table} USING given WHERE {same}"


@lru_cache(1024)
def _batch_text(writes: tuple[tuple[str, Columns, bool], ...], checks: tuple[tuple[str, Columns], ...]) -> str:
    parts, counts, before = [], [], 0
    for number, (text, columns, is_guarded) in enumerate(writes):
        returning = " RETURNING 1" if is_guarded else ""
        parts.append(f"write_{number} AS (WITH {_given(columns, before)} {_joined(text)}{returning})")
        if is_guarded:
            counts.append(f"(SELECT count(*) FROM write_{number})")
        before += len(columns)
    for table, columns in checks:
        same = " AND ".join(f"{table}.{name} = given.{name}" for name, _ in columns)
        there = _joined(f"given CROSS JOIN {table} ON [{same}]")
        counts.append(f"(WITH {_given(columns, before)} SELECT count(*) FROM {there})")
        before += len(columns)
    head = f"WITH {', '.join(parts)} " if parts else ""
    return f"{head}SELECT {', '.join(counts)}"


def _joined(text: str) -> str:
    """OFFSET 0 keeps the planner from taking the subquery apart and beginning with the table."""
    return _JOIN.sub(r"CROSS JOIN LATERAL (SELECT * FROM \1 WHERE \2 OFFSET 0) \1", text)


@lru_cache(1024)
def _given(columns: Columns, before: int) -> str:
    arrays = ", ".join(f"${before + at}::{_ARRAYS[type_]}" for at, (_, type_) in enumerate(columns, 1))
    return f"given ({names(columns)}) AS (SELECT * FROM unnest({arrays}))"


@lru_cache(1024)
def _numbered(text: str, before: int) -> str:
    return "".join(_pieces(text, before))


def _pieces(text: str, before: int) -> Iterator[str]:
    first, *others = _joined(text).split("?")
    yield first
    for number, piece in enumerate(others, before + 1):
        yield f"${number}{piece}"


def _arrays(given: Given) -> tuple[list[Any], ...]:
    return tuple(list(column) for column in zip(*given.rows, strict=True))
