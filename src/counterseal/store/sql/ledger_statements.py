"""How the ledger grows, and what is not in it yet becomes less."""

from __future__ import annotations

from counterseal.store.sql.query import Type, names
from counterseal.store.sql.tables import LEDGER_CHAINS, LEDGER_LOGS, LEDGER_PENDING, LEDGER_TILES, Statement

OUT_OF_PENDING = Statement(
    "DELETE FROM ledger_pending WHERE place IN (SELECT place FROM given)",
    LEDGER_PENDING.columns[:1],
    guard="somebody else has put it into the ledger",
)
BEGIN_LOG = Statement(
    f"INSERT INTO ledger_logs ({names(LEDGER_LOGS.columns)}) SELECT {names(LEDGER_LOGS.columns)} FROM given"
    " WHERE true ON CONFLICT (log) DO NOTHING",
    LEDGER_LOGS.columns,
)
GROW_LOG = Statement(
    "UPDATE ledger_logs SET size = given.size, signed_ms = given.signed_ms, checkpoint = given.checkpoint"
    " FROM given WHERE ledger_logs.log = given.log AND ledger_logs.size = given.was"
    " AND ledger_logs.signed_ms = given.was_signed_ms",
    (
        *(column for column in LEDGER_LOGS.columns if column[0] != "origin"),
        ("was", Type.NUMBER),
        ("was_signed_ms", Type.NUMBER),
    ),
    guard="the ledger has grown meanwhile",
)
"""The proof that it stays one log in one order: whoever puts entries in says how many there were."""
SET_CHAINS = Statement(
    f"INSERT INTO ledger_chains ({names(LEDGER_CHAINS.columns)}) SELECT {names(LEDGER_CHAINS.columns)} FROM given"
    " WHERE true ON CONFLICT (organization_id) DO UPDATE SET records = excluded.records, head = excluded.head",
    LEDGER_CHAINS.columns,
)
SET_TILES = Statement(
    f"INSERT INTO ledger_tiles ({names(LEDGER_TILES.columns)}) SELECT {names(LEDGER_TILES.columns)} FROM given"
    " WHERE true ON CONFLICT (log, level, tile) DO UPDATE SET hashes = excluded.hashes",
    LEDGER_TILES.columns,
)
