"""One request of every activity type that is built, and an organization in which each of them is accepted."""

from __future__ import annotations

from typing import Any

from every_wallet import OWNER, requests_of_wallets, rows_of_wallets, secrets_of

import sample
from counterseal.contract.shapes import Effect, SmartContractInterfaceType, TagType
from counterseal.crypto import Curve, generate_key_pair
from counterseal.crypto.p256 import P256PrivateKey
from counterseal.organizations import (
    Authenticator,
    AuthenticatorAdded,
    InterfaceText,
    IpRules,
    Policy,
    PolicySet,
    PrivateKeyTag,
    SessionProfile,
    SessionProfileAdded,
    SmartContractInterface,
    Snapshot,
    Tag,
    TagSet,
    WebhookEndpoint,
    apply_changes,
)
from sample import NOW_MS, uuid
from software_authenticator import SoftwareAuthenticator

__all__ = ["secrets_of"]

TARGET = P256PrivateKey.generate()
KEYS = {curve: generate_key_pair(curve).public_key.hex() for curve in Curve}
PASSKEY = SoftwareAuthenticator(credential_id=bytes(range(0xF0, 0x100)) * 2)  # such bytes have a - and a _ in base64url
ANN, BOB, CAROL = OWNER, uuid(0xB2), uuid(0xC3)
TAG, POLICY, KEY, AUTHENTICATOR = uuid(0xD4), uuid(0xE5), uuid(0xF6), uuid(0xAB)
KEY_TAG, ENDPOINT, PROFILE, INTERFACE = uuid(0xBC), uuid(0xCD), uuid(0xDE), uuid(0xEF)
LISTED = sample.api_key(ANN, public_key=generate_key_pair(Curve.P256).public_key.hex(), ip_rules=IpRules(rules=()))

_OLD_KEY = {"apiKeyName": "key", "publicKey": KEYS[Curve.P256], "expirationSeconds": "3600"}
_NEW_KEYS = [
    {
        "apiKeyName": f"key {curve}",
        "publicKey": key,
        "curveType": f"API_KEY_CURVE_{curve.name}",
        "expirationSeconds": "60",
    }
    for curve, key in KEYS.items()
]
_LASTING = {"apiKeyName": "lasting", "publicKey": generate_key_pair(Curve.P256).public_key.hex()}
_FLAT = PASSKEY.registration()


def _user(*keys: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"userName": "ada", "userEmail": "ada@example.com", "apiKeys": list(keys), "authenticators": []} | more


def _old(key: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in key.items() if name != "curveType"}


def _browser_form(flat: dict[str, Any]) -> dict[str, Any]:
    """A registration as the first versions take it (WebAuthn, section 5.1)."""
    attestation = flat["attestation"]
    credential = {
        "id": attestation["credentialId"],
        "rawId": attestation["credentialId"],
        "type": "public-key",
        "response": {
            "clientDataJson": attestation["clientDataJson"],
            "attestationObject": attestation["attestationObject"],
            "transports": attestation["transports"],
        },
        "clientExtensionResults": {"appid": False, "appidExclude": False, "credProps": {"rk": True}},
    }
    return {"authenticatorName": "a", "userId": ANN, "challenge": flat["challenge"], "attestation": credential}


_OAUTH = {"oauthProviders": []}
_TAGGED = {"userTags": [TAG]}
_SUB = {"subOrganizationName": "Sub", "rootQuorumThreshold": 1}
_POLICY = {"policyName": "p", "effect": "EFFECT_ALLOW", "condition": "true", "consensus": "true", "notes": "n"}
_LASTING_V2 = _LASTING | {"curveType": "API_KEY_CURVE_P256"}

