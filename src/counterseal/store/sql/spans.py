"""Which rows were live at a version, found without going through a history.

A row that has ended was live in the versions from ``since`` up to, but not at, ``until``. Its ``span`` is the one of
these that is divisible by the highest power of two; that of a live row is 0. Whatever was live at version v has one of
a few spans: for each power of two, the middle of the block of twice as many versions in which v lies. And all rows of
one span were live at that version, so there are never more of them than the limits of an organization allow.

Source: Kriegel, Pötke, Seidl, "Managing Intervals Efficiently in Object-Relational Databases", VLDB 2000.
"""

from __future__ import annotations

from counterseal.store.sql.query import Columns, Given, Type

_LEVELS = 40  # no organization has more versions than 2 to that

SPAN_UNTIL_GIVEN = (
    "(given.until - 1) & -coalesce((SELECT max(power) FROM powers_of_two"
    " WHERE power <= (since | (given.until - 1)) - (since & (given.until - 1))), 1)"
)
"""The span of a row that began in an earlier version than ``given.until``, at which it ends.

The difference is an exclusive or: its highest bit is the first that changes between the first version and the last.
"""

SPAN: Columns = (("span", Type.NUMBER),)
LIVE_THEN = "items.span = given.span AND since <= ? AND (until IS NULL OR until > ?)"
"""That a row was live at a version: of ``given``, which are the spans of ``then``, each is looked for by itself."""


def span_of(since: int, until: int) -> int:
    """As ``SPAN_UNTIL_GIVEN``, worked out here."""
    last = until - 1
    return last & -(1 << max((since ^ last).bit_length() - 1, 0))


def spans_of(version: int, *, levels: int = _LEVELS) -> list[int]:
    """Of every row that was live at ``version``, whether it has ended since or not."""
    return [0, *((version >> level + 1 << level + 1) + (1 << level) for level in range(levels))]


def then(version: int) -> Given:
    """What ``LIVE_THEN`` looks for. Its parameters are the version, twice."""
    return Given(SPAN, [(span,) for span in spans_of(version)])
