"""Proofs of activities that ask for them: which, when, durable with the activity, recomputable from what is shown."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio
import rlp

from composed import Actor, ComposedServer, Reply
from counterseal.proofs import AppProof, check_app_proof, check_policy_outcome
from counterseal.proofs.boot import BootProof, check_boot_proof
from counterseal.store import StoreError
from faulty_store import FaultyStore
from store_kinds import StoreKind
from wallet_samples import ETHEREUM, SOLANA, key


def transfer(value: int) -> str:
    """An unsigned transaction of type 2, which pays this much."""
    return "02" + rlp.encode([1, 0, 0, 0, 21_000, bytes(19) + b"\1", value, b"", []]).hex()


ASKED = {"generateAppProofs": True}


@pytest_asyncio.fixture
async def server(tmp_path: Path, store_kind: StoreKind) -> AsyncIterator[ComposedServer]:
    """A server that makes proofs."""
    composed = await ComposedServer.start(tmp_path, database=store_kind.new_database(), proofs=True)
    yield composed
    await composed.app.stop()


def proof_of(shown: dict[str, str]) -> AppProof:
    assert shown["scheme"] == "SIGNATURE_SCHEME_EPHEMERAL_KEY_P256"
    return AppProof(shown["publicKey"], shown["proofPayload"], shown["signature"])


def said(activity: dict[str, Any]) -> list[dict[str, Any]]:
    """The statements of an activity's proofs, whose signatures hold."""
    return [check_app_proof(proof_of(each)) for each in activity["appProofs"]]


async def objects_of(server: ComposedServer, activity: dict[str, Any], by: Actor | None = None) -> Reply:
    actor = by or server.root
    body = json.dumps({"organizationId": activity["organizationId"], "activityId": activity["id"]}).encode()
    return await server.post("/counterseal/v1/query/get_digested_objects", body, by=actor)


async def require_recomputable(server: ComposedServer, activity: dict[str, Any], by: Actor | None = None) -> None:
    """The three digests are of what a reader is shown."""
    objects = (await objects_of(server, activity, by)).json
    read = {name: json.loads(value) for name, value in objects.items()}
    check_policy_outcome(
        said(activity)[0],
        context=read["decisionContext"],
        organization=read["organizationData"],
        parent=read.get("parentOrganizationData"),
    )


async def wallet(server: ComposedServer, name: str, by: Actor | None = None, **members: Any) -> dict[str, Any]:
    parameters = {"walletName": name, "accounts": [ETHEREUM, SOLANA]}
    return (await server.submit("CREATE_WALLET", parameters, by=by, **members)).activity


async def test_a_wallet_has_a_proof_of_its_outcome_and_of_each_address(server: ComposedServer) -> None:
    activity = await wallet(server, "treasury", **ASKED)
    outcome, *addresses = said(activity)
    assert outcome["type"] == "APP_PROOF_TYPE_POLICY_OUTCOME"
    assert outcome["timestampMs"] == str(server.clock.now_ms())
    proven = outcome["policyOutcomeProof"]
    assert (proven["outcome"], proven["parentOrganizationDataDigest"]) == ("OUTCOME_ALLOW", "")
    (vote,) = activity["votes"]
    assert proven["userRequestApprovals"] == [
        {name: vote[name] for name in ("scheme", "publicKey", "message", "signature")}
    ]
    made = activity["result"]["createWalletResult"]
    assert [each["addressDerivationProof"] for each in addresses] == [
        {
            "organizationId": server.root.organization_id,
            "walletId": made["walletId"],
            "derivationPath": account["path"],
            "address": address,
        }
        for account, address in zip((ETHEREUM, SOLANA), made["addresses"], strict=True)
    ]
    await require_recomputable(server, activity)


async def test_they_are_shown_wherever_the_activity_is_and_after_a_start(server: ComposedServer) -> None:
    activity = await wallet(server, "treasury", **ASKED)
    await server.restart()
    again = (await server.query("get_activity", activityId=activity["id"])).activity
    (listed,) = (await server.query("list_activities", filterByType=["ACTIVITY_TYPE_CREATE_WALLET"])).json["activities"]
    alone = (await server.query("list_app_proofs", activityId=activity["id"])).json
    assert again["appProofs"] == listed["appProofs"] == alone["appProofs"] == activity["appProofs"]
    assert len(alone["appProofs"]) == 3