REQUESTS: dict[str, dict[str, Any]] = {
    "CREATE_API_KEYS": {"userId": ANN, "apiKeys": [_OLD_KEY]},
    "CREATE_API_KEYS_V2": {"userId": ANN, "apiKeys": _NEW_KEYS},
    "DELETE_API_KEYS": {"userId": ANN, "apiKeyIds": [KEY]},
    "CREATE_AUTHENTICATORS": {"userId": ANN, "authenticators": [_browser_form(_FLAT)]},
    "CREATE_AUTHENTICATORS_V2": {"userId": ANN, "authenticators": [_FLAT]},
    "DELETE_AUTHENTICATORS": {"userId": ANN, "authenticatorIds": [AUTHENTICATOR]},
    "CREATE_USERS": {"users": [_user(_old(_LASTING), accessType="ACCESS_TYPE_API", **_TAGGED)]},
    "CREATE_USERS_V2": {"users": [_user(_old(_LASTING), authenticators=[_FLAT]) | _TAGGED]},
    "CREATE_USERS_V3": {"users": [_user(_LASTING_V2, **_TAGGED, **_OAUTH)]},
    "CREATE_USERS_V4": {"users": [_user(_LASTING_V2, userPhoneNumber="+13214567890", **_TAGGED, **_OAUTH)]},
    "CREATE_API_ONLY_USERS": {"apiOnlyUsers": [{"userName": "m", "apiKeys": [_old(_LASTING)], "userTags": [TAG]}]},
    "DELETE_USERS": {"userIds": [BOB, CAROL]},
    "UPDATE_USER": {"userId": ANN, "userName": "x", "userEmail": "x@example.com", "userTagIds": [TAG]},
    "UPDATE_USER_NAME": {"userId": ANN, "userName": "x"},
    "UPDATE_USER_EMAIL": {"userId": ANN, "userEmail": "x@example.com"},
    "UPDATE_USER_PHONE_NUMBER": {"userId": ANN, "userPhoneNumber": "+13214567890"},
    "CREATE_USER_TAG": {"userTagName": "new", "userIds": [ANN]},
    "UPDATE_USER_TAG": {"userTagId": TAG, "newUserTagName": "x", "addUserIds": [ANN], "removeUserIds": [BOB]},
    "DELETE_USER_TAGS": {"userTagIds": [TAG]},
    "CREATE_PRIVATE_KEY_TAG": {"privateKeyTagName": "new", "privateKeyIds": []},
    "UPDATE_PRIVATE_KEY_TAG": {"privateKeyTagId": KEY_TAG, "newPrivateKeyTagName": "x"},
    "DELETE_PRIVATE_KEY_TAGS": {"privateKeyTagIds": [KEY_TAG]},
    "CREATE_WEBHOOK_ENDPOINT": {
        "url": "https://hooks.example.com:8443/a?b=c",
        "name": "e",
        "subscriptions": [{"eventType": "ACTIVITY_UPDATES", "filtersJson": "{}", "isActive": False}],
    },
    "UPDATE_WEBHOOK_ENDPOINT": {"endpointId": ENDPOINT, "url": "https://8.8.8.8", "name": "x", "isActive": False},
    "DELETE_WEBHOOK_ENDPOINT": {"endpointId": ENDPOINT},
    "CREATE_SMART_CONTRACT_INTERFACE": {
        "smartContractAddress": f"0x{'22' * 20}",
        "smartContractInterface": "[]",
        "type": "SMART_CONTRACT_INTERFACE_TYPE_ETHEREUM",
        "label": "new",
        "notes": "why",
    },
    "DELETE_SMART_CONTRACT_INTERFACE": {"smartContractInterfaceId": INTERFACE},
    "CREATE_POLICY_V3": _POLICY,
    "CREATE_POLICIES": {"policies": [_POLICY]},
    "UPDATE_POLICY": {"policyId": POLICY, "policyName": "x", "policyCondition": "false"},
    "UPDATE_POLICY_V2": {"policyId": POLICY, "policyName": "x", "policyCondition": "false"},
    "DELETE_POLICY": {"policyId": POLICY},
    "DELETE_POLICIES": {"policyIds": [POLICY]},
    "CREATE_SUB_ORGANIZATION": {"name": "Sub", "rootAuthenticator": _FLAT},
    "CREATE_SUB_ORGANIZATION_V2": _SUB | {"rootUsers": [_user(_old(_LASTING))]},
    "CREATE_SUB_ORGANIZATION_V3": _SUB | {"rootUsers": [_user(_old(_LASTING))], "privateKeys": []},
    "CREATE_SUB_ORGANIZATION_V4": _SUB | {"rootUsers": [_user(_old(_LASTING), authenticators=[_FLAT])]},
    "CREATE_SUB_ORGANIZATION_V5": _SUB | {"rootUsers": [_user(_old(_LASTING), **_OAUTH)]},
    "CREATE_SUB_ORGANIZATION_V6": _SUB | {"rootUsers": [_user(_LASTING_V2, **_OAUTH)]},
    "CREATE_SUB_ORGANIZATION_V7": _SUB | {"rootUsers": [_user(_LASTING_V2, **_OAUTH)], "disableSmsAuth": True},
    "CREATE_SUB_ORGANIZATION_V9": _SUB | {"rootUsers": [_user(_LASTING_V2, walletAuthenticators=[], **_OAUTH)]},
    "CREATE_SUB_ORGANIZATION_V8": _SUB | {"rootUsers": [_user(_LASTING_V2, authenticators=[_FLAT], **_OAUTH)]},
    "CREATE_READ_ONLY_SESSION": {},
    "CREATE_READ_WRITE_SESSION": {
        "targetPublicKey": TARGET.public_point.hex(),
        "email": "Ann@example.com",
        "expirationSeconds": "60",
    },
    "CREATE_READ_WRITE_SESSION_V2": {
        "targetPublicKey": TARGET.public_point.hex(),
        "userId": ANN,
        "apiKeyName": "s",
        "expirationSeconds": "60",
    },
    "STAMP_LOGIN": {
        "publicKey": KEYS[Curve.P256],
        "expirationSeconds": "60",
        "invalidateExisting": True,
        "sessionProfileId": PROFILE,
    },
    "SET_IP_ALLOWLIST": {
        "enabled": True,
        "rules": [{"cidr": "192.0.2.1/24", "label": "office"}, {"cidr": "2001:db8::/48"}],
        "onEvaluationError": "ALLOW",
    },
    "REMOVE_IP_ALLOWLIST": {"publicKey": LISTED.public_key},
    "CREATE_SESSION_PROFILE": {
        "sessionProfileName": "new",
        "scope": "true",
        "expirationSeconds": "60",
        "notes": "why",
    },
}

