"""Secrets: how they come in and go out, who may take them, and what is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bundles import opened, said_in, sealed_to
from composed import Actor, ComposedServer, Reply
from counterseal.crypto.p256 import P256PrivateKey
from counterseal.organizations import ImportTarget, Secret
from office import Office

SUITE = {"encryptionSuite": "TRANSPORT_ENCRYPTION_SUITE_ENCLAVE_ENCRYPT_V1"}
CLIENT = P256PrivateKey.generate()
NOBODY = "00000000-0000-4000-8000-0000000000ff"
NOT_OPENED = (400, "could not decrypt import bundle")


async def targets(server: ComposedServer, number: int, *, by: Actor | None = None) -> list[str]:
    reply = await server.submit("INIT_IMPORT_SECRETS", {"numSecrets": number} | SUITE, by=by)
    organization_id = (by or server.root).organization_id
    messages = [said_in(each, server, organization_id) for each in reply.result["enclaveTargetMessages"]]
    assert all(list(each) == ["targetPublic", "organizationId"] for each in messages)
    return [each["targetPublic"] for each in messages]


def secret(target: str, text: str | bytes, name: str | None = None, **properties: str) -> dict[str, Any]:
    plaintext = text if isinstance(text, bytes) else text.encode()
    params: dict[str, Any] = {"secretPayload": sealed_to(target, plaintext), "targetPublicKey": target} | SUITE
    if name is not None:
        params["name"] = name
    return params | {"staticProperties": [{"key": key, "value": value} for key, value in properties.items()]}


async def bring(server: ComposedServer, *secrets: dict[str, Any], by: Actor | None = None) -> Reply:
    return await server.submit("IMPORT_SECRETS", {"secrets": [*secrets]}, by=by)


def wanted(*ids: str) -> dict[str, Any]:
    return {"secrets": [{"secretId": id_, "targetPublicKey": CLIENT.public_point.hex()} | SUITE for id_ in ids]}


async def kept(server: ComposedServer, *texts: str, **properties: str) -> list[str]:
    made = await targets(server, len(texts))
    reply = await bring(server, *(secret(target, text, **properties) for target, text in zip(made, texts, strict=True)))
    ids: list[str] = reply.result["secretIds"]
    return ids


async def count(server: ComposedServer, kind: type) -> int:
    return await server.store.count(server.root.organization_id, kind, at_most=1000)


async def test_texts_come_in_and_go_out_again(server: ComposedServer) -> None:
    texts = ["s3cr3t", "clé ✓\n", "x" * 65536]
    made = await targets(server, 3)
    named = [secret(made[at], text, f"n{at}", env="prod") for at, text in enumerate(texts)]
    reply = await bring(server, *named)
    ids = reply.result["secretIds"]
    payloads = (await server.submit("EXPORT_SECRETS", wanted(*reversed(ids)))).result["secretPayloads"]
    assert [opened(each, CLIENT, server).decode() for each in payloads] == texts[::-1]
    listed = (await server.query("list_secrets")).json["secrets"]
    assert [each["secretId"] for each in listed] == ids[::-1], "newest first"
    assert listed[0]["name"] == "n2"
    assert listed[0]["staticProperties"] == [{"key": "env", "value": "prod"}]
    assert listed[0]["createdAtUnixMs"].isdigit()
    assert await count(server, ImportTarget) == 0
    page = await server.query("list_secrets", paginationOptions={"limit": "1", "after": ids[2]})
    assert [each["secretId"] for each in page.json["secrets"]] == [ids[1]]
    assert (await server.submit("DELETE_SECRETS", {"secretIds": ids[:1]})).result == {"secretIds": ids[:1]}
    reply = await server.submit("EXPORT_SECRETS", wanted(ids[0]))
    assert reply.error[:2] == (404, 5)
    organization_id = server.root.organization_id
    assert ids[0] not in await server.store.secrets(organization_id, ids)


async def test_targets_are_used_once_and_by_their_own_organization(server: ComposedServer) -> None:
    (below,) = await server.add_sub_organization("below")
    (own,), (foreign,) = await targets(server, 1), await targets(server, 1, by=below)
    wallets = await server.submit("INIT_IMPORT_WALLET", {"userId": server.root.user_id})
    other_kind = said_in(wallets.result["importBundle"], server)["targetPublic"]
    strange = P256PrivateKey.generate().public_point.hex()
    for target in foreign, other_kind, strange:
        reply = await bring(server, secret(target, "x"))
        assert (reply.status, reply.message) == NOT_OPENED
    reply = await bring(server, secret(own, "x") | {"secretPayload": sealed_to(strange, b"x")})
    assert (reply.status, reply.message) == NOT_OPENED
    assert (await bring(server, secret(own, "x"))).status == 200
    reply = await bring(server, secret(own, "y"))
    assert (reply.status, reply.message) == NOT_OPENED
    assert await count(server, Secret) == 1


async def test_all_or_none(server: ComposedServer) -> None:
    one, two = await targets(server, 2)
    reply = await bring(server, secret(one, "fine"), secret(two, b"\xff"))
    assert reply.error[:2] == (400, 3)
    assert await count(server, Secret) == 0
    assert (await bring(server, secret(one, "fine"), secret(two, "too"))).status == 200


async def test_targets_live_for_a_day_and_do_not_heap_up(server: ComposedServer) -> None:
    made = await targets(server, 100)
    reply = await server.submit("INIT_IMPORT_SECRETS", {"numSecrets": 1} | SUITE)
    assert reply.error[:2] == (429, 8)
    server.clock.advance(seconds=24 * 3600)
    reply = await bring(server, secret(made[0], "late"))
    assert (reply.status, reply.message) == NOT_OPENED
    for _ in range(3):
        await targets(server, 100)
        server.clock.advance(seconds=24 * 3600)
    assert await count(server, ImportTarget) == 200


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": ""}, "at `name`"),
        ({"name": "taken"}, "secret name must be unique: `taken` is taken"),
        ({"staticProperties": [{"key": "a b", "value": "x"}]}, "at `parameters.secrets[0].staticProperties[0].key`"),
        ({"staticProperties": [{"key": "a", "value": "x" * 1025}]}, "expected at most 1024 characters"),
        ({"staticProperties": [{"key": "a", "value": "x"}] * 2}, "expected different keys"),
        ({"staticProperties": [{"key": f"k{at}", "value": "x"} for at in range(33)]}, "expected at most 32 items"),
        ({"secretPayload": "{}"}, "could not decrypt import bundle: expected an object"),
        ({"encryptionSuite": "X"}, "encryptionSuite"),
    ],
)
async def test_what_is_wrong_is_said(server: ComposedServer, changes: dict[str, Any], message: str) -> None:
    one, two = await targets(server, 2)
    assert (await bring(server, secret(one, "x", "taken"))).status == 200
    reply = await bring(server, secret(two, "y") | changes)
    assert reply.error[:2] == (400, 3)
    assert message in reply.message
    assert await count(server, Secret) == 1


@pytest.mark.parametrize("number", [0, -1, 101])
async def test_so_many_targets_are_not_made(server: ComposedServer, number: int) -> None:
    assert (await server.submit("INIT_IMPORT_SECRETS", {"numSecrets": number} | SUITE)).error[:2] == (400, 3)


async def test_one_target_and_one_name_are_for_one_secret(server: ComposedServer) -> None:
    one, two = await targets(server, 2)
    for secrets in ([secret(one, "x"), secret(one, "y")], [secret(one, "x", "n"), secret(two, "y", "n")], []):
        assert (await bring(server, *secrets)).error[:2] == (400, 3)
    assert await count(server, Secret) == 0


async def test_every_secret_must_be_allowed(office: Office) -> None:
    server = office.server
    await office.allow("activity.resource == 'SECRET' && secret.static_properties['env'] == 'dev'", "true")
    (dev, other), (prod,) = await kept(server, "a", "b", env="dev"), await kept(server, "c", env="prod")
    (plain,) = await kept(server, "d")
    for ids, status in (([dev], 200), ([dev, other], 200), ([prod], 403), ([dev, prod], 403), ([dev, plain], 403)):
        assert (await server.submit("EXPORT_SECRETS", wanted(*ids), by=office.agent)).status == status, ids
    await office.deny("secret.static_properties['env'] == 'prod'", "true")
    reply = await server.submit("EXPORT_SECRETS", wanted(dev, prod), by=office.agent)
    assert reply.message == "policy engine denied request explicitly"
    made = await targets(server, 2)
    allowed = [secret(made[0], "x", env="dev"), secret(made[1], "y", env="prod")]
    assert (await bring(server, *allowed, by=office.agent)).status == 403
    assert (await bring(server, allowed[0], by=office.agent)).status == 200


async def test_an_import_waits_for_votes_and_keeps_its_target(office: Office) -> None:
    server = office.server
    await office.allow("activity.kind == 'IMPORT_SECRETS'", "approvers.count() == 2")
    (target,) = await targets(server, 1)
    body = server.activity_body("IMPORT_SECRETS", {"secrets": [secret(target, "x")]})
    reply = await server.post("/public/v1/submit/import_secrets", body, by=office.agent)
    assert reply.activity["status"] == "ACTIVITY_STATUS_CONSENSUS_NEEDED"
    server.clock.advance(seconds=23 * 3600)
    (activity,) = (await server.query("list_activities", paginationOptions={"limit": "1"})).json["activities"]
    assert activity["status"] == "ACTIVITY_STATUS_CONSENSUS_NEEDED"
    assert (await server.post("/public/v1/submit/import_secrets", body, by=office.ann)).result["secretIds"]
    assert json.loads(body)["parameters"]["secrets"][0]["targetPublicKey"] == target


async def test_they_go_with_their_organization(server: ComposedServer) -> None:
    [root] = await server.add_sub_organization("root")
    first, _ = await targets(server, 2, by=root)
    [id_] = (await bring(server, secret(first, "s3cr3t", "name"), by=root)).result["secretIds"]
    organization_id = root.organization_id
    assert await server.store.secrets(organization_id, [id_])
    await server.submit("DELETE_SUB_ORGANIZATION", {}, by=root)
    assert await server.store.secrets(organization_id, [id_]) == {}
    for kind in (Secret, ImportTarget):
        assert await server.store.count(organization_id, kind, at_most=5) == 0
