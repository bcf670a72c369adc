"""What is decided is in the ledger: all of it, once, in one order, and signed."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from audited import exported, key_of
from composed import ComposedServer
from counterseal.audit import verify
from counterseal.followers import sequencer
from counterseal.followers.checkpoint_file import CheckpointFile
from counterseal.followers.forks import Forked, continue_after_restore, require_no_fork
from counterseal.followers.log_key import origin_of, signer_of
from counterseal.followers.sequencer import Sequencer
from counterseal.ledger import Checkpoint, Leaf, LedgerError, Note, TiledTree, leaf_hash
from counterseal.store import Conflict, Entry, StoredLog
from counterseal.store.uuids import to_bytes


class Follower:
    """A sequencer of a server whose own has stopped."""

    def __init__(self, server: ComposedServer, file: CheckpointFile | None = None) -> None:
        self.server = server
        self.sequencer = self.another(file)

    def another(self, file: CheckpointFile | None = None) -> Sequencer:
        server = self.server
        return Sequencer(server.store, server.keystore, clock=server.clock, random=server.random, file=file)

    async def round(self) -> StoredLog:
        """Once, a second and more later."""
        self.server.clock.advance(seconds=1.5)
        await self.sequencer.round()
        return await self.log()

    async def log(self) -> StoredLog:
        return (await self.server.store.ledger_logs())[-1]

    async def entries(self) -> list[Entry]:
        log = await self.log()
        return await self.server.store.ledger_entries(log.log, start=0, end=log.size + 10)


@pytest.fixture
async def follower(server: ComposedServer, tmp_path: Path) -> Follower:
    await server.app._following.stop()
    return Follower(server, CheckpointFile(tmp_path / "checkpoint"))


async def tag(server: ComposedServer, number: int) -> Any:
    return await server.submit("CREATE_USER_TAG", {"userTagName": f"tag {number}", "userIds": []})


def place(entry: Entry) -> tuple[bytes, bytes, int]:
    return entry.organization_id, entry.activity_id, entry.ordinal


async def test_what_is_decided_is_in_it_once_and_in_order(follower: Follower) -> None:
    server = follower.server
    ids = [(await tag(server, number)).activity["id"] for number in range(5)]
    log = await follower.round()
    entries = await follower.entries()
    assert [entry.seq for entry in entries] == list(range(log.size)) == list(range(6))
    assert [entry.kind for entry in entries] == ["ORGANIZATION", *["ACTIVITY"] * 5]
    assert [entry.activity_id for entry in entries[1:]] == [to_bytes(id_) for id_ in ids]
    (shown,) = await server.store.records_of_activity(server.root.organization_id, ids[2])
    assert shown.entry == entries[3]
    assert (await server.store.ledger_pending(after=0, limit=9, bytes_max=9)).pending == []


async def test_the_checkpoint_is_over_the_leaves_and_signed(
    follower: Follower, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sequencer, "AT_ONCE", 8)
    monkeypatch.setattr(sequencer, "READ_AT_ONCE", 5)
    server = follower.server
    for size in 3, 40, 1:
        for number in range(size):
            await tag(server, size * 1000 + number)
        log = await follower.round()
        note = Note.of(log.checkpoint)
        assert set(note.check([signer_of(server.keystore, log.origin).key]))
        checkpoint = Checkpoint.of(note.text)
        assert checkpoint.origin == log.origin == origin_of(server.keystore)
        assert checkpoint.size == log.size
        entries = await follower.entries()
        leaves = [Leaf(each.at_ms, each.seq, each.kind, each.commitment.hex()).entry for each in entries]
        made = TiledTree(0, lambda _: b"").appended([leaf_hash(leaf) for leaf in leaves])
        assert checkpoint.root == TiledTree(log.size, made.__getitem__).root()
        stored = await server.store.ledger_tiles(log.log, list(made))
        assert stored == {(tile.level, tile.index): content for tile, content in made.items()}
    assert log.size == 45


async def test_it_is_signed_once_a_second_and_only_if_something_is_new(follower: Follower) -> None:
    server = follower.server
    await tag(server, 0)
    first = await follower.round()
    await tag(server, 1)
    await follower.sequencer.round()
    unsigned = await follower.log()
    assert (unsigned.size, unsigned.checkpoint) == (first.size + 1, first.checkpoint)
    signed = await follower.round()
    assert Checkpoint.of(Note.of(signed.checkpoint).text).size == unsigned.size
    assert await follower.round() == signed


async def test_of_two_that_see_the_same_one_puts_it_in(follower: Follower) -> None:
    server, other = follower.server, follower.another()
    await follower.round()
    for number in range(40):
        await tag(server, number)
    server.clock.advance(seconds=1.5)
    ended = await asyncio.gather(follower.sequencer.round(), other.round(), return_exceptions=True)
    assert all(each is None or isinstance(each, Conflict) for each in ended)
    await other.round()
    await follower.round()
    entries = await follower.entries()
    assert len({place(entry) for entry in entries}) == len(entries) == 41
    assert [entry.seq for entry in entries] == list(range(41))


async def test_it_goes_on_where_another_has_stopped(follower: Follower) -> None:
    await tag(follower.server, 1)
    await follower.round()
    await tag(follower.server, 2)
    follower.sequencer = follower.another()
    log = await follower.round()
    leaves = [Leaf(each.at_ms, each.seq, each.kind, each.commitment.hex()).entry for each in await follower.entries()]
    made = TiledTree(0, lambda _: b"").appended([leaf_hash(leaf) for leaf in leaves])
    assert Checkpoint.of(Note.of(log.checkpoint).text).root == TiledTree(log.size, made.__getitem__).root()


async def test_an_older_state_is_seen_and_goes_on_as_another_log(follower: Follower, tmp_path: Path) -> None:
    server, file = follower.server, CheckpointFile(tmp_path / "checkpoint")
    await tag(server, 5)
    log = await follower.round()
    await require_no_fork(server.store, server.keystore, file)
    ahead = Checkpoint(log.origin, log.size + 3, b"r" * 32).note.signed(signer_of(server.keystore, log.origin))
    others = Checkpoint(log.origin, log.size, b"r" * 32).note.signed(signer_of(server.keystore, log.origin))
    for note in ahead, others:
        file.write(note.content)
        with pytest.raises(Forked, match="`counterseal ledger continue-after-restore`"):
            await require_no_fork(server.store, server.keystore, file)
    await tag(server, 6)
    await follower.sequencer.round()  # which is no time to sign
    begun = await continue_after_restore(server.store, server.keystore, file, clock=server.clock, random=server.random)
    assert (begun.log, begun.origin) == (2, f"{log.origin}/2")
    await require_no_fork(server.store, server.keystore, file)
    id_ = (await tag(server, 7)).activity["id"]
    await follower.round()
    assert (await server.store.records_of_activity(server.root.organization_id, id_))[0].entry.log == 2
    lines = await exported(server.store, server.root.organization_id)
    verified = await verify(lines, key_of(server))
    assert [each.size for each in verified.checkpoints] == [log.size + 1, 2], "what was not signed yet is in it too"
    lines = [line for line in lines if not line.startswith(b'{"line":"fork"')]
    with pytest.raises(LedgerError, match="does not say from which log it goes on"):
        await verify(lines, key_of(server))
    assert [entry.kind for entry in await follower.entries()] == ["CHECKPOINT_FORK", "ACTIVITY"]
    await require_no_fork(server.store, server.keystore, file)


async def test_who_is_asked_to_end_ends_whatever_waits_and_the_next_puts_that_in(
    follower: Follower, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sequencer, "AT_ONCE", 1)
    monkeypatch.setattr(sequencer, "LAST_SECONDS", 0.0)
    follower.server.clock.work_seconds = 0.1
    for number in range(8):
        await tag(follower.server, number)
    follower.sequencer.close()
    await follower.sequencer.run()
    assert (await follower.log()).size < 9
    await follower.another().round()
    assert (await follower.log()).size == 9


async def test_a_fault_does_not_end_it_for_ever(follower: Follower, monkeypatch: pytest.MonkeyPatch) -> None:
    await tag(follower.server, 1)
    monkeypatch.setattr(sequencer, "ROUND_SECONDS", 0.01)
    pending, faults = follower.server.store.ledger_pending, [KeyError("a status of no release"), ValueError("a tile")]

    async def altered(**asked: Any) -> Any:
        if faults:
            raise faults.pop()
        return await pending(**asked)

    monkeypatch.setattr(follower.server.store, "ledger_pending", altered)
    running = asyncio.create_task(follower.sequencer.run())
    while not (await follower.server.store.ledger_logs()) or (await follower.log()).size < 2:
        await asyncio.sleep(0.01)
    follower.sequencer.close()
    await running
    assert faults == []
