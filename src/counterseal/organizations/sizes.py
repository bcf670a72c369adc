"""How much memory the values of an organization take, in bytes of CPython.

It is reckoned once, when a value is made, from what was given for it: a name of 255 characters weighs more than one of
five. A test compares it with what is really there.
"""

from __future__ import annotations

from collections.abc import Mapping

from counterseal.organizations.snapshot import ApiKey, Authenticator, Policy, Quorum, Snapshot, Tag, User

# Objects with their numbers and ids (a UUID's text takes 85), and their places in the maps of the snapshot.
_ORGANIZATION = 1_500
_USER = 550
_API_KEY = 420
_AUTHENTICATOR = 650
_TAG = 280
_POLICY = 320
_ID = 93
_FEATURE = 100
_TEXT = 50


def snapshot_bytes(snapshot: Snapshot) -> int:
    """All of an organization, reckoned anew."""
    return (
        organization_bytes(snapshot.name, snapshot.quorum, snapshot.features)
        + sum(user_bytes(user) + credentials_bytes(user) for user in snapshot.users.values())
        + sum(map(tag_bytes, snapshot.tags.values()))
        + sum(map(policy_bytes, snapshot.policies.values()))
    )


def organization_bytes(name: str, quorum: Quorum, features: Mapping[str, str]) -> int:
    """What an organization takes without users, tags and policies."""
    settings = sum(_FEATURE + _text(feature) + _text(value) for feature, value in features.items())
    return _ORGANIZATION + _text(name) + _ID * len(quorum.user_ids) + settings


def user_bytes(user: User) -> int:
    """A user without credentials."""
    return _USER + _texts(user.name, user.email, user.phone_number) + _ID * len(user.tag_ids)


def api_key_bytes(key: ApiKey) -> int:
    """An API key."""
    return _API_KEY + _texts(key.name, key.public_key)


def authenticator_bytes(authenticator: Authenticator) -> int:
    """A passkey or security key."""
    return _AUTHENTICATOR + _texts(authenticator.name, authenticator.credential_id, authenticator.public_key)


def credentials_bytes(user: User) -> int:
    """All credentials of a user."""
    return sum(map(api_key_bytes, user.api_keys)) + sum(map(authenticator_bytes, user.authenticators))


def tag_bytes(tag: Tag) -> int:
    """A tag."""
    return _TAG + _text(tag.name)


def policy_bytes(policy: Policy) -> int:
    """A policy."""
    return _POLICY + _texts(policy.name, policy.condition, policy.consensus, policy.time, policy.notes)


def _texts(*texts: str | None) -> int:
    return sum(_text(text) for text in texts if text is not None)


def _text(text: str) -> int:
    """A byte a character, if all are ASCII; else two or four for each, and UTF-8 once more when it is shown."""
    if text.isascii():
        return _TEXT + len(text)
    width = 2 if len(text.encode("utf-16-le")) == 2 * len(text) else 4
    return _TEXT + width * len(text) + len(text.encode())