REQUESTS |= requests_of_wallets(TARGET.public_point.hex())

ROWS = (
    *rows_of_wallets(),
    PrivateKeyTag(id=KEY_TAG, name="key tag", created_ms=NOW_MS, updated_ms=NOW_MS),
    SmartContractInterface(
        id=INTERFACE,
        address=f"0x{'11' * 20}",
        type=SmartContractInterfaceType.ETHEREUM,
        label="interface",
        bytes=2,
        digest="00" * 32,
        created_ms=NOW_MS,
    ),
    InterfaceText(id=INTERFACE, text="[]", functions={}),
    WebhookEndpoint(id=ENDPOINT, name="endpoint", url="https://example.com"),
)
"""What there is besides."""


def organization() -> Snapshot:
    """``ANN`` is its root user."""
    ann = sample.user(
        ANN,
        sample.api_key(ANN),
        sample.api_key(ANN, id=KEY),
        LISTED,
        name="ann",
        email="Ann@example.com",
    )
    passkey = Authenticator(
        id=AUTHENTICATOR,
        user_id=ANN,
        name="passkey",
        credential_id="held",
        public_key="",
        aaguid="",
        attestation_type="none",
        model="",
        transports=(),
        rp_id_hash=bytes(32),
        created_ms=NOW_MS,
    )
    bob = sample.user(BOB, sample.api_key(BOB), name="bob", tag_ids=(TAG,))
    carol = sample.user(CAROL, sample.api_key(CAROL), name="carol")
    policy = Policy(
        id=POLICY,
        name="policy",
        effect=Effect.DENY,
        condition="true",
        consensus=None,
        time=None,
        notes="",
        created_ms=NOW_MS,
        updated_ms=NOW_MS,
    )
    tag = Tag(id=TAG, name="tag", type=TagType.USER, created_ms=NOW_MS, updated_ms=NOW_MS)
    made = sample.organization(ann, bob, carol)
    profile = SessionProfile(id=PROFILE, name="profile", scope="true", created_ms=NOW_MS)
    return apply_changes(
        made,
        made.id,
        [
            AuthenticatorAdded(authenticator=passkey),
            TagSet(tag=tag),
            PolicySet(policy=policy),
            SessionProfileAdded(session_profile=profile),
        ],
    )