async def test_keys_and_accounts_and_a_sub_organization_s_wallet_have_them(server: ComposedServer) -> None:
    first = await wallet(server, "treasury")
    wallet_id = first["result"]["createWalletResult"]["walletId"]
    more = [ETHEREUM | {"path": "m/44'/60'/0'/0/1"}]
    parameters = {"walletId": wallet_id, "accounts": more}
    accounts = (await server.submit("CREATE_WALLET_ACCOUNTS", parameters, **ASKED)).activity
    (of_account,) = said(accounts)[1:]
    assert of_account["addressDerivationProof"]["walletId"] == wallet_id

    keys = [key("k", "ETHEREUM", "TRON")]
    made = (await server.submit("CREATE_PRIVATE_KEYS_V2", {"privateKeys": keys}, **ASKED)).activity
    of_keys = [each["addressDerivationProof"] for each in said(made)[1:]]
    (private_key,) = made["result"]["createPrivateKeysResultV2"]["privateKeys"]
    assert of_keys == [
        {"organizationId": server.root.organization_id, "address": each["address"]} for each in private_key["addresses"]
    ]

    parameters = {
        "subOrganizationName": "Sub",
        "rootUsers": [{"userName": "a", "apiKeys": [], "authenticators": [], "oauthProviders": []}],
        "rootQuorumThreshold": 1,
        "wallet": {"walletName": "w", "accounts": [ETHEREUM]},
    }
    parameters["rootUsers"][0]["apiKeys"] = [  # type: ignore[index]
        {"apiKeyName": "k", "publicKey": server.root.public_key, "curveType": "API_KEY_CURVE_P256"}
    ]
    sub = (await server.submit("CREATE_SUB_ORGANIZATION_V8", parameters, **ASKED)).activity
    result = sub["result"]["createSubOrganizationResultV8"]
    (of_sub,) = said(sub)[1:]
    assert of_sub["addressDerivationProof"]["organizationId"] == result["subOrganizationId"]
    assert [of_sub["addressDerivationProof"]["address"]] == result["wallet"]["addresses"]


async def test_nobody_is_given_what_was_not_asked_for(server: ComposedServer) -> None:
    for asked in ({}, {"generateAppProofs": False}, {"generateAppProofs": None}, {"generateAppProofs": "true"}):
        name = f"wallet {asked}"
        activity = await wallet(server, name, **asked)
        assert activity["appProofs"] == []
        assert (await server.query("list_app_proofs", activityId=activity["id"])).json == {"appProofs": []}
        assert (await objects_of(server, activity)).status == 404
    inside = {"walletName": "inside", "accounts": [], "generateAppProofs": True}
    assert (await server.submit("CREATE_WALLET", inside)).activity["appProofs"] == []


async def test_a_later_approval_completes_it_with_the_proofs_that_it_asked_for(server: ComposedServer) -> None:
    other = await server.add_user("other")
    await server.set_root_quorum(2, server.root, other)
    pending = await wallet(server, "treasury", **ASKED)
    assert (pending["status"], pending["appProofs"]) == ("ACTIVITY_STATUS_CONSENSUS_NEEDED", [])
    reply = await server.submit("APPROVE_ACTIVITY", {"fingerprint": pending["fingerprint"]}, by=other)
    done = reply.activity
    outcome, *addresses = said(done)
    assert len(addresses) == 2
    approvals = outcome["policyOutcomeProof"]["userRequestApprovals"]
    assert [each["message"] for each in approvals] == [vote["message"] for vote in done["votes"]]
    await require_recomputable(server, done)
    later = (await server.query("get_activity", activityId=done["id"])).activity
    assert later["appProofs"] == done["appProofs"]


async def test_an_approval_that_asks_gives_no_proofs_to_what_did_not(server: ComposedServer) -> None:
    other = await server.add_user("other")
    await server.set_root_quorum(2, server.root, other)
    pending = await wallet(server, "treasury")
    fingerprint = {"fingerprint": pending["fingerprint"]}
    done = (await server.submit("APPROVE_ACTIVITY", fingerprint, by=other, **ASKED)).activity
    assert (done["status"], done["appProofs"]) == ("ACTIVITY_STATUS_COMPLETED", [])


async def test_what_is_denied_has_none(server: ComposedServer) -> None:
    guest = await server.add_user("guest")
    denied = await server.submit("CREATE_USER_TAG", {"userTagName": "t", "userIds": []}, by=guest, **ASKED)
    assert denied.status == 403
    (activity,) = (await server.query("list_activities", filterByStatus=["ACTIVITY_STATUS_FAILED"])).json["activities"]
    assert activity["appProofs"] == []


