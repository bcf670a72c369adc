"""No query tells anything of another organization: not a sibling's, not the parent's, not a stranger's.

Queries and their members are taken from the contract, our own operations included, so that a new query is covered as
soon as it has behaviour. Only ``furnish`` may have to learn to make what it shows. A query about an activity's body is
asked about a body of every kind.
"""

from __future__ import annotations

import json
import re
import types
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from random import Random
from typing import Annotated, Any, Union, get_args, get_origin

import msgspec

from bundles import sealed_to, secret_target_of
from composed import Actor, ComposedServer, key_params, user_params
from counterseal.activities import unit_of
from counterseal.bootstrap import FirstOrganization, create_first_organization
from counterseal.contract import Operation, all_extensions, all_operations
from counterseal.contract.shape import Shape
from counterseal.crypto import Curve, generate_key_pair
from counterseal.queries import query_of
from counterseal.world import World
from hostile.cases import body_of
from hostile.specimens import Known
from store_kinds import StoreKind
from wallet_samples import ETHEREUM, key

CANDIDATES = 3
"""How many of a victim's names and ids each member of each query is tried with."""

SHOW_NOTHING_HERE = {
    *("get_authenticator", "get_wallet_account"),
    *("get_boot_proof", "get_latest_boot_proof", "get_digested_objects", "get_ledger_consistency"),
}
"""What ``furnish`` cannot make, a passkey, which takes an authenticator; what is asked for by two texts at once; and
what is of no organization, or of an activity that asked for proofs (see tests/unit/engine/test_app_proofs.py).
"""

SHORTEST_SECRET = 8

SUBMITS = tuple(each for each in all_operations() if any(unit_of(variant.kind) for variant in each.variants.values()))

QUERIES = tuple(each for each in (*all_operations(), *all_extensions()) if query_of(each.name))


async def test_every_query_keeps_to_the_organizations_of_its_caller(tmp_path: Path, store_kind: StoreKind) -> None:
    server = await ComposedServer.start(tmp_path, database=store_kind.new_database())
    random = Random(20270115)
    (child,) = await server.add_sub_organization("child")
    (sibling,) = await server.add_sub_organization("sibling")
    stranger = await _stranger(server)
    owners = {"parent": server.root, "child": child, "sibling": sibling, "stranger": stranger}
    for name, owner in owners.items():
        await furnish(server, owner, name)
    shown = {name: await _all_that_is_shown_to(server, owner, random) for name, owner in owners.items()}
    for attacker, victim in (
        ("child", "sibling"),
        ("child", "parent"),
        ("child", "stranger"),
        ("parent", "stranger"),
        ("stranger", "parent"),
        ("stranger", "child"),
    ):
        secrets = shown[victim] - shown[attacker]
        assert len(secrets) > 20, "there is too little to be kept"
        for query in QUERIES:
            for tree in _attempts(query, owners[attacker], owners[victim], secrets, random):
                await _is_told_nothing(server, query, owners[attacker], tree, secrets)
    await server.app.stop()


