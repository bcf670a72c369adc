"""A stranger's body was taken apart, into as many values as a megabyte holds, before anybody asked who had signed it:
200 ms for a stamp that nobody knows. Large ones are gone through for their organization first, and values are counted
before one is made.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest

from composed import Actor, ComposedServer
from counterseal.contract import parse
from counterseal.contract.body import LITTLE_VALUES
from counterseal.crypto import Curve, generate_key_pair, sign_stamp

PATH = "/public/v1/query/whoami"
STRANGER = generate_key_pair(Curve.P256)


class Counting:
    """Stands where the decoder of JSON stands."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def decode(self, text: str) -> Any:
        self.texts.append(text)
        return _DECODER.decode(text)


_DECODER = parse._DECODER


@pytest.fixture
def decoded() -> Iterator[list[str]]:
    """All texts of which values were made."""
    counting = Counting()
    with patch.object(parse, "_DECODER", counting):
        yield counting.texts


def large(organization_id: str, more: str = "[]") -> bytes:
    zeros = ",".join("0" * (2 * LITTLE_VALUES))
    return f'{{"organizationId":"{organization_id}","zeros":[{zeros}],"more":{more}}}'.encode()


async def test_nothing_is_made_of_a_large_body_before_its_signature_holds(
    server: ComposedServer, decoded: list[str]
) -> None:
    body = large(server.root.organization_id)
    unknown = await server.post(PATH, body, by=STRANGER)
    assert unknown.error == (401, 16, "PUBLIC_KEY_NOT_FOUND")
    forged = await server.post(PATH, body, by=None, stamp=sign_stamp(server.root.key, body + b" "))
    assert forged.error == (401, 16, "SIGNATURE_INVALID")
    nowhere = await server.post(PATH, large("00000000-0000-4000-8000-000000000000"), by=server.root)
    assert nowhere.error == (404, 5, "ORGANIZATION_NOT_FOUND")
    session = await server.call("POST", PATH, body, [("X-Session", "A" * 117)])
    assert session.error == (401, 16, "UNAUTHENTICATED")
    assert decoded == []
    assert (await server.post(PATH, body, by=server.root)).status == 200
    assert decoded == [body.decode()]


@pytest.mark.parametrize("item", ["0", "[]", "{}", '{"a":null}', '""', "1.5", "[[[[0]]]]", '{"a":{"b":0}}'])
async def test_nothing_is_made_of_a_body_of_too_many_values(
    server: ComposedServer, decoded: list[str], item: str
) -> None:
    items = ",".join([item] * (parse.MAX_VALUES + 1))
    for who in (STRANGER, server.root):
        reply = await server.post(PATH, large(server.root.organization_id, f"[{items}]"), by=who)
        assert reply.error == (400, 3, "REQUEST_INVALID")
        assert reply.message == f"invalid request body: expected at most {parse.MAX_VALUES} values, got more"
    assert decoded == []


@pytest.mark.parametrize(
    "more", ["[", "{,}", "[1,]", '"\n"', "NaN", "01", '"\\x"', '"\\ud800"', "[] 1", "tru", '{"a" 1}', "[" * 40]
)
async def test_what_is_no_json_is_told_before_the_organization_all_the_same(server: ComposedServer, more: str) -> None:
    nowhere = "00000000-0000-4000-8000-000000000000"
    for body in (large(nowhere, more), f'{{"organizationId":"{nowhere}","more":{more}}}'.encode()):
        reply = await server.post(PATH, body, by=STRANGER)
        assert reply.error == (400, 3, "REQUEST_INVALID")
        assert reply.message.startswith("invalid request body: ")


@pytest.mark.parametrize("more", ['{"a":1,"a":1}', '"\\u0000"', "1e400", "9" * 21])
async def test_what_has_two_readings_is_told_once_it_is_known_who_signed(server: ComposedServer, more: str) -> None:
    body = large(server.root.organization_id, more)
    assert (await server.post(PATH, body, by=STRANGER)).status == 401
    assert (await server.post(PATH, body, by=server.root)).error == (400, 3, "REQUEST_INVALID")
    small = f'{{"organizationId":"{server.root.organization_id}","more":{more}}}'.encode()
    assert (await server.post(PATH, small, by=STRANGER)).error == (400, 3, "REQUEST_INVALID")


async def test_two_organizations_in_a_large_body_are_no_organization(server: ComposedServer) -> None:
    """Whichever is found first, and whoever signs."""
    (other,) = await server.add_sub_organization("ann")
    for first, second in ((server.root, other), (other, server.root)):
        body = large(first.organization_id, f'0,"organizationId":"{second.organization_id}"')
        replies = [await server.post(PATH, body, by=who) for who in (server.root, other)]
        assert {reply.status for reply in replies} <= {400, 401}
        assert 400 in {reply.status for reply in replies}


@pytest.mark.parametrize("spelling", ['"{}"', ' "{}" ', '"\\u{}"'])
async def test_the_organization_is_found_however_it_is_written(server: ComposedServer, spelling: str) -> None:
    organization_id = server.root.organization_id
    escaped = f"{ord(organization_id[0]):04x}{organization_id[1:]}"
    text = spelling.format(escaped if "u" in spelling else organization_id)
    body = large("", "0").replace(b'"organizationId":""', f'"organizationId":{text}'.encode())
    assert json.loads(body)["organizationId"] == organization_id
    assert (await server.post(PATH, body, by=server.root)).status == 200


async def test_a_large_submission_is_the_activity_that_it_says(server: ComposedServer) -> None:
    actor: Actor = server.root
    reply = await server.submit("UPDATE_ORGANIZATION_NAME", {"organizationName": "New"}, by=actor, zeros=[0] * 1000)
    assert reply.activity["intent"]["updateOrganizationNameIntent"]["organizationName"] == "New"