async def test_policies_and_a_transaction_s_facts_are_in_the_decision(server: ComposedServer) -> None:
    made = await wallet(server, "treasury")
    signer = await server.add_user("signer")
    policy = {
        "policyName": "small",
        "effect": "EFFECT_ALLOW",
        "condition": "eth.tx.value < 1000",
        "consensus": f"approvers.any(user, user.id == '{signer.user_id}')",
        "notes": "",
    }
    policy_id = (await server.submit("CREATE_POLICY_V3", policy)).result["policyId"]
    parameters = {
        "signWith": made["result"]["createWalletResult"]["addresses"][0],
        "type": "TRANSACTION_TYPE_ETHEREUM",
        "unsignedTransaction": transfer(256),
    }
    reply = await server.submit("SIGN_TRANSACTION_V2", parameters, by=signer, **ASKED)
    assert reply.result
    await require_recomputable(server, reply.activity)
    context = json.loads((await objects_of(server, reply.activity)).json["decisionContext"])
    assert context["evaluations"] == [{"policyId": policy_id, "outcome": "OUTCOME_ALLOW"}]
    assert context["rootQuorumMet"] is False
    assert context["facts"]["eth"]["tx"]["value"] == "256"


async def test_a_parent_s_digest_is_recomputable_by_the_parent(server: ComposedServer) -> None:
    (owner,) = await server.add_sub_organization("owner")
    activity = await wallet(server, "own", by=owner, **ASKED)
    await require_recomputable(server, activity, by=server.root)
    own = (await objects_of(server, activity, by=owner)).json
    assert set(own) == {"decisionContext", "organizationData"}
    assert (await server.submit("CREATE_USER_TAG", {"userTagName": "t", "userIds": []})).result
    await require_recomputable(server, activity, by=server.root)


async def test_without_a_key_it_fails_rather_than_completes(tmp_path: Path, store_kind: StoreKind) -> None:
    """The boot proof cannot be stored: who asks is refused, with nothing stored; who does not ask is served."""

    def fails(store: Any) -> Any:
        FaultyStore(store)

        async def add_boot_proof(proof: object) -> None:
            raise StoreError("as the test wants it")

        store.kept = store.add_boot_proof
        store.add_boot_proof = add_boot_proof
        return store

    composed = await ComposedServer.start(tmp_path, database=store_kind.new_database(), proofs=True, wrap_store=fails)
    try:
        body = composed.activity_body("CREATE_USER_TAG", {"userTagName": "t", "userIds": []}, **ASKED)
        path = "/public/v1/submit/create_user_tag"
        refused = await composed.post(path, body, by=composed.root)
        assert refused.status == 503
        assert "no proof can be made now" in refused.json["message"]
        assert (await composed.submit("CREATE_USER_TAG", {"userTagName": "u", "userIds": []})).result
        composed.store.add_boot_proof = composed.store.kept  # type: ignore[attr-defined, method-assign]
        assert said((await composed.post(path, body, by=composed.root)).activity)
    finally:
        await composed.app.stop()


async def test_the_boot_proof_vouches_for_the_key(server: ComposedServer) -> None:
    activity = await wallet(server, "treasury", **ASKED)
    proof = activity["appProofs"][0]
    published = (await server.call("GET", "/.well-known/counterseal")).json
    found = (await server.query("get_boot_proof", ephemeralKey=proof["publicKey"].upper())).json["bootProof"]
    latest = (await server.query("get_latest_boot_proof", appName="signer")).json["bootProof"]
    assert latest == found | {"enclaveApp": "signer"}
    root = bytes.fromhex(published["boot_root"])
    check_boot_proof(BootProof.of(found), root=root, app_proof=proof_of(proof))
    await server.restart()
    after = await wallet(server, "another", **ASKED)
    assert after["appProofs"][0]["publicKey"] != proof["publicKey"]
    assert (await server.query("get_boot_proof", ephemeralKey=proof["publicKey"])).json["bootProof"] == found
    newer = (await server.query("get_latest_boot_proof", appName="policy-engine")).json["bootProof"]
    assert newer["ephemeralPublicKeyHex"] == after["appProofs"][0]["publicKey"]


async def test_what_no_start_had_has_no_boot_proof(server: ComposedServer) -> None:
    for asked, status in (("00" * 130, 404), ("0", 400), ("x" * 260, 400), ("٠" * 260, 400)):
        assert (await server.query("get_boot_proof", ephemeralKey=asked)).status == status
    assert (await server.query("get_latest_boot_proof", appName="notarizer")).status == 404


async def test_switched_off_nobody_is_given_any(tmp_path: Path, store_kind: StoreKind) -> None:
    composed = await ComposedServer.start(tmp_path, database=store_kind.new_database())
    assert (await wallet(composed, "treasury", **ASKED))["appProofs"] == []
    assert (await composed.query("get_latest_boot_proof", appName="signer")).status == 404
    await composed.app.stop()
