"""list_suborgs: every filter, and pages of each; list_verified_suborgs."""

from __future__ import annotations

from typing import Any

import pytest

from composed import Actor, ComposedServer, key_params, user_params
from counterseal.crypto import Curve, generate_key_pair
from software_authenticator import SoftwareAuthenticator
from wallet_samples import ETHEREUM, SOLANA, make_wallet

NOBODY = "00000000-0000-4000-8000-0000000000ff"
SHARED = generate_key_pair(Curve.P256)
PASSKEY = SoftwareAuthenticator()


async def listed(server: ComposedServer, filter_type: str = "", value: str = "", **page: str) -> list[str]:
    reply = await server.query("list_suborgs", filterType=filter_type, filterValue=value, paginationOptions=page)
    ids: list[str] = reply.json["organizationIds"]
    return ids


async def add(server: ComposedServer, name: str, **members: Any) -> Actor:
    key = generate_key_pair(Curve.P256)
    root = user_params("head", key, **members)
    sent = {"subOrganizationName": name, "rootUsers": [root], "rootQuorumThreshold": 1}
    made = (await server.submit("CREATE_SUB_ORGANIZATION_V8", sent)).result
    return Actor(made["subOrganizationId"], made["rootUserIds"][0], key)


async def family(server: ComposedServer) -> list[Actor]:
    """Five sub-organizations, newest first, that have everything in common, and one that shares nothing."""
    in_common = {"userEmail": "Twin@Example.com", "userPhoneNumber": "+13214567890"}
    made = [await add(server, "Twin", authenticators=[PASSKEY.registration()], **in_common) for _ in range(5)]
    for actor in made:
        keys = [key_params(SHARED, "shared")]
        await server.submit("CREATE_API_KEYS_V2", {"userId": actor.user_id, "apiKeys": keys}, by=actor)
    stranger = user_params("stranger", generate_key_pair(Curve.P256), userEmail="x@example.com")
    sent = {"subOrganizationName": "Other", "rootUsers": [stranger], "rootQuorumThreshold": 1}
    await server.submit("CREATE_SUB_ORGANIZATION_V8", sent)
    return made[::-1]


FILTERS = [
    ("NAME", "Twin"),
    ("USERNAME", "head"),
    ("EMAIL", "twin@example.COM"),
    ("PHONE_NUMBER", "+13214567890"),
    ("PUBLIC_KEY", SHARED.public_key.hex().upper()),
    ("CREDENTIAL_ID", PASSKEY.id),
]


@pytest.mark.parametrize(("filter_type", "value"), FILTERS)
async def test_every_filter_has_pages_newest_first(server: ComposedServer, filter_type: str, value: str) -> None:
    ids = [actor.organization_id for actor in await family(server)]
    assert await listed(server, filter_type, value) == ids
    assert await listed(server, filter_type, value, limit="2") == ids[:2]
    assert await listed(server, filter_type, value, limit="2", after=ids[1]) == ids[2:4]
    assert await listed(server, filter_type, value, limit="2", after=ids[3]) == ids[4:]
    assert await listed(server, filter_type, value, after=ids[4]) == []
    assert await listed(server, filter_type, value, limit="2", before=ids[3]) == ids[1:3]
    assert await listed(server, filter_type, value, before=ids[0]) == []
    assert await listed(server, filter_type, value, after=ids[0], before=ids[3]) == ids[1:3]
    assert await listed(server, filter_type, value, after=NOBODY) == []
    assert await listed(server, filter_type, value + "x") == []
    await server.restart()
    assert await listed(server, filter_type, value, limit="3") == ids[:3]


async def test_names_match_by_case_and_e_mail_addresses_do_not(server: ComposedServer) -> None:
    ids = [actor.organization_id for actor in await family(server)]
    for filter_type, value in (("NAME", "twin"), ("USERNAME", "Head"), ("NAME", "Tw%"), ("EMAIL", "twin@example.c_m")):
        assert await listed(server, filter_type, value) == []
    assert await listed(server, "EMAIL", "TWIN@EXAMPLE.COM") == ids


async def test_a_sub_organization_is_listed_once(server: ComposedServer) -> None:
    root = await add(server, "Sub", userEmail="same@example.com")
    for _ in range(2):
        await server.add_user("head", by=root, userEmail="same@example.com")
    for filter_type, value in (("USERNAME", "head"), ("EMAIL", "same@example.com")):
        assert await listed(server, filter_type, value, limit="2") == [root.organization_id]


