"""A line of an export has the types of its tables, null where the column may be; anything else is no line."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from typing import Any

import msgspec

from audited import decide_much, exported, key_of, sequenced
from counterseal.audit import verify
from counterseal.audit.lines import may_be_null
from counterseal.data_directory import STORE_FILE
from counterseal.ledger import LedgerError
from counterseal.store.sql import tables
from office import Office

ROWS = {
    "head": {"organization": tables.ORGANIZATIONS},
    "item": {"item": tables.ITEMS},
    "log": {"log": tables.LEDGER_LOGS},
    "tile": {"tile": tables.LEDGER_TILES},
    "entry": {"entry": tables.LEDGER_ENTRIES, "activity": tables.ACTIVITIES, "vote": tables.VOTES},
}
STRANGE: list[Any] = [None, -1, 1 << 62, 1 << 80, 1.5, "", "\ud7ff" * 20, "QQ==", [], {}, True]


def test_null_is_where_the_tables_have_it(office: Office) -> None:
    with closing(sqlite3.connect(office.server.directory.path / STORE_FILE)) as connection:
        for table in {table for rows in ROWS.values() for table in rows.values()}:
            columns = connection.execute(f"PRAGMA table_info({table.name})").fetchall()
            assert {name for _, name, _, not_null, *_ in columns if not not_null} == {
                name for name, _ in table.columns if may_be_null(name)
            }


async def test_whatever_stands_in_a_line_is_told_in_a_sentence(office: Office) -> None:
    server = office.server
    await decide_much(office)
    await sequenced(server)
    honest = await exported(server.store, server.root.organization_id)
    lines = [msgspec.json.decode(line) for line in honest]
    tried, accepted = 0, set()
    for kind, rows in ROWS.items():
        at = max(at for at, line in enumerate(lines) if line["line"] == kind)
        for member, table in rows.items():
            for column, _ in enumerate(table.columns):
                for value in STRANGE:
                    if lines[at][member][column] == value:
                        continue
                    row = [*lines[at][member][:column], value, *lines[at][member][column + 1 :]]
                    altered = [*honest]
                    altered[at] = msgspec.json.encode(lines[at] | {member: row}) + b"\n"
                    tried += 1
                    with suppress(LedgerError):
                        await verify(altered, key_of(server))
                        accepted.add((table.name, table.columns[column][0]))
    assert tried > 300
    # Of these the checkpoint says more; and no effects are none, be they null or nothing.
    assert accepted <= {("ledger_logs", "size"), ("ledger_logs", "signed_ms"), ("ledger_entries", "effects")}
