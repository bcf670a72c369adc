"""A request of every kind that has behaviour, in each version that has other texts, with every member it may have."""

from __future__ import annotations

from typing import Any

from composed import Actor, ComposedServer, key_params, user_params
from counterseal.crypto import Curve, generate_key_pair
from counterseal.crypto.p256 import P256PrivateKey
from every_wallet_kind import parameters_of_wallet_kinds
from software_authenticator import SoftwareAuthenticator

EMAIL, PHONE = "ann@example.com", "+13214567890"
_RULE = {"cidr": "192.0.2.0/24", "label": "office"}


async def parameters_of_every_kind(server: ComposedServer) -> dict[str, Any]:
    """By activity type, without ``ACTIVITY_TYPE_``: what the root user, alone in the quorum, may send. Each is accepted
    as long as no other one has been sent.
    """
    ann, bob = [await server.add_user(name, userEmail=f"{name}@example.org") for name in ("ann", "bob")]
    bob = await server.add_key(bob)
    tag = (await server.submit("CREATE_USER_TAG", {"userTagName": "tag", "userIds": []})).result["userTagId"]
    endpoint = (await server.submit("CREATE_WEBHOOK_ENDPOINT", _endpoint("old"))).result["endpointId"]
    policy = (await server.submit("CREATE_POLICY_V3", _policy("old"))).result["policyId"]
    passkey = SoftwareAuthenticator()
    registered = {"userId": ann.user_id, "authenticators": [passkey.registration()]}
    authenticator = (await server.submit("CREATE_AUTHENTICATORS_V2", registered)).result["authenticatorIds"][0]
    listed = {"publicKey": bob.public_key, "rules": [_RULE]}
    assert (await server.submit("SET_IP_ALLOWLIST", listed)).status == 200
    profile = (await server.submit("CREATE_SESSION_PROFILE", _session_profile("one"))).result["sessionProfileId"]
    keys = (await server.query("get_api_keys", userId=bob.user_id)).json["apiKeys"]
    made = await server.submit("CREATE_SMART_CONTRACT_INTERFACE", _interface("22"))
    interface = made.result["smartContractInterfaceId"]
    return (
        _users(server.root, ann, tag)
        | _credentials(ann, bob, keys[0]["apiKeyId"], authenticator, profile)
        | _session_profiles_and_lists(bob.public_key)
        | _organizations(server.root, tag)
        | await _signing(server)
        | await parameters_of_wallet_kinds(server)
        | {
            "CREATE_POLICY_V3": _policy("one"),
            "CREATE_POLICIES": {"policies": [_policy("two"), _policy("three")]},
            "UPDATE_POLICY_V2": _changed_policy(policy) | {"time": "true"},
            "UPDATE_POLICY": _changed_policy(policy),
            "DELETE_POLICY": {"policyId": policy},
            "DELETE_POLICIES": {"policyIds": [policy]},
            "CREATE_WEBHOOK_ENDPOINT": _endpoint("another"),
            "UPDATE_WEBHOOK_ENDPOINT": {
                "endpointId": endpoint,
                "url": "https://example.com/new",
                "name": "new",
                "isActive": False,
            },
            "DELETE_WEBHOOK_ENDPOINT": {"endpointId": endpoint},
            "CREATE_SMART_CONTRACT_INTERFACE": _interface("11"),
            "DELETE_SMART_CONTRACT_INTERFACE": {"smartContractInterfaceId": interface},
        }
    )


