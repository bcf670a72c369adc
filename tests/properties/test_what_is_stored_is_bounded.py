"""No member of any request makes what is stored of it large: for every kind, every text, every list and every object.
Only what is signed itself may be.

The largest of anything real takes some kilobytes; a hundred are refused wherever they stand, and nothing is stored.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from typing import Any, get_args

import msgspec
import pytest

from composed import ComposedServer, path_of, server, user_params
from counterseal.activities import unit_of
from counterseal.contract import Shape, all_operations
from counterseal.contract.upgrades import can_upgrade
from counterseal.crypto import Curve, generate_key_pair
from counterseal.engine.decide.decider import VOTES
from every_kind import parameters_of_every_kind

__all__ = ["server"]

LARGE = 100_000
GIANTS = (
    "a" * LARGE,
    "ab" * (LARGE // 2),
    "1" * LARGE,
    "\n" * LARGE,
    f"true{' ' * LARGE}",
    f"{'a' * LARGE}@example.com",
    f"a@{'a.' * (LARGE // 2)}com",
    f"https://{'a' * LARGE}.example",
    ",".join(["https://example.com"] * (LARGE // 20)),
    "A" * LARGE,
    "oA" + "A" * LARGE,
    "eyJ0eXBlIjoid2ViYXV0aG4uY3JlYXRlIn0" + "A" * LARGE,
)
"""Whatever a rule may look for in a text, one of these has it."""

REFUSED = {400, 404, 409, 413, 429, 501}
NOT_HERE = re.compile(r"oauthProviders|wallet|privateKeys|verificationToken|clientSignature|externalSigner")
"""Answered 501, see ``test_operations_without_behaviour`` and its like."""

IS_SIGNED = re.compile(r"payload|payloads\.\d+")
"""May be a megabyte: what a signature is for is the evidence."""

Path = tuple[str | int, ...]


def places(value: Any, at: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Everything in a tree, with the way to it."""
    yield at, value
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, item in items:
        yield from places(item, (*at, name))


def with_another(tree: Any, at: Path, value: Any) -> Any:
    """A copy with ``value`` in a place."""
    if not at:
        return value
    tree = copy.deepcopy(tree)
    inner = tree
    for name in at[:-1]:
        inner = inner[name]
    inner[at[-1]] = value
    return tree


def spoilt(parameters: Any) -> Iterator[tuple[str, Any]]:
    """The parameters, large in one place; and where."""
    for at, value in places(parameters):
        where = ".".join(map(str, at))
        if isinstance(value, str):
            if IS_SIGNED.fullmatch(where):
                continue
            yield from ((where, with_another(parameters, at, giant)) for giant in GIANTS)
            yield where, with_another(parameters, at, value + "a" * LARGE)
        elif isinstance(value, list) and value:
            yield f"{where}[]", with_another(parameters, at, value * 900)
        elif isinstance(value, dict):
            yield f"{where}.unknown", with_another(parameters, at, value | {"unknown": "x" * LARGE})
            yield f"{where}.unknown", with_another(parameters, at, value | {"unknown": [{"x": [1, 2, 3]}] * 9_000})


async def stored(server: ComposedServer) -> list[str]:
    reply = await server.query("list_activities", paginationOptions={"limit": "100"})
    return [activity["id"] for activity in reply.json["activities"]]


async def test_every_kind_is_here_with_all_that_it_may_have(server: ComposedServer) -> None:
    given = await parameters_of_every_kind(server)
    for operation in all_operations():
        for variant in operation.variants.values():
            name = variant.type.removeprefix("ACTIVITY_TYPE_")
            if unit_of(variant.kind) is None or not can_upgrade(variant) or operation.name in VOTES:
                continue
            if name == "DELETE_SUB_ORGANIZATION" or (name not in given and not variant.is_newest):
                continue  # it has no text, or only those of another version
            here = {_named(at) for at, value in places(given[name]) if isinstance(value, str)}
            missing = {text for text in _texts(variant.intent) if text not in here and not NOT_HERE.search(text)}
            assert not missing, name


