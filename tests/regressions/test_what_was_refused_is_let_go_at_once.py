"""An exception holds the frames that it passed through, and so the request; where one of these held the exception, as
whoever had awaited it did, all that was kept until the cycle collector ran: megabytes of bodies that nothing counted,
and whatever had been made of them, freed in one piece of up to a quarter of a second.
"""

from __future__ import annotations

import gc
import json
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import pytest

from composed import ComposedServer, Reply, user_params
from counterseal.crypto import Curve, generate_key_pair, sign_stamp
from counterseal.engine import Request
from counterseal.engine.decide.submission import LARGE_BYTES, Submission

STRANGER = generate_key_pair(Curve.P256)
WHOAMI = "/public/v1/query/whoami"
SEVERAL = 3

Ask = Callable[[ComposedServer], Awaitable[Reply]]


@contextmanager
def garbage() -> Iterator[list[Any]]:
    """Filled at the end: what only the cycle collector has found of what was done inside."""
    found: list[Any] = []
    gc.collect()
    gc.disable()
    try:
        yield found
        gc.set_debug(gc.DEBUG_SAVEALL)
        gc.collect()
        found += gc.garbage
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()


def query_of(server: ComposedServer, **members: Any) -> bytes:
    return json.dumps({"organizationId": server.root.organization_id} | members).encode()


async def by_a_stranger(server: ComposedServer) -> Reply:
    return await server.post(WHOAMI, query_of(server), by=STRANGER)


async def with_the_stamp_of_other_bytes(server: ComposedServer) -> Reply:
    stamp = sign_stamp(server.root.key, b"{}")
    return await server.post(WHOAMI, query_of(server, more="x" * LARGE_BYTES), by=None, stamp=stamp)


async def that_is_no_json(server: ComposedServer) -> Reply:
    return await server.post(WHOAMI, query_of(server)[:-1] + b",", by=server.root)


async def for_what_is_not_there(server: ComposedServer) -> Reply:
    return await server.query("get_user", userId=server.root.organization_id)


async def of_the_wrong_shape(server: ComposedServer) -> Reply:
    return await server.submit("CREATE_USERS_V4", {"users": [7]})


async def that_its_unit_refuses(server: ComposedServer) -> Reply:
    users = [user_params(f"{at}", generate_key_pair(Curve.P256)) | {"userTags": ["none"]} for at in range(70)]
    return await server.submit("CREATE_USERS_V4", {"users": users})


async def with_policies_that_are_too_long(server: ComposedServer) -> Reply:
    condition = " || ".join([f"activity.resource == '{'a' * 20}'"] * 170)
    policies = [{"policyName": f"{at}", "effect": "EFFECT_DENY", "condition": condition} for at in range(90)]
    return await server.submit("CREATE_POLICIES", {"policies": policies})


KINDS: list[Ask] = [
    by_a_stranger,
    with_the_stamp_of_other_bytes,
    that_is_no_json,
    for_what_is_not_there,
    of_the_wrong_shape,
    that_its_unit_refuses,
    with_policies_that_are_too_long,
]


@pytest.mark.parametrize("ask", KINDS, ids=[kind.__name__ for kind in KINDS])
async def test_a_request(server: ComposedServer, ask: Ask) -> None:
    assert (await ask(server)).status >= 400
    with garbage() as found:
        for _ in range(SEVERAL):
            assert (await ask(server)).status >= 400
    frames = {each.f_code.co_name for each in found if isinstance(each, FrameType)}
    assert not frames
    assert not [each for each in found if isinstance(each, Request | Submission)]
