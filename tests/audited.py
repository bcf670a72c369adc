"""An organization in which much was decided, put into the ledger, and handed to an auditor."""

from __future__ import annotations

from composed import ComposedServer
from counterseal.audit import export
from counterseal.followers.sequencer import Sequencer
from counterseal.ledger import Checkpoint, Note
from counterseal.store import Store
from office import Office, status_of


async def decide_much(office: Office) -> None:
    """Something of every outcome: done, waiting, approved, rejected, denied, failed; keys and users that go."""
    server = office.server
    await office.allow(consensus=f"{office.tagged(office.agents)} && {office.tagged(office.humans)}")
    waiting = await office.propose(office.agent)
    assert status_of(await office.vote(waiting, office.ann)) == "COMPLETED"
    rejected = await office.propose(office.agent)
    assert status_of(await office.vote(rejected, office.bob, "REJECT")) == "REJECTED"
    assert status_of(await office.resend(await office.propose(office.agent), office.ann)) == "COMPLETED"
    await office.propose(office.agent)
    assert (await office.propose(office.guest)).reply.status == 403
    key = await server.add_key(office.bob)
    await server.submit("DELETE_USERS", {"userIds": [office.guest.user_id]})
    await server.submit("CREATE_USER_TAG", {"userTagName": "by key", "userIds": []}, by=key)


async def sequenced(server: ComposedServer) -> None:
    await server.app._following.stop()
    follower = Sequencer(server.store, server.keystore, clock=server.clock, random=server.random)
    await follower.round(is_last=True)


async def exported(store: Store, organization_id: str, seen: Checkpoint | None = None) -> list[bytes]:
    return [line async for line in export(store, organization_id, seen)]


def key_of(server: ComposedServer) -> bytes:
    return bytes.fromhex(server.keystore.public_identities()["ledger"])


async def checkpoint_of(server: ComposedServer) -> Checkpoint:
    return Checkpoint.of(Note.of((await server.store.ledger_logs())[-1].checkpoint).text)