async def test_what_is_gone_is_not_found(server: ComposedServer) -> None:
    root = await add(server, "Sub", userEmail="old@example.com", userPhoneNumber="+13214567890")
    changed = {"userId": root.user_id, "userName": "new", "userEmail": "new@example.com"}
    await server.submit("UPDATE_USER", changed, by=root)
    extra = await server.add_key(root, seconds=60)
    assert await listed(server, "USERNAME", "head") == await listed(server, "EMAIL", "old@example.com") == []
    assert await listed(server, "USERNAME", "new") == [root.organization_id]
    assert await listed(server, "EMAIL", "new@example.com") == [root.organization_id]
    server.clock.advance(seconds=61)  # expired, not yet evicted
    assert await listed(server, "PUBLIC_KEY", extra.public_key) == [root.organization_id]
    keys = (await server.query("get_api_keys", by=root, userId=root.user_id)).json["apiKeys"]
    removal = {"userId": root.user_id, "apiKeyIds": [keys[1]["apiKeyId"]]}
    await server.submit("DELETE_API_KEYS", removal, by=root)
    assert await listed(server, "PUBLIC_KEY", extra.public_key) == []
    await server.submit("DELETE_SUB_ORGANIZATION", {}, by=root)
    for filter_type, value in (
        ("", ""),
        ("NAME", "Sub"),
        ("USERNAME", "new"),
        ("EMAIL", "new@example.com"),
        ("PHONE_NUMBER", "+13214567890"),
        ("PUBLIC_KEY", root.public_key),
    ):
        assert await listed(server, filter_type, value) == []


async def test_only_children_are_found(server: ComposedServer) -> None:
    root = await add(server, "Sub")
    assert await listed(server, "PUBLIC_KEY", server.root.public_key) == []
    assert await listed(server, "USERNAME", "root") == []
    own = await server.query("list_suborgs", by=root, filterType="NAME", filterValue="Sub")
    assert own.json == {"organizationIds": []}


@pytest.mark.parametrize("value", ["", "02", "zz" * 33, "no key at all", "02" * 66])
async def test_what_is_no_public_key_is_nobodys(server: ComposedServer, value: str) -> None:
    await add(server, "Sub")
    assert await listed(server, "PUBLIC_KEY", value) == []


async def test_by_the_address_of_a_wallet_account(server: ComposedServer) -> None:
    one, two = [await add(server, name) for name in ("one", "two")]
    made = await make_wallet(server, "wallet", ETHEREUM, SOLANA, by=one)
    await make_wallet(server, "wallet", ETHEREUM, by=two)
    await make_wallet(server, "wallet", ETHEREUM)
    ethereum, solana = made["addresses"]
    for address in (ethereum, ethereum.lower(), solana):
        assert await listed(server, "WALLET_ACCOUNT_ADDRESS", address) == [one.organization_id]
    for address in (solana.lower(), ethereum[2:], ""):
        assert await listed(server, "WALLET_ACCOUNT_ADDRESS", address) == []
    deletion = {"walletIds": [made["walletId"]], "deleteWithoutExport": True}
    assert (await server.submit("DELETE_WALLETS", deletion, by=one)).status == 200
    assert await listed(server, "WALLET_ACCOUNT_ADDRESS", ethereum) == []


async def test_what_is_not_here_is_named(server: ComposedServer) -> None:
    reply = await server.query("list_suborgs", filterType="OIDC_TOKEN", filterValue="x")
    assert reply.error == (501, 12, "")
    assert "OIDC_TOKEN" in reply.message


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ({"filterType": "COLOUR", "filterValue": "x"}, "filterType"),
        ({"filterType": "EMAIL"}, "filterValue"),
        ({"paginationOptions": {"limit": "101"}}, "paginationOptions.limit"),
        ({"paginationOptions": {"after": "first"}}, "paginationOptions.after"),
    ],
)
@pytest.mark.parametrize("name", ["list_suborgs", "list_verified_suborgs"])
async def test_bad_queries(server: ComposedServer, name: str, query: dict[str, Any], named: str) -> None:
    reply = await server.query(name, **query)
    assert reply.error == (400, 3, "REQUEST_INVALID")
    assert named in reply.message


async def test_nothing_is_verified_yet(server: ComposedServer) -> None:
    await add(server, "Sub", userEmail="a@example.com", userPhoneNumber="+13214567890")
    for query in (
        {},
        {"filterType": "EMAIL", "filterValue": "a@example.com"},
        {"filterType": "PHONE_NUMBER", "filterValue": "+13214567890", "paginationOptions": {"limit": "1"}},
    ):
        assert (await server.query("list_verified_suborgs", **query)).json == {"organizationIds": []}
    by_name = await server.query("list_verified_suborgs", filterType="NAME", filterValue="Sub")
    assert by_name.error == (400, 3, "REQUEST_INVALID")
