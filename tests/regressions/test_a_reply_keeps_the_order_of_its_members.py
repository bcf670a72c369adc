"""When tags of private keys were added, ``tags`` of ``get_organization`` went before the users: what was said of the
same data was not what had been said, to the byte.
"""

from __future__ import annotations

from composed import ComposedServer

ORDER = [
    "organizationId",
    "name",
    "privateKeys",
    "invitations",
    "rootQuorum",
    "features",
    "wallets",
    "smartContractInterfaceReferences",
    "users",
    "policies",
    "tags",
]
"""As the release before said them; what is new comes after these."""


async def test_an_organization_is_told_in_the_same_order_with_tags_of_either_kind(server: ComposedServer) -> None:
    assert list((await server.query("get_organization")).json["organizationData"]) == ORDER
    await server.submit("CREATE_PRIVATE_KEY_TAG", {"privateKeyTagName": "cold", "privateKeyIds": []})
    await server.submit("CREATE_USER_TAG", {"userTagName": "voters", "userIds": []})
    told = (await server.query("get_organization")).json["organizationData"]
    assert list(told) == ORDER
    assert [tag["tagName"] for tag in told["tags"]] == ["voters", "cold"], "tags of users come first"
