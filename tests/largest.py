"""An organization in which everything is as large as the limits allow, made by ordinary requests.

``fill`` asks for it through a function that submits a request and gives its result, so that it serves a composed server
and one on a socket alike.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import cbor2

from counterseal.activities.webhook_endpoints.subscriptions import FILTERS_CHARACTERS_MAX
from counterseal.contract.webhook_urls import URL_CHARACTERS_MAX
from counterseal.crypto import Curve, PrivateKey, generate_key_pair
from counterseal.organizations import PRIVATE_KEYS_MAX, WALLETS_MAX, WEBHOOK_ENDPOINTS_MAX
from software_authenticator import HAS_CREDENTIAL, USER_PRESENT, USER_VERIFIED, b64u

Submit = Callable[[str, Any], Awaitable[dict[str, Any]]]
"""Activity type without ``ACTIVITY_TYPE_``, and parameters; the result of the activity, which must be completed."""

USERS, KEYS, EXPIRING_KEYS, PASSKEYS, TAGS, POLICIES = 100, 10, 10, 10, 100, 100
SESSION_PROFILES = 100
NAME = "\N{GRINNING FACE}" * 255
"""Four bytes a character, which is more than an escaped quotation mark takes."""
FORMATS = [
    f"ADDRESS_FORMAT_{name}" for name in ("UNCOMPRESSED", "COMPRESSED", "ETHEREUM", "COSMOS", "SEI", "TRON", "XRP")
]
FORMATS += [
    f"ADDRESS_FORMAT_BITCOIN_{network}_{kind}"
    for network in ("MAINNET", "TESTNET", "SIGNET", "REGTEST")
    for kind in ("P2PKH", "P2SH", "P2WPKH", "P2TR")
]

NOTES = "\N{GRINNING FACE}" * 4096
EMAIL = f"{'e' * 64}@{'.'.join(['d' * 61] * 3)}.com"
PHONE = "+123456789012345"
TEXT = "false" + "\n" * (8192 - len("false"))
"""A condition that means nothing and is shown as twice its bytes."""

ORIGINS = ",".join([f"https://{'o' * 63}.example{at:03}" for at in range(100)])[:8192].rpartition(",")[0]
SWITCHES = ("EMAIL_AUTH", "EMAIL_RECOVERY", "OTP_EMAIL_AUTH", "SMS_AUTH", "ROOT_USER_EMAIL_RECOVERY")
RSA_KEY = cbor2.dumps({1: 3, 3: -257, -1: (1 << 4095 | 1).to_bytes(512), -2: b"\x01\x00\x01"})
"""The largest key that is taken, of which nobody knows the private half."""

_USERS_A_REQUEST = 4


@dataclass(frozen=True)
class Member:
    """A user with one of the keys."""

    user_id: str
    key: PrivateKey


@dataclass(frozen=True)
class Largest:
    """What there is in the organization, beside the root user who made it."""

    members: list[Member]
    tag_ids: list[str]
    policy_ids: list[str]


async def fill(submit: Submit, *, root: Member, tag_count: int = TAGS) -> Largest:
    """Every limit of the organization of ``root``, who is the root quorum, the only user, and has one key at first.

    A sub-organization may have ten tags.
    """
    tags = [await submit("CREATE_USER_TAG", {"userTagName": numbered(at), "userIds": []}) for at in range(tag_count)]
    tag_ids = [tag["userTagId"] for tag in tags]
    await _fill_up(submit, root, tag_ids)
    members: list[Member] = []
    for start in range(0, USERS - 1, _USERS_A_REQUEST):
        count = min(_USERS_A_REQUEST, USERS - 1 - start)
        keys = [generate_key_pair(Curve.P256) for _ in range(count)]
        users = [user(key, tag_ids) for key in keys]
        user_ids = (await submit("CREATE_USERS_V4", {"users": users}))["userIds"]
        members += [Member(user_id, key) for user_id, key in zip(user_ids, keys, strict=True)]
    policy_ids: list[str] = []
    for start in range(0, POLICIES, 5):
        policies = [policy(at) for at in range(start, start + 5)]
        policy_ids += (await submit("CREATE_POLICIES", {"policies": policies}))["policyIds"]
    for at in range(tag_count):
        await submit("CREATE_PRIVATE_KEY_TAG", {"privateKeyTagName": numbered(at)})
    for at in range(WEBHOOK_ENDPOINTS_MAX):
        await submit("CREATE_WEBHOOK_ENDPOINT", endpoint(at))
    await submit("SET_ORGANIZATION_FEATURE", feature("WEBAUTHN_ORIGINS", ORIGINS))
    for name in SWITCHES:
        await submit("SET_ORGANIZATION_FEATURE", feature(name, NAME))
    await submit("UPDATE_ORGANIZATION_NAME", {"organizationName": NAME})
    return Largest(members, tag_ids, policy_ids)


async def fill_wallets(submit: Submit) -> None:
    """One with a page of accounts; private keys with addresses of every format of their curve."""
    for at in range(WALLETS_MAX):
        accounts = [account(number) for number in range(100)] if at == 0 else []
        await submit("CREATE_WALLET", {"walletName": numbered(at), "accounts": accounts})
    for start in range(0, PRIVATE_KEYS_MAX, 100):
        keys = [private_key(at) for at in range(start, start + 100)]
        await submit("CREATE_PRIVATE_KEYS_V2", {"privateKeys": keys})


def account(number: int) -> dict[str, str]:
    """Of the longest address, with the longest name."""
    return {
        "curve": "CURVE_SECP256K1",
        "pathFormat": "PATH_FORMAT_BIP32",
        "path": "m" + "/2147483646'" * 19 + f"/{number}",
        "addressFormat": "ADDRESS_FORMAT_UNCOMPRESSED",
        "name": numbered(number),
    }


def private_key(number: int) -> dict[str, Any]:
    """With addresses of every format of its curve."""
    return {
        "privateKeyName": f"{NAME[:-4]}{number:04}",
        "curve": "CURVE_SECP256K1",
        "privateKeyTags": [],
        "addressFormats": FORMATS,
    }


async def _fill_up(submit: Submit, root: Member, tag_ids: list[str]) -> None:
    """Everything that the first user does not have yet."""
    changed = {"userId": root.user_id, "userName": NAME, "userEmail": EMAIL, "userPhoneNumber": PHONE}
    await submit("UPDATE_USER", changed | {"userTagIds": tag_ids})
    keys = [api_key(generate_key_pair(Curve.P256)) for _ in range(KEYS - 1)]
    keys += [api_key(generate_key_pair(Curve.P256), expires=True) for _ in range(EXPIRING_KEYS)]
    await submit("CREATE_API_KEYS_V2", {"userId": root.user_id, "apiKeys": keys})
    passkeys = [passkey() for _ in range(PASSKEYS)]
    await submit("CREATE_AUTHENTICATORS_V2", {"userId": root.user_id, "authenticators": passkeys})


def numbered(number: int) -> str:
    """The largest name with this number at its end."""
    return f"{NAME[:-3]}{number:03}"


def endpoint(number: int) -> dict[str, Any]:
    """A webhook endpoint with the longest address and filters."""
    url = "https://example.com/"
    subscription = {"eventType": "ACTIVITY_UPDATES", "filtersJson": "{" + "\n" * (FILTERS_CHARACTERS_MAX - 2) + "}"}
    longest = url + "u" * (URL_CHARACTERS_MAX - len(url))
    return {"url": longest, "name": numbered(number), "subscriptions": [subscription]}


def session_profile(number: int) -> dict[str, str]:
    """The largest session profile, which only a parent may have."""
    texts = {"scope": TEXT[:4096], "notes": NOTES, "expirationSeconds": str(100 * 365 * 24 * 3600)}
    return {"sessionProfileName": numbered(number)} | texts


def ip_allowlist() -> dict[str, Any]:
    """The largest IP allow-list, which only a parent may have."""
    networks = [f"192.0.2.{at}/32" for at in range(10)]
    networks += [f"2001:db8:aaaa:aaaa:aaaa:aaaa:aaaa:aaa{at}/128" for at in range(10)]
    return {"rules": [{"cidr": cidr, "label": NAME} for cidr in networks], "onEvaluationError": "ALLOW"}


def user(key: PrivateKey, tag_ids: list[str]) -> dict[str, Any]:
    """A user with the most and largest of everything."""
    keys = [api_key(key), *(api_key(generate_key_pair(Curve.P256)) for _ in range(KEYS - 1))]
    keys += [api_key(generate_key_pair(Curve.P256), expires=True) for _ in range(EXPIRING_KEYS)]
    return {
        "userName": NAME,
        "userEmail": EMAIL,
        "userPhoneNumber": PHONE,
        "apiKeys": keys,
        "authenticators": [passkey() for _ in range(PASSKEYS)],
        "oauthProviders": [],
        "userTags": tag_ids,
    }


def api_key(key: PrivateKey, *, expires: bool = False) -> dict[str, Any]:
    """With the largest name."""
    params = {"apiKeyName": NAME, "publicKey": key.public_key.hex(), "curveType": "API_KEY_CURVE_P256"}
    return params | {"expirationSeconds": str(100 * 365 * 24 * 3600)} if expires else params


def passkey() -> dict[str, Any]:
    """A registration with the largest key, credential id, name and list of transports."""
    credential_id = secrets.token_bytes(192)
    flags = bytes([USER_PRESENT | USER_VERIFIED | HAS_CREDENTIAL])
    auth_data = hashlib.sha256(b"localhost").digest() + flags + bytes(4) + bytes(16)
    auth_data += len(credential_id).to_bytes(2) + credential_id + RSA_KEY
    statement = {"ver": "1", "response": b"header.payload.signature"}
    envelope = {"fmt": "android-safetynet", "attStmt": statement, "authData": auth_data}
    client_data = b'{"type":"webauthn.create","challenge":"AAAA","origin":"http://localhost:3000"}'
    return {
        "authenticatorName": NAME,
        "challenge": "AAAA",
        "attestation": {
            "credentialId": b64u(credential_id),
            "clientDataJson": b64u(client_data),
            "attestationObject": b64u(cbor2.dumps(envelope)),
            "transports": [f"AUTHENTICATOR_TRANSPORT_{each}" for each in ("BLE", "INTERNAL", "NFC", "USB", "HYBRID")],
        },
    }


def policy(number: int) -> dict[str, Any]:
    """With the largest texts, and nothing in them that could take time."""
    return {
        "policyName": numbered(number),
        "effect": "EFFECT_ALLOW",
        "condition": TEXT,
        "consensus": TEXT,
        "time": TEXT,
        "notes": NOTES,
    }


def feature(name: str, value: str) -> dict[str, str]:
    """Parameters that set it."""
    return {"name": f"FEATURE_NAME_{name}", "value": value}
