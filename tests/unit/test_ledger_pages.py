"""The ledger over HTTP: what anybody may read, and what only members of an organization may."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from audited import checkpoint_of, key_of, sequenced
from composed import Actor, ComposedServer, Reply
from counterseal.followers.log_key import origin_of
from counterseal.ledger import (
    Note,
    ProofFile,
    SignatureType,
    Tile,
    TiledTree,
    Trust,
    VerifierKey,
    check_consistency,
    disclosed_by,
    entries_of,
    leaf_hash,
)
from counterseal.store import Entry

LEDGER = "/counterseal/v1/ledger"


async def ask(server: ComposedServer, name: str, by: Actor, **members: Any) -> Reply:
    body = json.dumps({"organizationId": server.root.organization_id} | members).encode()
    return await server.post(f"/counterseal/v1/query/{name}", body, by=by)


def trust_in(server: ComposedServer) -> Trust:
    return Trust(frozenset({VerifierKey(origin_of(server.keystore), SignatureType.LOG, key_of(server))}))


async def tags(server: ComposedServer, *numbers: int) -> list[str]:
    made = [await server.submit("CREATE_USER_TAG", {"userTagName": f"{each}", "userIds": []}) for each in numbers]
    return [reply.activity["id"] for reply in made]


async def test_tiles_are_served_as_far_as_they_are_signed(server: ComposedServer) -> None:
    await tags(server, *range(5))
    await sequenced(server)
    page = await server.call("GET", f"{LEDGER}/checkpoint")
    assert page.headers["content-type"] == "text/plain; charset=utf-8"
    assert page.headers["cache-control"] == "no-store"
    checkpoint = trust_in(server).checkpoint_of(Note.of(page.body))
    assert checkpoint.size == 6
    hashes = await server.call("GET", f"{LEDGER}/tile/0/000.p/6")
    entries = await server.call("GET", f"{LEDGER}/tile/entries/000.p/6")
    assert "immutable" in hashes.headers["cache-control"]
    assert [leaf_hash(entry) for entry in entries_of(entries.body)] == [
        hashes.body[at : at + 32] for at in range(0, 6 * 32, 32)
    ]
    assert TiledTree(6, {Tile(0, 0, 6): hashes.body}.__getitem__).root() == checkpoint.root
    assert (await server.call("GET", f"{LEDGER}/tile/0/000.p/2")).body == hashes.body[:64]
    for path in "tile/0/000", "tile/0/000.p/7", "tile/1/000.p/1", "tile/entries/001.p/1", "tile/0/0", "else", "":
        assert (await server.call("GET", f"{LEDGER}/{path}")).error[:2] == (404, 5), path
    assert (await server.call("POST", f"{LEDGER}/checkpoint")).status == 501


async def test_a_member_is_shown_that_an_activity_is_in_it(server: ComposedServer) -> None:
    (id_,) = await tags(server, 1)
    await sequenced(server)
    (proof,) = (await ask(server, "get_ledger_proof", server.root, activityId=id_)).json["proofs"]
    record = json.loads(disclosed_by(ProofFile.of(proof.encode()), trust_in(server)).record_text)
    assert record["activityId"] == id_.replace("-", "")
    assert record["status"] == "ACTIVITY_STATUS_COMPLETED"
    (stranger,) = await server.add_sub_organization("stranger")
    assert (await ask(server, "get_ledger_proof", stranger, activityId=id_)).status in {401, 403}
    below = await ask(server, "get_ledger_proof", stranger, activityId=id_, organizationId=stranger.organization_id)
    assert below.error[:2] == (404, 5)


async def test_it_is_shown_to_go_on_from_a_checkpoint(server: ComposedServer) -> None:
    await sequenced(server)
    seen = await checkpoint_of(server)
    await tags(server, 1, 2)
    await sequenced(server)
    found = (await ask(server, "get_ledger_consistency", server.root, oldSize=str(seen.size))).json
    now = trust_in(server).checkpoint_of(Note.of(found["checkpoint"].encode()))
    check_consistency(
        old_size=seen.size,
        old_root=seen.root,
        new_size=now.size,
        new_root=now.root,
        proof=[base64.b64decode(each) for each in found["hashes"]],
    )
    for wrong in "4", "-1", "x", "9" * 30:
        reply = await ask(server, "get_ledger_consistency", server.root, oldSize=wrong)
        assert reply.error[:2] == (400, 3), wrong


async def test_what_is_signed_for_and_not_there_is_a_fault_of_the_store(
    server: ComposedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows that somebody has deleted: neither a shorter tile, kept by caches for a year, nor a stack trace."""
    await tags(server, 1)
    await sequenced(server)
    store = server.store

    async def no_tiles(*_: Any) -> dict[tuple[int, int], bytes]:
        return {}

    async def no_entries(*_: Any, **__: Any) -> list[Entry]:
        return []

    monkeypatch.setattr(store, "ledger_tiles", no_tiles)
    monkeypatch.setattr(store, "ledger_entries", no_entries)
    for path in "tile/0/000.p/2", "tile/entries/000.p/2":
        reply = await server.call("GET", f"{LEDGER}/{path}")
        assert reply.error[:2] == (503, 14), path
        assert "immutable" not in reply.headers.get("cache-control", "")
