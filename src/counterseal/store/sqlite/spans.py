"""Which rows were live at a version, found without going through a history.

A row that has ended was live in the versions from ``since`` up to, but not at, ``until``. Its ``span`` is the one of
these that is divisible by the highest power of two; that of a live row is 0. Whatever was live at version v has one of
a few spans: for each power of two, the middle of the block of twice as many versions in which v lies. And all rows of
one span were live at that version, so there are never more of them than the limits of an organization allow.

Source: Kriegel, Pötke, Seidl, "Managing Intervals Efficiently in Object-Relational Databases", VLDB 2000.
"""

from __future__ import annotations

from typing import NamedTuple

_LAST = "max(since, ?1 - 1)"
SPAN_UNTIL_1 = (
    f"{_LAST} & -coalesce((SELECT max(power) FROM powers_of_two"
    f" WHERE power <= (since | {_LAST}) - (since & {_LAST})), 1)"
)
"""The span of a row that ends at the version which is the statement's first parameter.

The difference is an exclusive or: its highest bit is the first that changes between the first version and the last.
"""


class Live(NamedTuple):
    """A condition on rows, and its parameters. The index has to begin with whose rows they are and go on with span."""

    condition: str
    parameters: list[int]


LIVE_NOW = Live("span = 0", [])


def live_then(version: int, *, newest: int) -> Live:
    """That a row was live at ``version``; ``newest`` is the version of today."""
    spans = [0, *_spans_of(version, newest)]
    marks = ", ".join("?" * len(spans))
    return Live(f"span IN ({marks}) AND since <= ? AND (until IS NULL OR until > ?)", [*spans, version, version])


def _spans_of(version: int, newest: int) -> list[int]:
    """Of every row that was live at ``version`` and has ended since."""
    return [(version >> level + 1 << level + 1) + (1 << level) for level in range(newest.bit_length())]
