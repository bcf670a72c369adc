"""An activity is its bytes: the same bytes are the same activity, any other bytes another one."""

from __future__ import annotations

import hashlib
from random import Random

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from spellings import spelled

from composed import ComposedServer

PATH = "/public/v1/submit/update_user_name"

over_one_server = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def spelling(server: ComposedServer, random: Random, name: str = "A new name / é") -> bytes:
    """A body of now that renames the root user, in an order and with a spacing of its own."""
    server.clock.advance(seconds=0.001)
    tree = {
        "type": "ACTIVITY_TYPE_UPDATE_USER_NAME",
        "timestampMs": str(server.clock.now_ms()),
        "organizationId": server.root.organization_id,
        "parameters": {"userId": server.root.user_id, "userName": name, "unread": [1, {"deep": None}]},
        "generateAppProofs": False,
    }
    return spelled(tree, random).encode()


@over_one_server
@given(st.randoms(use_true_random=False))
async def test_however_a_body_is_spelled_its_fingerprint_is_that_of_its_bytes(
    server: ComposedServer, random: Random
) -> None:
    body = spelling(server, random)
    first = (await server.post(PATH, body, by=server.root)).activity
    assert first["fingerprint"] == "sha256:" + hashlib.sha256(body).hexdigest()
    assert first["status"] == "ACTIVITY_STATUS_COMPLETED"
    (intent,) = first["intent"].values()
    assert intent == {"userId": server.root.user_id, "userName": "A new name / é"}
    again = (await server.post(PATH, body, by=server.root)).activity
    assert again == first


@over_one_server
@given(st.randoms(use_true_random=False))
async def test_another_spelling_is_another_activity(server: ComposedServer, random: Random) -> None:
    one = spelling(server, random)
    other = one + b" " if random.random() < 0.5 else one.replace(b"ACTIVITY", b"\\u0041CTIVITY", 1)
    assume(one != other)
    first = (await server.post(PATH, one, by=server.root)).activity
    second = (await server.post(PATH, other, by=server.root)).activity
    assert first["id"] != second["id"]
    assert first["fingerprint"] != second["fingerprint"]


@over_one_server
@given(st.randoms(use_true_random=False), st.integers(min_value=0), st.binary(max_size=2))
async def test_any_other_byte_is_another_activity_or_none(
    server: ComposedServer, random: Random, at: int, inserted: bytes
) -> None:
    one = spelling(server, random)
    position = at % len(one)
    other = one[:position] + inserted + one[position + random.choice((0, 1)) :]
    assume(one != other)
    first = (await server.post(PATH, one, by=server.root)).activity
    reply = await server.post(PATH, other, by=server.root)
    if reply.status == 200:
        assert reply.activity["id"] != first["id"]
        assert reply.activity["fingerprint"] == "sha256:" + hashlib.sha256(other).hexdigest()
    else:
        assert 400 <= reply.status < 500
    assert (await server.post(PATH, one, by=server.root)).activity == first


@over_one_server
@given(st.randoms(use_true_random=False))
async def test_the_same_bytes_in_two_organizations_are_two_activities(server: ComposedServer, random: Random) -> None:
    """The parent's users cannot write here, and a body names one organization: so the other one never takes it."""
    (sub,) = await server.add_sub_organization("root")
    body = spelling(server, random)
    refused = await server.post(PATH, body, by=sub)
    assert refused.status == 401
    assert (await server.post(PATH, body, by=server.root)).status == 200
    fingerprint = hashlib.sha256(body).digest()
    assert await server.store.activity_by_fingerprint(server.root.organization_id, fingerprint) is not None
    assert await server.store.activity_by_fingerprint(sub.organization_id, fingerprint) is None
