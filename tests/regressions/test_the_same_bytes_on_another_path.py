"""The bytes of a recorded activity were answered on every submit path, and voted there: the look-up by fingerprint came
before the comparison of type and path. Found by a million malformed requests."""

from __future__ import annotations

from composed import ComposedServer, user_params
from counterseal.crypto import Curve, generate_key_pair

RIGHT, WRONG = "/public/v1/submit/create_users", "/public/v1/submit/delete_sub_organization"
REFUSED = (400, 3, "REQUEST_INVALID")


def creation(server: ComposedServer) -> bytes:
    users = [user_params("ann", generate_key_pair(Curve.P256))]
    return server.activity_body("CREATE_USERS_V4", {"users": users})


async def test_a_recorded_activity_is_read_on_its_own_path_only(server: ComposedServer) -> None:
    body = creation(server)
    made = await server.post(RIGHT, body, by=server.root)
    elsewhere = await server.post(WRONG, body, by=server.root)
    assert elsewhere.error == REFUSED
    assert "expected one of ACTIVITY_TYPE_DELETE_SUB_ORGANIZATION" in elsewhere.message
    assert (await server.post(RIGHT, body, by=server.root)).activity == made.activity


async def test_a_vote_is_cast_on_the_path_of_its_activity_only(server: ComposedServer) -> None:
    second = await server.add_user("second")
    await server.set_root_quorum(2, server.root, second)
    body = creation(server)
    pending = (await server.post(RIGHT, body, by=server.root)).activity
    assert (await server.post(WRONG, body, by=second)).error == REFUSED
    assert (await server.query("get_activity", activityId=pending["id"])).activity == pending
    assert (await server.post(RIGHT, body, by=second)).activity["status"] == "ACTIVITY_STATUS_COMPLETED"