def _users(root: Actor, ann: Actor, tag: str) -> dict[str, Any]:
    contact = {"userEmail": EMAIL, "userPhoneNumber": PHONE}
    user = _user("carol") | contact | {"userTags": [tag]}
    lasting = {"apiKeyName": "key", "publicKey": generate_key_pair(Curve.P256).public_key.hex()}
    session = lasting | {"publicKey": generate_key_pair(Curve.P256).public_key.hex(), "expirationSeconds": "1"}
    v1_user = {
        "userName": "dave",
        "userEmail": EMAIL,
        "accessType": "ACCESS_TYPE_API",
        "apiKeys": [lasting, session],
        "authenticators": [SoftwareAuthenticator().registration_v1(root.user_id)],
        "userTags": [tag],
    }
    api_only = {"userName": "erin", "userEmail": EMAIL, "apiKeys": [lasting, session], "userTags": [tag]}
    return {
        "CREATE_USERS_V4": {"users": [user]},
        "CREATE_USERS": {"users": [v1_user]},
        "CREATE_API_ONLY_USERS": {"apiOnlyUsers": [api_only]},
        "UPDATE_USER": {"userId": ann.user_id, "userName": "Ann", "userTagIds": [tag]} | contact,
        "UPDATE_USER_NAME": {"userId": ann.user_id, "userName": "Ann"},
        "UPDATE_USER_EMAIL": {"userId": ann.user_id, "userEmail": EMAIL},
        "UPDATE_USER_PHONE_NUMBER": {"userId": ann.user_id, "userPhoneNumber": PHONE},
        "DELETE_USERS": {"userIds": [ann.user_id]},
        "CREATE_USER_TAG": {"userTagName": "another", "userIds": [ann.user_id]},
        "UPDATE_USER_TAG": {
            "userTagId": tag,
            "newUserTagName": "new",
            "addUserIds": [ann.user_id],
            "removeUserIds": [root.user_id],
        },
        "DELETE_USER_TAGS": {"userTagIds": [tag]},
    }


def _credentials(
    ann: Actor, bob: Actor, api_key_id: str, authenticator_id: str, session_profile_id: str
) -> dict[str, Any]:
    key = generate_key_pair(Curve.P256)
    v1_key = {"apiKeyName": "key", "publicKey": key.public_key.hex(), "expirationSeconds": "60"}
    session = {
        "targetPublicKey": P256PrivateKey.generate().public_point.hex(),
        "apiKeyName": "session",
        "expirationSeconds": "60",
    }
    v1_passkey = SoftwareAuthenticator().registration_v1(ann.user_id)
    return {
        "CREATE_API_KEYS_V2": {"userId": ann.user_id, "apiKeys": [key_params(key, seconds=60)]},
        "CREATE_API_KEYS": {"userId": ann.user_id, "apiKeys": [v1_key]},
        "DELETE_API_KEYS": {"userId": bob.user_id, "apiKeyIds": [api_key_id]},
        "CREATE_AUTHENTICATORS_V2": {
            "userId": ann.user_id,
            "authenticators": [SoftwareAuthenticator().registration(form="tpm")],
        },
        "CREATE_AUTHENTICATORS": {"userId": ann.user_id, "authenticators": [v1_passkey]},
        "DELETE_AUTHENTICATORS": {"userId": ann.user_id, "authenticatorIds": [authenticator_id]},
        "CREATE_READ_WRITE_SESSION_V2": session | {"userId": ann.user_id},
        "CREATE_READ_WRITE_SESSION": session | {"email": "ann@example.org"},
        "CREATE_READ_ONLY_SESSION": {},
        "STAMP_LOGIN": {
            "publicKey": generate_key_pair(Curve.P256).public_key.hex(),
            "expirationSeconds": "60",
            "sessionProfileId": session_profile_id,
        },
    }


def _session_profiles_and_lists(public_key: str) -> dict[str, Any]:
    return {
        "CREATE_SESSION_PROFILE": _session_profile("another"),
        "SET_IP_ALLOWLIST": {"publicKey": public_key, "rules": [_RULE], "onEvaluationError": "ALLOW"},
        "REMOVE_IP_ALLOWLIST": {"publicKey": public_key},
    }


