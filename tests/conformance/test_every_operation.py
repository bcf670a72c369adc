"""Every operation over a socket: what the model and the official packages know is a route, and takes its requests.

Each submit is sent in every version that its path takes, misspelt ones of released clients included, and each query as
well; with as little and with as much as the model allows. The answer is a success or a refusal of the contract, never
that the body could not be read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conformance.members import Member, new_organization, root_of
from counterseal.activities import implemented_kinds
from counterseal.contract import Operation, all_operations, operation_for
from counterseal.contract.generator.model import model
from counterseal.crypto import Curve, generate_key_pair, sign_stamp
from counterseal.engine.decide.decider import VOTES
from counterseal.queries import implemented_queries
from model_bodies import parameters_of, query_of
from served import RunningServer, activity_body

PACKAGES = Path(__file__).parent / "node_modules" / "@turnkey"
SUBMITS = [operation for operation in all_operations() if operation.is_submit]
QUERIES = [operation for operation in all_operations() if not operation.is_submit]

NOT_FOUND = {
    "get_activity",
    "get_api_key",
    "get_authenticator",
    "get_boot_proof",
    "get_latest_boot_proof",
    "list_app_proofs",
    "get_policy",
    "get_policy_evaluations",
    "get_private_key",
    "get_session_profile",
    "get_smart_contract_interface",
    "get_wallet",
    "get_wallet_account",
    "approve_activity",
    "create_wallet_accounts",
    "delete_api_keys",
    "delete_authenticators",
    "delete_policies",
    "delete_policy",
    "delete_private_key_tags",
    "delete_smart_contract_interface",
    "delete_user_tags",
    "delete_webhook_endpoint",
    "reject_activity",
    "sign_raw_payload",
    "sign_raw_payloads",
    "sign_transaction",
    "remove_ip_allowlist",
    "delete_secrets",
    "export_private_key",
    "export_secrets",
    "export_wallet",
    "export_wallet_account",
    "update_policy",
    "update_private_key_tag",
    "update_user_tag",
    "update_wallet",
    "update_webhook_endpoint",
}
"""Operations whose smallest body must name something that is there already, and names what is not."""

OF_PARENTS = {"CREATE_SESSION_PROFILE", "CREATE_SUB_ORGANIZATION", "REMOVE_IP_ALLOWLIST", "SET_IP_ALLOWLIST"}
"""What a sub-organization may not send."""

REFUSED = {
    "CREATE_AUTHENTICATORS": (400, "invalid authenticator attestation: "),
    "CREATE_AUTHENTICATORS_V2": (400, "invalid authenticator attestation: "),
    "CREATE_POLICY": (400, "policies with selectors are not supported: "),
    "CREATE_POLICY_V2": (400, "policies with selectors are not supported: "),
    "CREATE_PRIVATE_KEY_TAG": (404, "unable to find private key "),
    "CREATE_READ_WRITE_SESSION": (404, "unable to find user with email "),
    "CREATE_SUB_ORGANIZATION": (400, "invalid authenticator attestation: "),
    "IMPORT_SECRETS": (400, "could not decrypt import bundle"),
    "IMPORT_PRIVATE_KEY": (400, "could not decrypt import bundle"),
    "IMPORT_WALLET": (400, "could not decrypt import bundle"),
    "DELETE_PRIVATE_KEYS": (400, "private key not part of your organization: "),
    "DELETE_USERS": (400, "quorum users missing: "),
    "DELETE_WALLETS": (400, "wallet not part of your organization: "),
    "DELETE_WALLET_ACCOUNTS": (400, "wallet account not part of your organization: "),
}
"""Other types whose smallest body is refused."""


@pytest.fixture(scope="module")
def server(start_server: Callable[..., RunningServer]) -> RunningServer:
    return start_server()


def has_behaviour(operation: Operation) -> bool:
    if operation.is_submit:
        return operation.kind in implemented_kinds() or operation.name in VOTES
    return operation.name in implemented_queries()


def paths_of_the_packages() -> set[str]:
    """Every path that an official package calls."""
    source = "\n".join(file.read_text("utf-8") for file in PACKAGES.rglob("*.mjs"))
    return set(re.findall(r"""["'`](/(?:public|tkhq/api)/v1/[\w/-]+)["'`]""", source))


def test_every_path_is_a_route(server: RunningServer) -> None:
    called = paths_of_the_packages()
    assert len(called) > 180
    for path in sorted(called | {each["path"] for each in model().operations}):
        operation = operation_for(path)
        assert operation is not None, path
        status, reply = server.post(path, b"{}", None)
        if has_behaviour(operation):
            assert (status, reply["code"]) == (401, 16), path
        else:
            assert (status, reply["code"], reply["message"]) == (501, 12, f"{path} is not implemented")


@pytest.mark.parametrize("everything", [False, True], ids=["minimal", "maximal"])
@pytest.mark.parametrize("operation", SUBMITS, ids=lambda operation: operation.name)
def test_every_version_of_a_submit(server: RunningServer, operation: Operation, everything: bool) -> None:
    for type_name, variant in operation.variants.items():
        sender = sender_of(operation, server)
        parameters = parameters_of(variant.type, everything=everything, known=known_to(sender))
        body = activity_body(sender.organization_id, type_name.removeprefix("ACTIVITY_TYPE_"), parameters)
        status, reply = server.post(operation.path, body, sign_stamp(sender.key, body))
        assert_is_of_the_contract(operation, status, reply)
        if has_behaviour(operation) and not everything:
            expected = REFUSED.get(type_name.removeprefix("ACTIVITY_TYPE_"), (expected_of(operation), ""))
            assert (status, reply.get("message", "").startswith(expected[1])) == (expected[0], True), reply
        if status == 200:
            assert reply["activity"]["type"] == variant.type
            assert reply["activity"]["intent"] == {variant.intent_key: parameters}
            assert list(reply["activity"]["result"]) == [variant.result_key]


@pytest.mark.parametrize("everything", [False, True], ids=["minimal", "maximal"])
@pytest.mark.parametrize("operation", QUERIES, ids=lambda operation: operation.name)
def test_every_query(server: RunningServer, operation: Operation, everything: bool) -> None:
    [request] = [each["request"] for each in model().operations if each["path"] == operation.path]
    root = root_of(server)
    members = query_of(request, everything=everything, known=known_to(root)) if request else {}
    body = json.dumps(members).encode()
    status, reply = server.post(operation.path, body, sign_stamp(root.key, body))
    assert_is_of_the_contract(operation, status, reply)
    if has_behaviour(operation) and not everything:
        assert status == expected_of(operation), reply


def sender_of(operation: Operation, server: RunningServer) -> Member:
    """Somebody who may; in an organization of its own, because what is asked for may end it."""
    if operation.kind in OF_PARENTS or not has_behaviour(operation):
        return root_of(server)
    return new_organization(server)[0]


def known_to(member: Member) -> dict[str, str]:
    """What exists, by the names under which requests ask for it."""
    return {
        "organizationId": member.organization_id,
        "userId": member.user_id,
        "userIds": member.user_id,
        "publicKey": generate_key_pair(Curve.P256).public_key.hex(),
        "curveType": "API_KEY_CURVE_P256",
        "ephemeralKey": "00" * 130,
    }


def expected_of(operation: Operation) -> int:
    """The status that the smallest body gets."""
    return 404 if operation.name in NOT_FOUND else 200


def assert_is_of_the_contract(operation: Operation, status: int, reply: dict[str, Any]) -> None:
    """A success, a refusal that is not about reading the body, or that something is not here, by its name."""
    if not has_behaviour(operation):
        assert (status, reply["code"], reply["message"]) == (501, 12, f"{operation.path} is not implemented")
        return
    assert status in (200, 400, 403, 404, 409, 429, 501), reply
    if status == 200:
        return
    assert reply.keys() == {"code", "message", "details", "turnkeyErrorCode"}
    assert not re.search("request body|request timestamp", reply["message"]), reply["message"]
    if status == 501:
        assert re.match(r"`[\w.\[\]]+` .*is not implemented", reply["message"]), reply["message"]
