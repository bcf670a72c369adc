"""IMPORT_WALLET: what opens, what is kept of it, what spends a target, and what does not."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any
from unicodedata import normalize

import pytest

from bundles import opened, target_of, wallet_import
from committee import Committee
from composed import Actor, ComposedServer, Reply
from counterseal.crypto.p256 import P256PrivateKey
from counterseal.organizations import ImportTarget, Wallet

VECTORS = json.loads((Path(__file__).parents[3] / "vectors/data/wallet_keys.json").read_text("utf-8"))
PHRASE = "abandon " * 11 + "about"
OTHER = "zoo " * 11 + "wrong"
ETHEREUM = {
    "curve": "CURVE_SECP256K1",
    "pathFormat": "PATH_FORMAT_BIP32",
    "path": "m/44'/60'/0'/0/0",
    "addressFormat": "ADDRESS_FORMAT_ETHEREUM",
}
ADDRESS = "0x9858EfFD232B4033E47d90003D41EC34EcaEda94"
NOT_OPENED = (400, "could not decrypt import bundle")


async def bring(
    server: ComposedServer, name: str, phrase: str | bytes = PHRASE, *, by: Actor | None = None, target: str = ""
) -> Reply:
    actor = by or server.root
    target = target or await target_of(server, "WALLET", by=by)
    return await server.submit("IMPORT_WALLET", wallet_import(actor, name, target, phrase, ETHEREUM), by=by)


async def count(server: ComposedServer, kind: type = ImportTarget) -> int:
    return await server.store.count(server.root.organization_id, kind, at_most=1000)


def told(reply: Reply) -> tuple[int, str]:
    return reply.status, reply.message


async def test_the_words_come_in_and_go_out_again(server: ComposedServer) -> None:
    result = (await bring(server, "brought", f"  {PHRASE.replace(' ', '   ')}\n")).result
    assert result["addresses"] == [ADDRESS]
    wallet = (await server.query("get_wallet", walletId=result["walletId"])).json["wallet"]
    assert (wallet["imported"], wallet["exported"]) == (True, False)
    client = P256PrivateKey.generate()
    parameters = {"walletId": result["walletId"], "targetPublicKey": client.public_point.hex()}
    bundle = (await server.submit("EXPORT_WALLET", parameters)).result["exportBundle"]
    assert opened(bundle, client, server) == PHRASE.encode()
    assert (await server.query("get_wallet", walletId=result["walletId"])).json["wallet"]["exported"] is True


async def test_a_target_is_used_once(server: ComposedServer) -> None:
    target = await target_of(server, "WALLET")
    assert (await bring(server, "first", target=target)).status == 200
    assert await count(server) == 0
    assert told(await bring(server, "second", OTHER, target=target)) == NOT_OPENED


async def test_what_is_refused_spends_nothing(server: ComposedServer) -> None:
    target = await target_of(server, "WALLET")
    stranger = P256PrivateKey.generate().public_point.hex()
    for bad, message in (
        (wallet_import(server.root, "a", stranger, PHRASE), NOT_OPENED[1]),
        (wallet_import(server.root, "a", target, "not words"), "invalid mnemonic"),
        (wallet_import(server.root, "a", target, b"\xff\xfe"), "invalid mnemonic"),
        (wallet_import(server.root, "a", target, PHRASE) | {"encryptedBundle": "{}"}, NOT_OPENED[1]),
        (wallet_import(server.root, "", target, PHRASE), "walletName"),
    ):
        reply = await server.submit("IMPORT_WALLET", bad)
        assert reply.status == 400
        assert message in reply.message
        assert "abandon" not in reply.message
    assert (await bring(server, "at last", target=target)).status == 200
    assert await count(server, Wallet) == 1


async def test_every_other_target_is_told_the_same(server: ComposedServer) -> None:
    ann = await server.add_user("ann")
    await server.submit(
        "CREATE_POLICY_V3",
        {
            "policyName": "ann imports",
            "effect": "EFFECT_ALLOW",
            "condition": "activity.action == 'IMPORT'",
            "consensus": "true",
            "notes": "",
        },
    )
    (below,) = await server.add_sub_organization("below")
    others = [
        await target_of(server, "WALLET", by=ann),
        await target_of(server, "WALLET", by=below),
        await target_of(server, "PRIVATE_KEY"),
        P256PrivateKey.generate().public_point.hex(),
    ]
    replies = [told(await bring(server, "w", target=each)) for each in others]  # there is no target of root's
    await target_of(server, "WALLET")
    replies += [told(await bring(server, "w", target=each)) for each in others]  # and now there is one
    assert replies == [NOT_OPENED] * 8
    assert await count(server, Wallet) == 0


async def test_the_newest_replaces_the_one_before(server: ComposedServer) -> None:
    older, newer = await target_of(server, "WALLET"), await target_of(server, "WALLET")
    assert told(await bring(server, "w", target=older)) == NOT_OPENED
    assert (await bring(server, "w", target=newer)).status == 200
    assert told(await bring(server, "v", OTHER, target=older)) == NOT_OPENED


async def test_a_target_lives_for_an_hour(server: ComposedServer) -> None:
    target = await target_of(server, "WALLET")
    server.clock.advance(seconds=3600 - 1)
    parameters = wallet_import(server.root, "w", target, PHRASE)
    server.clock.advance(seconds=1)
    assert told(await server.submit("IMPORT_WALLET", parameters)) == NOT_OPENED
    target = await target_of(server, "WALLET")
    server.clock.advance(seconds=3600 - 1)
    assert (await bring(server, "w", target=target)).status == 200


async def test_targets_do_not_heap_up(server: ComposedServer) -> None:
    for _ in range(15):
        target = await target_of(server, "WALLET")
        server.clock.advance(seconds=4000)
    assert await count(server) == 10
    assert told(await bring(server, "w", target=target)) == NOT_OPENED


async def test_the_same_seed_comes_once(server: ComposedServer) -> None:
    first = (await bring(server, "one")).result["walletId"]
    reply = await bring(server, "two")
    assert reply.error == (409, 6, "")
    assert reply.message == f"seed for wallet {first} already imported in this organization"
    (below,) = await server.add_sub_organization("below")
    assert (await bring(server, "one", by=below)).status == 200


async def test_two_imports_at_once_with_one_target_are_one(server: ComposedServer) -> None:
    target = await target_of(server, "WALLET")
    phrases = [PHRASE, OTHER]
    replies = await asyncio.gather(*(bring(server, f"w{at}", phrases[at % 2], target=target) for at in range(6)))
    assert sorted(reply.status for reply in replies) == [200] + [400] * 5
    assert await count(server, Wallet) == 1
    assert await count(server) == 0


async def test_one_seed_at_once_by_two_users_is_one_wallet(server: ComposedServer) -> None:
    second = await server.add_user("second")
    await server.set_root_quorum(1, server.root, second)
    replies = await asyncio.gather(*(bring(server, by.user_id, by=by) for by in (server.root, second)))
    assert sorted(reply.status for reply in replies) == [200, 409]


async def test_imports_are_for_oneself(server: ComposedServer) -> None:
    ann = await server.add_user("ann")
    nobody = "00000000-0000-4000-8000-0000000000ff"
    for name in "INIT_IMPORT_WALLET", "INIT_IMPORT_PRIVATE_KEY":
        assert (await server.submit(name, {"userId": ann.user_id})).error[:2] == (403, 7)
        assert told(await server.submit(name, {"userId": nobody})) == (
            404,
            f"unable to find user {nobody} in organization {server.root.organization_id}",
        )
    target = await target_of(server, "WALLET")
    reply = await server.submit("IMPORT_WALLET", wallet_import(ann, "w", target, PHRASE))
    assert reply.error[:2] == (403, 7)


async def waiting(committee: Committee, target: str, phrase: str = PHRASE, name: str = "w") -> tuple[bytes, Reply]:
    server = committee.server
    parameters = wallet_import(committee.first, name, target, phrase, ETHEREUM)
    body = server.activity_body("IMPORT_WALLET", parameters)
    return body, await server.post("/public/v1/submit/import_wallet", body, by=committee.first)


async def init(committee: Committee) -> str:
    """A target of the first member's, which the second has approved."""
    server = committee.server
    body = server.activity_body("INIT_IMPORT_WALLET", {"userId": committee.first.user_id})
    await server.post("/public/v1/submit/init_import_wallet", body, by=committee.first)
    reply = await server.post("/public/v1/submit/init_import_wallet", body, by=committee.second)
    message = json.loads(bytes.fromhex(json.loads(reply.result["importBundle"])["data"]))
    assert message["userId"] == committee.first.user_id
    target: str = message["targetPublic"]
    return target


