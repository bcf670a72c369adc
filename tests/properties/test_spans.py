"""Rows of a version are found by their spans: all of them, no others, and by looking at few."""

from __future__ import annotations

import sqlite3

from hypothesis import given
from hypothesis import strategies as st

from counterseal.store.sql.query import Query
from counterseal.store.sql.spans import LIVE_THEN, SPAN_UNTIL_GIVEN, span_of, spans_of, then
from counterseal.store.sqlite.statements import ask

NEWEST = 300
LIVES = st.lists(
    st.tuples(st.integers(1, NEWEST), st.one_of(st.none(), st.integers(1, NEWEST))).map(
        lambda life: (life[0], None if life[1] is None else life[0] + life[1])
    ),
    max_size=40,
)
"""From which version, and until which, if it has ended."""

_SCHEMA = """
CREATE TABLE powers_of_two (power INTEGER PRIMARY KEY);
CREATE TABLE items (number INTEGER PRIMARY KEY, since INTEGER, until INTEGER, span INTEGER NOT NULL DEFAULT 0);
CREATE INDEX items_by_span ON items (span);
"""


def rows_of(lives: list[tuple[int, int | None]]) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.executescript(_SCHEMA)
    connection.executemany("INSERT INTO powers_of_two VALUES (?)", [(1 << bit,) for bit in range(61)])
    for number, (since, until) in enumerate(lives):
        connection.execute("INSERT INTO items (number, since) VALUES (?, ?)", (number, since))
        if until is not None:
            connection.execute(
                "WITH given (number, until) AS (VALUES (?, ?))"
                f" UPDATE items SET until = given.until, span = {SPAN_UNTIL_GIVEN} FROM given"
                " WHERE items.number = given.number",
                (number, until),
            )
    return connection


@given(LIVES, st.integers(1, NEWEST))
def test_those_that_were_live_and_no_others(lives: list[tuple[int, int | None]], version: int) -> None:
    connection = rows_of(lives)
    query = Query(f"SELECT number FROM given CROSS JOIN items ON [{LIVE_THEN}]", (version, version), then(version))
    found = ask(connection, query)
    expected = [at for at, (since, until) in enumerate(lives) if since <= version < (until or 2 * NEWEST + 1)]
    assert sorted(number for (number,) in found) == expected
    connection.close()


@given(LIVES)
def test_all_rows_of_a_span_were_live_at_that_version(lives: list[tuple[int, int | None]]) -> None:
    connection = rows_of(lives)
    for since, until, span in connection.execute("SELECT since, until, span FROM items WHERE span > 0"):
        assert since <= span < until
        assert span == span_of(since, until)
    connection.close()


@given(st.integers(1, 1 << 39), st.integers(1, 1 << 20), st.integers(0, 1 << 20))
def test_the_newest_version_says_how_many_spans_there_are(since: int, length: int, later: int) -> None:
    until = since + length
    version = since + later % length
    assert span_of(since, until) in spans_of(version, levels=until.bit_length())