async def furnish(server: ComposedServer, owner: Actor, name: str) -> None:
    """Give an organization something of everything that queries show, all of it with names of its own."""
    user = user_params(f"{name}'s user", generate_key_pair(Curve.P256), userEmail=f"{name}@secret.example")
    for kind, parameters in (
        ("CREATE_USER_TAG", {"userTagName": f"{name}'s tag", "userIds": [owner.user_id]}),
        ("CREATE_USERS_V4", {"users": [user]}),
        ("CREATE_API_KEYS_V2", {"userId": owner.user_id, "apiKeys": [_new_key(f"{name}'s second key")]}),
        ("CREATE_POLICY_V3", _policy(f"{name}'s policy", "true")),
        ("CREATE_POLICY_V3", _policy(f"{name}'s policy for two", "approvers.count() >= 2")),
        ("CREATE_PRIVATE_KEY_TAG", {"privateKeyTagName": f"{name}'s key tag", "privateKeyIds": []}),
        ("CREATE_WEBHOOK_ENDPOINT", {"url": f"https://{name}.example.com", "name": f"{name}'s endpoint"}),
        ("CREATE_SMART_CONTRACT_INTERFACE", _interface(f"{name}'s contract")),
        ("SET_ORGANIZATION_FEATURE", {"name": "FEATURE_NAME_WEBAUTHN_ORIGINS", "value": f"https://{name}.secret"}),
        ("CREATE_WALLET", {"walletName": f"{name}'s wallet", "accounts": [ETHEREUM | {"name": f"{name}'s account"}]}),
        ("CREATE_PRIVATE_KEYS_V2", {"privateKeys": [key(f"{name}'s private key", "COMPRESSED", "ETHEREUM")]}),
        ("IMPORT_SECRETS", {"secrets": [await _secret(server, owner, f"{name}'s secret")]}),
        ("CREATE_SESSION_PROFILE", {"sessionProfileName": f"{name}'s profile", "scope": f"'{name}' == 'secret'"}),
        (
            "SET_IP_ALLOWLIST",
            {"rules": [{"cidr": "127.0.0.1", "label": f"{name}'s place"}], "enabled": True},
        ),
    ):
        if kind in ("CREATE_SESSION_PROFILE", "SET_IP_ALLOWLIST") and name in ("child", "sibling"):
            continue
        reply = await server.submit(kind, parameters, by=owner)
        assert reply.status == 200, reply.body


async def _stranger(server: ComposedServer) -> Actor:
    own = generate_key_pair(Curve.P256)
    first = FirstOrganization(
        name="Stranger", user_name="stranger", user_email=None, public_key=own.public_key.hex(), curve=own.curve
    )
    made = await create_first_organization(server.store, first, World(server.clock.now_ms(), server.random))
    return Actor(organization_id=made.organization_id, user_id=made.user_id, key=own)


async def _secret(server: ComposedServer, owner: Actor, name: str) -> dict[str, Any]:
    target = await secret_target_of(server, by=owner)
    suite = "TRANSPORT_ENCRYPTION_SUITE_ENCLAVE_ENCRYPT_V1"
    payload = {"secretPayload": sealed_to(target, b"text"), "targetPublicKey": target, "encryptionSuite": suite}
    return payload | {"name": name, "staticProperties": [{"key": "whose", "value": f"{name}!"}]}


def _interface(name: str) -> dict[str, str]:
    text = json.dumps([{"type": "event", "name": name}])
    place = {"smartContractAddress": f"0x{'11' * 20}", "type": "SMART_CONTRACT_INTERFACE_TYPE_ETHEREUM"}
    return place | {"smartContractInterface": text, "label": name, "notes": f"notes on {name}"}


def _policy(name: str, consensus: str) -> dict[str, Any]:
    return {"policyName": name, "effect": "EFFECT_ALLOW", "consensus": consensus, "notes": f"notes on {name}"}


def _new_key(name: str) -> dict[str, Any]:
    return key_params(generate_key_pair(Curve.P256), name)


async def _all_that_is_shown_to(server: ComposedServer, owner: Actor, random: Random) -> set[str]:
    """Every string in the answers to every query by ``owner`` about its organization and all that it has."""
    found: set[str] = set()
    answered: set[str] = set()
    for _ in range(2):  # first what needs no id, then with the ids
        ids = sorted(each for each in found if _is_id(each)) or [owner.user_id]
        for query in QUERIES:
            for tree in _trees(query, ids, _bodies(owner.organization_id, ids, random)):
                body = json.dumps({"organizationId": owner.organization_id} | tree).encode()
                reply = await server.post(query.path, body, by=owner)
                if reply.status == 200:
                    answered.add(query.name)
                    found |= set(_strings({name: each for name, each in reply.json.items() if name != "refusal"}))
    missing = {query.name for query in QUERIES} - answered - SHOW_NOTHING_HERE
    assert not missing, f"furnish makes nothing that these could show: {missing}"
    return found