async def test_an_import_that_waits_keeps_its_target(committee: Committee) -> None:
    """Hours later, when its target has expired and others have taken its place."""
    server = committee.server
    body, reply = await waiting(committee, await init(committee))
    assert reply.activity["status"] == "ACTIVITY_STATUS_CONSENSUS_NEEDED"
    another, second = await waiting(committee, await init(committee), OTHER, "v")
    assert second.activity["status"] == "ACTIVITY_STATUS_CONSENSUS_NEEDED"
    server.clock.advance(seconds=23 * 3600)
    await init(committee)
    result = (await server.post("/public/v1/submit/import_wallet", body, by=committee.second)).result
    assert result["addresses"] == [ADDRESS]
    assert (await server.post("/public/v1/submit/import_wallet", another, by=committee.second)).result
    assert await count(server) == 1


async def test_of_two_that_wait_for_one_target_one_is_carried_out(committee: Committee) -> None:
    server, target = committee.server, await init(committee)
    bodies = [(await waiting(committee, target, phrase, name))[0] for phrase, name in ((PHRASE, "w"), (OTHER, "v"))]
    replies = [await server.post("/public/v1/submit/import_wallet", body, by=committee.second) for body in bodies]
    statuses = [reply.activity["status"].removeprefix("ACTIVITY_STATUS_") for reply in replies]
    assert statuses == ["COMPLETED", "FAILED"]
    assert replies[1].activity["failure"]["message"] == NOT_OPENED[1]


