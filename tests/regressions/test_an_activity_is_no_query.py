"""The stamp of an activity, which every reader of it is shown, was good for queries too: what these do not know of a
body they pass over. So whoever had once read a user's activity read the organization as that user for ever, tokens of
sessions included.
"""

from __future__ import annotations

import pytest

from composed import ComposedServer
from counterseal.contract import all_extensions, all_operations
from counterseal.queries import query_of
from recorded_stamp import stamp_in
from software_authenticator import SoftwareAuthenticator

PATHS = [each.path for each in (*all_operations(), *all_extensions()) if query_of(each.name)]


@pytest.mark.parametrize("path", PATHS)
async def test_a_recorded_stamp_reads_nothing(server: ComposedServer, path: str) -> None:
    ann, bob = await server.add_user("ann"), await server.add_user("bob")
    opened = await server.submit("CREATE_READ_ONLY_SESSION", {}, by=ann)
    shown = await server.query("get_activity", by=bob, activityId=opened.activity["id"])
    body, stamp = stamp_in(shown.activity)
    reply = await server.post(path, body, by=None, stamp=stamp)
    assert reply.error == (400, 3, "REQUEST_INVALID")
    assert "is an activity's" in reply.message


async def test_neither_does_that_of_a_vote_or_of_a_passkey(server: ComposedServer) -> None:
    passkey = SoftwareAuthenticator()
    registered = {"userId": server.root.user_id, "authenticators": [passkey.registration()]}
    assert (await server.submit("CREATE_AUTHENTICATORS_V2", registered)).status == 200
    body = server.activity_body("APPROVE_ACTIVITY", {"fingerprint": "sha256:" + "0" * 64})
    reply = await server.post("/public/v1/query/list_users", body, by=server.root)
    assert reply.status == 400
    headers = [("X-Stamp-WebAuthn", passkey.stamp(body))]
    assert (await server.call("POST", "/public/v1/query/list_users", body, headers)).status == 400


async def test_large_bodies_are_no_exception(server: ComposedServer) -> None:
    """Of these little is read before the signature holds."""
    keys = {"userId": server.root.user_id, "apiKeys": [{"more": 0}] * 500}
    body = server.activity_body("CREATE_API_KEYS_V2", keys)
    assert (await server.post("/public/v1/query/list_users", body, by=server.root)).status == 400


async def test_a_word_of_that_name_alone_makes_no_activity(server: ComposedServer) -> None:
    """Clients hand on what they are given: it must not stop a query."""
    assert (await server.query("list_users", type="admins", timestampMs="0")).status == 200
    assert (await server.query("list_users", type=None)).status == 200