def _attempts(
    query: Operation, attacker: Actor, victim: Actor, secrets: set[str], random: Random
) -> Iterator[dict[str, Any]]:
    """Bodies that name the victim's organization, or only what belongs to it."""
    candidates = random.sample(sorted(secrets), min(CANDIDATES, len(secrets)))
    ids = [each for each in sorted(secrets) if _is_id(each)]
    candidates += random.sample(ids, min(CANDIDATES, len(ids)))
    bodies = [
        *_bodies(attacker.organization_id, ids, random),
        *_bodies(victim.organization_id, ids, random),
        *(each for each in sorted(secrets) if each.startswith("{")),
    ]
    for organization_id in (attacker.organization_id, victim.organization_id):
        for tree in _trees(query, candidates, bodies):
            yield tree | {"organizationId": organization_id}
    yield {"organizationId": None} | next(_trees(query, [victim.user_id], bodies))


async def _is_told_nothing(
    server: ComposedServer, query: Operation, attacker: Actor, tree: dict[str, Any], secrets: set[str]
) -> None:
    body = json.dumps(tree).encode()
    reply = await server.post(query.path, body, by=attacker)
    assert reply.status in {200, 400, 401, 403, 404}, reply.body
    told = {each for each in _strings(reply.json) if each in secrets and each not in body.decode()}
    assert not told, f"{query.path} {body!r} told {told}"


def _bodies(organization_id: str, ids: list[str], random: Random) -> list[str]:
    """A body that is in order, and the body of an activity of every kind, about ``ids``."""
    tag = {"type": "ACTIVITY_TYPE_CREATE_USER_TAG", "timestampMs": "0", "organizationId": organization_id}
    sound = tag | {"parameters": {"userTagName": "new", "userIds": []}}
    known = Known(organization_id, tuple(ids), tuple(each for each in ids if not _is_uuid(each)) or ("02" * 33,))
    return [json.dumps(each) for each in (sound, *(body_of(each, known, random) for each in SUBMITS))]


def _trees(query: Operation, candidates: list[str], bodies: list[str]) -> Iterator[dict[str, Any]]:
    """One tree for every candidate in the place of every text of the query, and one with nothing but what it must.

    ``bodies`` are for queries about the body of an activity: each is asked about once, the first with every candidate.
    """
    assert query.request is not None
    members = _members(query.request)
    required = {name for name, member in members.items() if member.required} - {"organizationId"}
    if not required:
        yield {}
    asked = [(each, bodies[0]) for each in candidates]
    if "body" in required:
        asked += zip(cycle(candidates), bodies[1:], strict=False)
    for candidate, body in asked:
        must = {name: _filled(members[name].type, candidate) for name in required - {"body"}}
        must |= {"body": body} if "body" in required else {}
        yield must
        for name, member in members.items():
            if name not in required | {"organizationId"} and _filled(member.type, candidate) is not None:
                yield must | {name: _filled(member.type, candidate)}


def _members(shape: type[Shape]) -> dict[str, msgspec.structs.FieldInfo]:
    return {member.encode_name: member for member in msgspec.structs.fields(shape)}


def _filled(expected: Any, text: str) -> Any:
    """``text`` wherever the type has room for it; None where it has none."""
    origin = get_origin(expected)
    if origin is Annotated:
        return _filled(get_args(expected)[0], text)
    if origin is Union or origin is types.UnionType:
        return _filled(next(each for each in get_args(expected) if each is not types.NoneType), text)
    if origin is list:
        item = _filled(get_args(expected)[0], text)
        return None if item is None else [item]
    if expected is str:
        return text
    if isinstance(expected, type) and issubclass(expected, Shape):
        filled = {name: _filled(member.type, text) for name, member in _members(expected).items()}
        return {name: value for name, value in filled.items() if value is not None and name != "limit"} or None
    return None


def _strings(value: Any) -> Iterator[str]:
    """Every text in a reply that is long enough to tell something, the bodies that votes quote taken apart, too."""
    if isinstance(value, dict):
        for each in value.values():
            yield from _strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)
    elif isinstance(value, str) and len(value) >= SHORTEST_SECRET:
        yield value
        yield from re.findall(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|0[23][0-9a-f]{64}", value)


def _is_id(text: str) -> bool:
    return _is_uuid(text) or re.fullmatch(r"0[23][0-9a-f]{64}", text) is not None


def _is_uuid(text: str) -> bool:
    return re.fullmatch(r"[0-9a-f-]{36}", text) is not None