async def test_what_does_not_open_does_not_wait(committee: Committee) -> None:
    await init(committee)
    _, reply = await waiting(committee, P256PrivateKey.generate().public_point.hex())
    assert told(reply) == NOT_OPENED


@pytest.mark.parametrize("at", range(len(VECTORS["bip39_invalid"])))
async def test_what_is_no_phrase_is_refused(server: ComposedServer, at: int) -> None:
    reply = await bring(server, "w", VECTORS["bip39_invalid"][at]["mnemonic"])
    assert reply.status == 400
    assert reply.message.startswith("invalid mnemonic: ")


async def test_the_phrases_of_all_vectors_come_to_their_addresses(server: ComposedServer) -> None:
    """But for those that have a passphrase, which no wallet here has."""
    phrases: dict[str, list[dict[str, Any]]] = {}
    for entry in VECTORS["addresses"]:
        if not entry["passphrase"]:
            phrases.setdefault(entry["mnemonic"], []).append(entry)
    assert sum(map(len, phrases.values())) == len(VECTORS["addresses"]) - 1
    for number, (phrase, entries) in enumerate(phrases.items()):
        accounts = [
            {"pathFormat": "PATH_FORMAT_BIP32"}
            | {name: entry[name] for name in ("curve", "path")}
            | {"addressFormat": entry["address_format"]}
            for entry in entries
        ]
        target = await target_of(server, "WALLET")
        parameters = wallet_import(server.root, f"w{number}", target, phrase, *accounts)
        result = (await server.submit("IMPORT_WALLET", parameters)).result
        assert result["addresses"] == [entry["address"] for entry in entries]


@pytest.mark.parametrize("entry", VECTORS["bip39"], ids=lambda entry: f"{entry['language']} {entry['words']}")
async def test_phrases_of_every_language_and_length_go_out_as_they_came(
    server: ComposedServer, entry: dict[str, Any]
) -> None:
    result = (await bring(server, "w", entry["mnemonic"])).result
    client = P256PrivateKey.generate()
    parameters = {"walletId": result["walletId"], "targetPublicKey": client.public_point.hex()}
    language = "MNEMONIC_LANGUAGE_" + "_".join(reversed(entry["language"].upper().split("_")))
    for wrong in {"MNEMONIC_LANGUAGE_ENGLISH", "MNEMONIC_LANGUAGE_JAPANESE"} - {language}:
        reply = await server.submit("EXPORT_WALLET", parameters | {"language": wrong})
        assert reply.status == 400
        assert f"has words of {language}, and {wrong} was asked for" in reply.message
    bundle = (await server.submit("EXPORT_WALLET", parameters | {"language": language})).result["exportBundle"]
    assert opened(bundle, client, server) == normalize("NFKD", entry["mnemonic"]).replace("\u3000", " ").encode()