async def test_every_one_is_accepted_as_it_is(server: ComposedServer) -> None:
    given = await parameters_of_every_kind(server)
    for name, parameters in given.items():
        body = server.activity_body(name, parameters).decode()
        question = json.dumps({"organizationId": server.root.organization_id, "body": body}).encode()
        said = await server.post("/counterseal/v1/query/simulate_activity", question, by=server.root)
        assert said.json.get("outcome") == "OUTCOME_ALLOW", (name, said.body)


def _named(at: Path) -> str:
    return ".".join(str(name) for name in at if isinstance(name, str))


def _texts(expected: Any, at: Path = ()) -> Iterator[str]:
    """The ways to all texts of a shape."""
    if expected is str:
        yield _named(at)
    elif isinstance(expected, type) and issubclass(expected, Shape):
        for member in msgspec.structs.fields(expected):
            yield from _texts(member.type, (*at, member.encode_name))
    else:
        for inner in get_args(expected):
            yield from _texts(inner, at)


@pytest.mark.slow
async def test_nothing_large_is_stored_whatever_it_is(server: ComposedServer) -> None:
    given = await parameters_of_every_kind(server)
    before = await stored(server)
    for name, parameters in given.items():
        for where, large in spoilt(parameters):
            reply = await server.submit(name, large)
            assert reply.status in REFUSED, (name, where, reply.body[:300])
            assert len(reply.body) < 2_000, (name, where)
    assert await stored(server) == before


async def test_neither_is_how_it_is_spelt(server: ComposedServer) -> None:
    before = await stored(server)
    body = server.activity_body("UPDATE_ORGANIZATION_NAME", {"organizationName": "new"})
    path = f"/public/v1/submit/{path_of('UPDATE_ORGANIZATION_NAME')}"
    for padded in (
        body + b" " * LARGE,
        body[:-1] + b',"unknown":' + json.dumps("x" * LARGE).encode() + b"}",
        body[:-1] + b',"unknown":' + b"[" * 20 + b"0," * LARGE + b"0" + b"]" * 20 + b"}",
        body[:-1] + b"".join(b',"%d":null' % number for number in range(LARGE // 10)) + b"}",
        body.replace(b'"new"', b'"new"' + b"\n" * LARGE),
        body.replace(b'"timestampMs"', b'"\\u0074imestampMs"' + b" " * LARGE),
    ):
        reply = await server.post(path, padded, by=server.root)
        assert reply.error == (400, 3, "REQUEST_INVALID")
        assert "leave out what is not in the API" in reply.message or "expected" in reply.message
    assert await stored(server) == before


async def test_what_clients_do_send_is_taken(server: ComposedServer) -> None:
    """Members of newer releases, indented JSON, and JSON of Python and Go, which escape what is not ASCII and ``&``."""
    newer = {"userTagName": "a", "userIds": [], "newer": "x" * 2_000, "other": {"also": [1, 2, 3]}}
    assert (await server.submit("CREATE_USER_TAG", newer)).status == 200
    condition = " && ".join(["activity.kind != 'x'"] * 300)
    policy = {"policyName": "b", "effect": "EFFECT_ALLOW", "condition": condition, "notes": "ü🔑\n" * 1_000}
    body = server.activity_body("CREATE_POLICY_V3", policy).replace(b"&", b"\\u0026")
    assert len(body) > 15_000
    assert (await server.post("/public/v1/submit/create_policy", body, by=server.root)).status == 200
    users = [user_params(f"user {number}", generate_key_pair(Curve.P256)) for number in range(40)]
    tree = json.loads(server.activity_body("CREATE_USERS_V4", {"users": users}))
    indented = json.dumps(tree, indent=4).encode()
    assert len(indented) > 15_000
    assert (await server.post("/public/v1/submit/create_users", indented, by=server.root)).status == 200
