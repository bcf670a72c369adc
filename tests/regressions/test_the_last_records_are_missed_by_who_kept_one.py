"""Entries of a log do not say whose they are. So who may write to the tables could take an organization's last records
out of its chain, give their entries to nobody, and an export without them verified, against a checkpoint of later, too.
It still does; but not for somebody who has kept the head of then, or a proof of one of these records.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
from contextlib import closing
from pathlib import Path

from click.testing import CliRunner, Result

from audited import checkpoint_of, exported, key_of, sequenced
from counterseal.cli.ledger import ledger
from counterseal.data_directory import STORE_FILE
from counterseal.store import SqliteStore
from counterseal.store.ledger_proofs import inclusion_proofs
from counterseal.store.uuids import to_bytes
from office import Office


def hide_last(path: Path, organization_id: bytes) -> None:
    """The last activity of an organization, with all that it has made."""
    with closing(sqlite3.connect(path)) as connection:
        log, seq, activity_id, effects, previous = connection.execute(
            "SELECT log, seq, activity_id, effects, previous FROM ledger_entries WHERE organization_id = ?"
            " ORDER BY log DESC, seq DESC LIMIT 1",
            (organization_id,),
        ).fetchone()
        version = int.from_bytes(effects[16:24])
        for statement, values in (
            ("DELETE FROM items WHERE organization_id = ? AND since = ?", (organization_id, version)),
            (
                "UPDATE items SET until = NULL, span = 0 WHERE organization_id = ? AND until = ?",
                (organization_id, version),
            ),
            ("UPDATE organizations SET version = ? WHERE id = ?", (version - 1, organization_id)),
            ("DELETE FROM votes WHERE activity_id = ?", (activity_id,)),
            ("DELETE FROM activities WHERE id = ?", (activity_id,)),
            (
                "UPDATE ledger_entries SET organization_id = randomblob(16), activity_id = randomblob(16)"
                " WHERE log = ? AND seq = ?",
                (log, seq),
            ),
            (
                "UPDATE ledger_chains SET head = ?, records = records - 1 WHERE organization_id = ?",
                (previous, organization_id),
            ),
        ):
            connection.execute(statement, values)
        connection.commit()


async def ran(file: Path, *options: str) -> Result:
    """``ledger verify``, which has an event loop of its own."""
    return await asyncio.to_thread(CliRunner().invoke, ledger, ["verify", str(file), *options])


async def test_the_last_record_is_missed_by_who_kept_its_head_or_a_proof(office: Office, tmp_path: Path) -> None:
    server = office.server
    id_, key = server.root.organization_id, key_of(server).hex()
    hidden = await office.propose(office.root)
    await sequenced(server)
    seen = await checkpoint_of(server)
    (log,) = await server.store.ledger_logs()
    (proof,) = await inclusion_proofs(server.store, id_, hidden.id)
    honest, lie, head = (tmp_path / name for name in ("honest", "lie", "head"))
    (tmp_path / "checkpoint").write_bytes(log.checkpoint)
    (tmp_path / "proof").write_bytes(proof.content)
    honest.write_bytes(b"".join(await exported(server.store, id_, seen)))

    async def verified(file: Path, *options: str) -> Result:
        return await ran(file, "--key", key, "--checkpoint", str(tmp_path / "checkpoint"), *options)

    first = await verified(honest, "--write-head", str(head))
    assert first.exit_code == 0, first.output
    organization_id, records, digest = head.read_text().split()
    assert organization_id == to_bytes(id_).hex()
    assert f"record {records} is the last in the file, its head {digest}" in first.output
    kept = [digest, str(head), str(tmp_path / "proof")]
    all_of_them = [word for each in kept for word in ("--head", each)]
    assert "all 3 records that you have kept are among them" in (await verified(honest, *all_of_them)).output

    await server.store.close()
    path = server.directory.path / STORE_FILE
    hide_last(path, to_bytes(id_))
    store = SqliteStore.open_read_only(path)
    lie.write_bytes(b"".join(await exported(store, id_, seen)))
    await store.close()

    assert (await verified(lie)).exit_code == 0  # nothing that is signed says how many there are
    for each in kept:
        found = await verified(lie, "--head", each)
        assert found.exit_code == 1
        assert f"record {digest}, is not among the organization's records here" in found.output


async def test_what_is_no_head_is_told_from_one_that_is_missing(office: Office, tmp_path: Path) -> None:
    server = office.server
    (sub,) = await server.add_sub_organization("below")
    below = (await server.submit("CREATE_USER_TAG", {"userTagName": "below", "userIds": []}, by=sub)).activity
    await sequenced(server)
    (proof,) = await inclusion_proofs(server.store, sub.organization_id, below["id"])
    file, kept = tmp_path / "export", tmp_path / "kept"
    file.write_bytes(b"".join(await exported(server.store, server.root.organization_id)))

    async def refused(head: str, key: bytes) -> str:
        result = await ran(file, "--key", key.hex(), "--head", head)
        assert result.exit_code == 1
        return result.output

    kept.write_bytes(proof.content)
    assert f"{kept} is of organization {to_bytes(sub.organization_id).hex()}" in await refused(
        str(kept), key_of(server)
    )
    assert "is neither a head nor a proof of an entry" in await refused(str(kept), b"k" * 32)
    kept.write_text(json.dumps({"proofs": []}))
    assert "is neither a head nor a proof of an entry" in await refused(str(kept), key_of(server))
    assert "neither 64 hexadecimal digits nor a file" in await refused(str(tmp_path / "none"), key_of(server))
