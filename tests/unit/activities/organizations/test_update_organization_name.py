"""UPDATE_ORGANIZATION_NAME."""

from __future__ import annotations

import pytest

from composed import ComposedServer


async def test_a_parent_and_a_sub_organization_are_renamed(server: ComposedServer) -> None:
    [root] = await server.add_sub_organization("root")
    for actor in server.root, root:
        reply = await server.submit("UPDATE_ORGANIZATION_NAME", {"organizationName": "Renamed"}, by=actor)
        result = {"organizationId": actor.organization_id, "organizationName": "Renamed"}
        assert reply.activity["result"] == {"updateOrganizationNameResult": result}
    await server.restart()
    for actor in server.root, root:
        assert (await server.query("whoami", by=actor)).json["organizationName"] == "Renamed"
    by_name = await server.query("list_suborgs", filterType="NAME", filterValue="Renamed")
    assert by_name.json["organizationIds"] == [root.organization_id]


@pytest.mark.parametrize("name", ["", "x" * 256, "a\tb"])
async def test_bad_names_are_refused(server: ComposedServer, name: str) -> None:
    reply = await server.submit("UPDATE_ORGANIZATION_NAME", {"organizationName": name})
    assert reply.error == (400, 3, "REQUEST_INVALID")
    assert "organizationName" in reply.message


async def test_only_the_root_quorum_may(server: ComposedServer) -> None:
    ada = await server.add_user("ada")
    reply = await server.submit("UPDATE_ORGANIZATION_NAME", {"organizationName": "x"}, by=ada)
    assert reply.error[:2] == (403, 7)
