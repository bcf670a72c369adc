"""A stamp is good for one body, and a body for one activity at one path: nothing else is ever carried out with it."""

from __future__ import annotations

import hashlib
import json
from random import Random

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from composed import ComposedServer
from counterseal.contract import Operation, all_operations
from counterseal.crypto import Curve, sign_stamp

PATH = "/public/v1/submit/update_user_name"
OPERATIONS = all_operations()

over_one_server = settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def renaming(server: ComposedServer) -> bytes:
    parameters = {"userId": server.root.user_id, "userName": "renamed"}
    return server.activity_body("UPDATE_USER_NAME", parameters)


async def nothing_has_come_of(server: ComposedServer, body: bytes) -> bool:
    fingerprint = hashlib.sha256(body).digest()
    return await server.store.activity_by_fingerprint(server.root.organization_id, fingerprint) is None


@over_one_server
@given(st.integers(min_value=0), st.binary(max_size=3), st.integers(0, 3))
async def test_a_stamp_over_one_body_never_serves_another(
    server: ComposedServer, at: int, inserted: bytes, removed: int
) -> None:
    body = renaming(server)
    position = at % len(body)
    other = body[:position] + inserted + body[position + removed :]
    assume(other != body)
    reply = await server.post(PATH, other, by=None, stamp=sign_stamp(server.root.key, body))
    assert 400 <= reply.status < 500
    assert await nothing_has_come_of(server, other)


@over_one_server
@given(
    st.dictionaries(
        st.sampled_from(["userName", "userId", "timestampMs", "type", "organizationId"]), st.text(), min_size=1
    )
)
async def test_a_stamp_never_serves_a_body_with_other_values(server: ComposedServer, changes: dict[str, str]) -> None:
    body = renaming(server)
    tree = json.loads(body)
    for name, value in changes.items():
        (tree["parameters"] if name.startswith("user") else tree)[name] = value
    other = json.dumps(tree).encode()
    assume(other != body)
    reply = await server.post(PATH, other, by=None, stamp=sign_stamp(server.root.key, body))
    assert 400 <= reply.status < 500
    assert await nothing_has_come_of(server, other)


@pytest.mark.parametrize("curve", list(Curve))
async def test_a_stamped_activity_is_carried_out_at_its_own_path_only(server: ComposedServer, curve: Curve) -> None:
    signer = await server.add_key(server.root, curve=curve)
    body = renaming(server)
    for operation in OPERATIONS:
        if operation.path == PATH:
            continue
        reply = await server.post(operation.path, body, by=signer)
        assert reply.status in {400, 404, 501}, operation.path
        assert await nothing_has_come_of(server, body), operation.path
    assert (await server.post(PATH, body, by=signer)).status == 200


async def test_a_stamped_query_is_never_carried_out_as_an_activity(server: ComposedServer) -> None:
    body = json.dumps({"organizationId": server.root.organization_id, "userId": server.root.user_id}).encode()
    for operation in OPERATIONS:
        if operation.is_submit:
            reply = await server.post(operation.path, body, by=server.root)
            assert reply.status in {400, 501}, operation.path
            assert await nothing_has_come_of(server, body), operation.path


@over_one_server
@given(st.sampled_from([each for each in OPERATIONS if each.is_submit]), st.randoms(use_true_random=False))
async def test_a_body_of_another_type_is_refused(server: ComposedServer, operation: Operation, random: Random) -> None:
    types = [each for each in operation.variants if each != "ACTIVITY_TYPE_UPDATE_USER_NAME"]
    assume(types)
    other_type = random.choice(types).removeprefix("ACTIVITY_TYPE_")
    body = server.activity_body(other_type, {"userId": server.root.user_id, "userName": "renamed"})
    reply = await server.post(PATH, body, by=server.root)
    assert reply.status == 400
    assert "bad request body" in reply.message
    assert await nothing_has_come_of(server, body)


@pytest.mark.parametrize("header", ["X-Stamp-WebAuthn", "X-Stamp-Attested", "X-Session", "Authorization", "Cookie"])
async def test_a_stamp_is_none_in_another_header(server: ComposedServer, header: str) -> None:
    body = renaming(server)
    reply = await server.call("POST", PATH, body, [(header, sign_stamp(server.root.key, body))])
    assert reply.status == 401
    assert await nothing_has_come_of(server, body)
