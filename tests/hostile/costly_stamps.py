"""Stamps whose verification is as much work as possible, and headers that are as long as they may be."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from typing import Any

from composed import key_params
from counterseal.crypto import ApiKeyScheme, Curve, PrivateKey, generate_key_pair, sign_stamp
from hostile.costly import BODY_MAX, CostlyCase, Stage, once_a_stage, post, query_body, stamped, user_params
from hostile.costly_json import WHOAMI, body_with, text

ORGANIZATIONS = 100
"""As many as the look-up by a credential gives at most."""

GET_ACTIVITY = "/public/v1/query/get_activity"


def _large_body(stage: Stage) -> bytes:
    return body_with(stage.adversary, text(b"honest"))


def _honest(stage: Stage, _: Any) -> bytes:
    return stamped(WHOAMI, _large_body(stage), stage.adversary.key)


def _registered(curve: Curve) -> Any:
    def set_up(stage: Stage) -> PrivateKey:
        key = generate_key_pair(curve)
        parameters = {"userId": stage.adversary.user_id, "apiKeys": [key_params(key)]}
        stage.submit("create_api_keys", "CREATE_API_KEYS_V2", parameters)
        return key

    return set_up


def _large(curve: Curve, scheme: ApiKeyScheme) -> CostlyCase:
    def adversarial(stage: Stage, key: PrivateKey) -> bytes:
        body = _large_body(stage)
        return post(WHOAMI, body, x_stamp=sign_stamp(key, body, scheme=scheme))

    return CostlyCase(
        name=f"stamp over a megabyte: {scheme}",
        set_up=_registered(curve),
        adversarial=adversarial,
        honest=_honest,
        answers=frozenset({200}),
        honest_answers=frozenset({200}),
    )


def _in_many_organizations(stage: Stage) -> PrivateKey:
    """One key of Ethereum for the root users of a hundred sub-organizations."""
    key = generate_key_pair(Curve.SECP256K1)
    for number in range(ORGANIZATIONS):
        parameters = {
            "subOrganizationName": f"{number}",
            "rootUsers": [user_params("ann", key)],
            "rootQuorumThreshold": 1,
        }
        status, _ = stage.server.submit("create_sub_organization", "CREATE_SUB_ORGANIZATION_V8", parameters)
        assert status == 200
    return key


def _anywhere(name: str, spoil: bytes) -> CostlyCase:
    """A poll that names no organization, so that its key is looked for everywhere."""

    def adversarial(_stage: Stage, key: PrivateKey) -> bytes:
        body = b'{"more":"' + b"x" * (BODY_MAX - 11) + b'"}'
        return post(GET_ACTIVITY, body, x_stamp=sign_stamp(key, body + spoil, scheme=ApiKeyScheme.SECP256K1_EIP191))

    return CostlyCase(
        name=f"stamp of a key that a hundred organizations have: {name}",
        set_up=once_a_stage(_in_many_organizations),
        adversarial=adversarial,
        honest=_honest,
        answers=frozenset({401}),
        honest_answers=frozenset({200}),
    )


def _header(name: str, *, status: int = 401, **headers: str) -> CostlyCase:
    return CostlyCase(
        name=f"header: {name}",
        adversarial=lambda stage, _: post(WHOAMI, query_body(stage.adversary), **headers),
        honest=lambda stage, _: stamped(WHOAMI, query_body(stage.adversary), stage.adversary.key),
        answers=frozenset({status}),
        honest_answers=frozenset({200}),
    )


def _in_base64(content: bytes) -> str:
    return urlsafe_b64encode(content).decode()


CASES = (
    _large(Curve.SECP256K1, ApiKeyScheme.SECP256K1_EIP191),
    _large(Curve.ED25519, ApiKeyScheme.ED25519),
    _anywhere("it holds", b""),
    _anywhere("it does not hold", b" "),
    _header("a stamp of numbers", x_stamp=_in_base64(b'{"a":[' + b"0," * 1500 + b"0]}")),
    _header("a stamp of many levels", x_stamp=_in_base64(b"[" * 3000)),
    _header("a stamp of fractions", x_stamp=_in_base64(b'{"publicKey":' + b"1.7976931348623157e308," * 120)),
    _header("a stamp that is too long", x_stamp="A" * 15_000),
    _header("a stamp of a passkey, of many levels", x_stamp_webauthn='{"a":' * 1600),
    _header("a stamp of a passkey that is too long", x_stamp_webauthn="{" + " " * 15_000),
    _header("a session that is too long", x_session="A" * 15_000),
    _header("three thousand headers", status=431, x_session="\r\n".join(["A", *["a:"] * 3000])),
)
