"""Statements as values, and reads as generators of them: what is asked is written once, how it is asked by each store.

``?`` stands for a parameter. A statement over many values reads them from a table by the name of ``given``.
``CROSS JOIN table ON [condition]`` stands for: of each row so far, look for those of the table that meet the condition,
by all of it. It is for the planners, which would rather begin with the table where they take what is looked for to be
rare, as they do for the average organization.
"""

from __future__ import annotations

import enum
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

Value = TypeVar("Value")


class Type(enum.StrEnum):  # a str has a quick hash, and texts of statements are kept by their columns
    """The types of all columns there are."""

    BYTES = enum.auto()
    NUMBER = enum.auto()  # of 64 bits
    TEXT = enum.auto()


Columns = tuple[tuple[str, Type], ...]
Row = Sequence[Any]
Rows = Sequence[Row]


class Given(NamedTuple):
    """Rows that go into a statement, which reads them from ``given``. Never none."""

    columns: Columns
    rows: Rows


class Query(NamedTuple):
    """A question. Its parameters stand after all of ``given``."""

    text: str
    parameters: tuple[Any, ...] = ()
    given: Given | None = None


class Insert(NamedTuple):
    """New rows of a table."""

    table: str
    given: Given


class Delete(NamedTuple):
    """Rows of a table that go. ``given`` has their primary keys."""

    table: str
    given: Given


class Alter(NamedTuple):
    """Anything else that is done for each row of ``given``, by one statement."""

    text: str
    given: Given
    guard: str | None = None
    """What to say in a Conflict if there is a row of ``given`` that alters nothing."""


Write = Insert | Delete | Alter

PAUSE = None
"""Yielded by a long read where others may go on."""

Read = Generator[Query | None, Rows, Value]
"""A read: it yields what it asks and is sent the rows. All of it is of one moment."""


@dataclass(frozen=True)
class Done(Generic[Value]):
    """What a read has returned."""

    value: Value


def names(columns: Columns) -> str:
    """As a statement lists them."""
    return ", ".join(name for name, _ in columns)


def only(rows: Rows) -> Row | None:
    """The one row of an answer that can have no more."""
    return rows[0] if rows else None
