"""whoami."""

from __future__ import annotations

from composed import ComposedServer


async def test_it_tells_user_and_organization_in_the_words_of_the_contract(server: ComposedServer) -> None:
    (sub,) = await server.add_sub_organization("ann")
    assert (await server.query("whoami", by=sub)).json == {
        "organizationId": sub.organization_id,
        "organizationName": "Sub",
        "userId": sub.user_id,
        "username": "ann",
    }


async def test_a_parent_s_user_stays_itself_in_a_sub_organization(server: ComposedServer) -> None:
    (sub,) = await server.add_sub_organization("ann")
    assert (await server.query("whoami", organizationId=sub.organization_id)).json["username"] == "root"
