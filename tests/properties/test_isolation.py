"""No query tells anything of another organization: not a sibling's, not the parent's, not a stranger's.

Queries and their members are taken from the contract, so that a new query is covered as soon as it has behaviour. Only
``furnish`` may have to learn to make what it shows.
"""

from __future__ import annotations

import json
import re
import types
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Annotated, Any, Union, get_args, get_origin

import msgspec

from composed import Actor, ComposedServer, key_params, user_params
from counterseal.bootstrap import FirstOrganization, create_first_organization
from counterseal.contract import Operation, all_operations
from counterseal.contract.shape import Shape
from counterseal.crypto import Curve, generate_key_pair
from counterseal.queries import implemented_queries
from counterseal.world import World

CANDIDATES = 5
"""How many of a victim's names and ids each member of each query is tried with."""

SHOW_NOTHING_HERE = {"get_authenticator"}
"""Queries of what ``furnish`` cannot make: a passkey takes an authenticator."""

SHORTEST_SECRET = 8

QUERIES = tuple(each for each in all_operations() if each.name in implemented_queries())


async def test_every_query_keeps_to_the_organizations_of_its_caller(tmp_path: Path) -> None:
    server = await ComposedServer.start(tmp_path)
    random = Random(20270115)
    (child,) = await server.add_sub_organization("child")
    (sibling,) = await server.add_sub_organization("sibling")
    stranger = await _stranger(server)
    owners = {"parent": server.root, "child": child, "sibling": sibling, "stranger": stranger}
    for name, owner in owners.items():
        await furnish(server, owner, name)
    shown = {name: await _all_that_is_shown_to(server, owner) for name, owner in owners.items()}
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
        (
            "CREATE_POLICY_V3",
            {"policyName": f"{name}'s policy", "effect": "EFFECT_ALLOW", "consensus": "true", "notes": f"{name} notes"},
        ),
        ("SET_ORGANIZATION_FEATURE", {"name": "FEATURE_NAME_WEBAUTHN_ORIGINS", "value": f"https://{name}.secret"}),
    ):
        reply = await server.submit(kind, parameters, by=owner)
        assert reply.status == 200, reply.body


async def _stranger(server: ComposedServer) -> Actor:
    key = generate_key_pair(Curve.P256)
    first = FirstOrganization(
        name="Stranger", user_name="stranger", user_email=None, public_key=key.public_key.hex(), curve=key.curve
    )
    made = await create_first_organization(server.store, first, World(server.clock.now_ms(), server.random))
    return Actor(organization_id=made.organization_id, user_id=made.user_id, key=key)


def _new_key(name: str) -> dict[str, Any]:
    return key_params(generate_key_pair(Curve.P256), name)


async def _all_that_is_shown_to(server: ComposedServer, owner: Actor) -> set[str]:
    """Every string in the answers to every query by ``owner`` about its organization and all that it has."""
    found: set[str] = set()
    answered: set[str] = set()
    for _ in range(2):  # first what needs no id, then with the ids
        ids = sorted(each for each in found if _is_id(each)) or [owner.user_id]
        for query in QUERIES:
            for tree in _trees(query, ids):
                reply = await server.query(query.name, by=owner, **tree)
                if reply.status == 200:
                    answered.add(query.name)
                    found |= set(_strings(reply.json))
    missing = implemented_queries() - answered - SHOW_NOTHING_HERE
    assert not missing, f"furnish makes nothing that these could show: {missing}"
    return found


def _attempts(
    query: Operation, attacker: Actor, victim: Actor, secrets: set[str], random: Random
) -> Iterator[dict[str, Any]]:
    """Bodies that name the victim's organization, or only what belongs to it."""
    candidates = random.sample(sorted(secrets), min(CANDIDATES, len(secrets)))
    ids = [each for each in sorted(secrets) if _is_id(each)]
    candidates += random.sample(ids, min(CANDIDATES, len(ids)))
    for organization_id in (attacker.organization_id, victim.organization_id):
        for tree in _trees(query, candidates):
            yield tree | {"organizationId": organization_id}
    yield {"organizationId": None} | next(_trees(query, [victim.user_id]))


async def _is_told_nothing(
    server: ComposedServer, query: Operation, attacker: Actor, tree: dict[str, Any], secrets: set[str]
) -> None:
    body = json.dumps(tree).encode()
    reply = await server.post(query.path, body, by=attacker)
    assert reply.status in {200, 400, 401, 403, 404}, reply.body
    told = {each for each in _strings(reply.json) if each in secrets and each not in body.decode()}
    assert not told, f"{query.path} {body!r} told {told}"


def _trees(query: Operation, candidates: list[str]) -> Iterator[dict[str, Any]]:
    """One body for every candidate in the place of every text of the query, and one with nothing but what it must."""
    assert query.request is not None
    required = {name for name, member in _members(query.request).items() if member.required} - {"organizationId"}
    if not required:
        yield {}
    for candidate in candidates:
        must = {name: _filled(_members(query.request)[name].type, candidate) for name in required}
        yield must
        for name, member in _members(query.request).items():
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
    return re.fullmatch(r"[0-9a-f-]{36}|0[23][0-9a-f]{64}", text) is not None
