"""list_suborgs."""

from __future__ import annotations

from typing import Any

import pytest

from composed import ComposedServer, user_params
from counterseal.crypto import Curve, generate_key_pair


async def listed(server: ComposedServer, **members: Any) -> list[str]:
    reply = await server.query("list_suborgs", **members)
    assert reply.status == 200, reply.body
    ids: list[str] = reply.json["organizationIds"]
    return ids


async def test_all_of_them_newest_first_in_pages(server: ComposedServer) -> None:
    assert await listed(server) == []
    ids = [(await server.add_sub_organization("ann"))[0].organization_id for _ in range(3)][::-1]
    assert await listed(server) == ids
    assert await listed(server, paginationOptions={"limit": "1"}) == ids[:1]
    assert await listed(server, paginationOptions={"limit": "1", "after": ids[0]}) == ids[1:2]
    assert await listed(server, paginationOptions={"before": ids[2]}) == ids[:2]


async def test_by_name_exactly(server: ComposedServer) -> None:
    users = [user_params("ann", generate_key_pair(Curve.P256))]
    ids = {}
    for name in "Sub", "sub", "Sub", "":
        parameters = {"subOrganizationName": name, "rootUsers": users, "rootQuorumThreshold": 1}
        result = (await server.submit("CREATE_SUB_ORGANIZATION_V8", parameters)).result
        ids.setdefault(name, []).insert(0, result["subOrganizationId"])
    assert await listed(server, filterType="NAME", filterValue="Sub") == ids["Sub"]
    assert await listed(server, filterType="NAME", filterValue="S%") == []


async def test_by_public_key(server: ComposedServer) -> None:
    (ann,) = await server.add_sub_organization("ann")
    await server.add_sub_organization("bob")
    assert await listed(server, filterType="PUBLIC_KEY", filterValue=ann.public_key) == [ann.organization_id]
    assert await listed(server, filterType="PUBLIC_KEY", filterValue=ann.public_key.upper()) == [ann.organization_id]
    assert await listed(server, filterType="PUBLIC_KEY", filterValue=server.root.public_key) == []


@pytest.mark.parametrize("text", ["zz", "abc", "", " ", "é", "02" * 40])
async def test_a_text_that_is_no_public_key_is_nobody_s(server: ComposedServer, text: str) -> None:
    assert await listed(server, filterType="PUBLIC_KEY", filterValue=text) == []


async def test_a_sub_organization_has_none(server: ComposedServer) -> None:
    (ann,) = await server.add_sub_organization("ann")
    assert await listed(server, by=ann) == []


@pytest.mark.parametrize("members", [{"filterType": "COLOUR", "filterValue": "blue"}, {"filterType": "NAME"}])
async def test_what_makes_no_sense_is_a_bad_request(server: ComposedServer, members: dict[str, Any]) -> None:
    assert (await server.query("list_suborgs", **members)).error == (400, 3, "REQUEST_INVALID")
    reply = await server.query("list_suborgs", filterType="x" * 100_000, filterValue="y")
    assert len(reply.body) < 1000
