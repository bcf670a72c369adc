"""An export of whatever was decided verifies, and against a checkpoint of earlier; no byte of it can be altered."""

from __future__ import annotations

import pytest

from audited import checkpoint_of, decide_much, exported, key_of, sequenced
from counterseal.audit import verify
from counterseal.ledger import Checkpoint, LedgerError
from office import Office


async def test_what_was_decided_verifies(office: Office) -> None:
    server = office.server
    await decide_much(office)
    (sub,) = await server.add_sub_organization("below")
    await server.submit("CREATE_USER_TAG", {"userTagName": "below", "userIds": []}, by=sub)
    await sequenced(server)
    seen = await checkpoint_of(server)
    of_office = await verify(await exported(server.store, server.root.organization_id), key_of(server))
    assert of_office.decisions >= of_office.entries - 2  # but the organization's own, and the rejection
    assert not of_office.not_decided_again
    of_sub = await verify(await exported(server.store, sub.organization_id), key_of(server))
    assert of_sub.entries == 2
    await server.submit("CREATE_USER_TAG", {"userTagName": "later", "userIds": []})
    await sequenced(server)
    lines = await exported(server.store, sub.organization_id, seen)
    verified = await verify(lines, key_of(server), seen=seen)
    assert verified.checkpoints[0].size == seen.size + 1


async def test_another_checkpoint_than_was_seen_is_found(office: Office) -> None:
    server = office.server
    await sequenced(server)
    seen = await checkpoint_of(server)
    lines = await exported(server.store, server.root.organization_id, seen)
    for other, said in (
        (Checkpoint(seen.origin, seen.size, b"r" * 32), "different roots"),
        (Checkpoint(seen.origin, seen.size - 1, b"r" * 32), "another root of the older tree"),
        (Checkpoint(seen.origin, seen.size + 1, seen.root), "entries have been taken away"),
        (Checkpoint("another/ledger", seen.size, seen.root), "the file has no log another/ledger"),
    ):
        with pytest.raises(LedgerError, match=said):
            await verify(lines, key_of(server), seen=other)
    with pytest.raises(LedgerError, match="signed by none of the keys"):
        await verify(lines, bytes(32))


async def test_a_byte_of_the_file_is_not_altered_unseen(office: Office) -> None:
    server = office.server
    await decide_much(office)
    await sequenced(server)
    whole = b"".join(await exported(server.store, server.root.organization_id))
    unseen = []
    for at in range(7, len(whole), max(len(whole) // 150, 1)):
        other = whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]
        try:
            await verify(other.splitlines(keepends=True), key_of(server))
        except LedgerError:
            continue
        unseen.append(whole[max(0, at - 60) : at + 20])
    assert unseen == []
    with pytest.raises(LedgerError, match="the file ends before its last line"):
        await verify(whole.splitlines(keepends=True)[:-1], key_of(server))