def _organizations(root: Actor, tag: str) -> dict[str, Any]:
    contact = {"userEmail": EMAIL, "userPhoneNumber": PHONE}
    sub_organization = {
        "subOrganizationName": "Sub",
        "rootUsers": [_user("owner") | contact],
        "rootQuorumThreshold": 1,
        "disableEmailRecovery": True,
    }
    passkey = SoftwareAuthenticator().registration()
    return {
        "CREATE_SUB_ORGANIZATION_V8": sub_organization,
        "CREATE_SUB_ORGANIZATION": {"name": "Sub", "rootAuthenticator": passkey},
        "UPDATE_ORGANIZATION_NAME": {"organizationName": "new"},
        "UPDATE_ROOT_QUORUM": {"threshold": 1, "userIds": [root.user_id]},
        "SET_ORGANIZATION_FEATURE": {"name": "FEATURE_NAME_WEBAUTHN_ORIGINS", "value": "https://example.com"},
        "REMOVE_ORGANIZATION_FEATURE": {"name": "FEATURE_NAME_WEBAUTHN_ORIGINS"},
    }


def _user(name: str) -> dict[str, Any]:
    params = user_params(name, generate_key_pair(Curve.P256)) | {
        "authenticators": [SoftwareAuthenticator().registration(form="packed")]
    }
    params["apiKeys"].append(key_params(generate_key_pair(Curve.P256), "session", seconds=60))
    return params


def _endpoint(name: str) -> dict[str, Any]:
    filters = '{"types":["ACTIVITY_TYPE_CREATE_USERS_V4"],"statuses":["ACTIVITY_STATUS_COMPLETED"]}'
    subscription = {"eventType": "ACTIVITY_UPDATES", "filtersJson": filters, "isActive": True}
    return {"url": "https://example.com/hook", "name": name, "subscriptions": [subscription]}


async def _signing(server: ComposedServer) -> dict[str, Any]:
    key = {"privateKeyName": "signer", "curve": "CURVE_SECP256K1", "privateKeyTags": []}
    keys = {"privateKeys": [key | {"addressFormats": ["ADDRESS_FORMAT_ETHEREUM"]}]}
    [made] = (await server.submit("CREATE_PRIVATE_KEYS_V2", keys)).result["privateKeys"]
    key_id, address = made["privateKeyId"], made["addresses"][0]["address"]
    payload = {"encoding": "PAYLOAD_ENCODING_HEXADECIMAL", "hashFunction": "HASH_FUNCTION_SHA256"}
    transaction = {"unsignedTransaction": "c9808080808080018080", "type": "TRANSACTION_TYPE_ETHEREUM"}
    return {
        "SIGN_RAW_PAYLOAD_V2": payload | {"signWith": address, "payload": "0x"},
        "SIGN_RAW_PAYLOAD": payload | {"privateKeyId": key_id, "payload": "0xabcd"},
        "SIGN_RAW_PAYLOADS": payload | {"signWith": key_id, "payloads": ["0xabcd", "ef"]},
        "SIGN_TRANSACTION_V2": transaction | {"signWith": address},
        "SIGN_TRANSACTION": transaction | {"privateKeyId": key_id},
    }


def _interface(byte: str) -> dict[str, str]:
    texts = {"smartContractInterface": "[]", "label": "contract", "notes": "why"}
    return {"smartContractAddress": "0x" + byte * 20, "type": "SMART_CONTRACT_INTERFACE_TYPE_ETHEREUM"} | texts


def _session_profile(name: str) -> dict[str, str]:
    return {"sessionProfileName": name, "scope": "true", "expirationSeconds": "60", "notes": "why"}


def _policy(name: str) -> dict[str, str]:
    texts = {"condition": "false", "consensus": "true", "time": "true", "notes": "why"}
    return {"policyName": name, "effect": "EFFECT_ALLOW"} | texts


def _changed_policy(policy_id: str) -> dict[str, str]:
    return {
        "policyId": policy_id,
        "policyName": "changed",
        "policyEffect": "EFFECT_DENY",
        "policyCondition": "false",
        "policyConsensus": "true",
        "policyNotes": "because",
    }
