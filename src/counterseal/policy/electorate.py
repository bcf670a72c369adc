"""Who may vote and who has, and how a consensus sees them (Turnkey docs, "Policy language: consensus")."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any

import msgspec


class Credential(msgspec.Struct, frozen=True, kw_only=True):
    """What a user signs with. ``type`` is a CREDENTIAL_TYPE_…; passkeys alone have a ``credential_id``."""

    id: str
    user_id: str
    type: str
    public_key: str
    credential_id: str | None = None


class User(msgspec.Struct, frozen=True, kw_only=True):
    """A user of the organization. ``tags`` are tag ids; ``credentials`` the live ones, of which one signs a vote."""

    id: str
    tags: tuple[str, ...] = ()
    email: str = ""
    alias: str = ""
    credentials: tuple[Credential, ...] = ()


class Approval(msgspec.Struct, frozen=True):
    """A live vote for the activity: by a user that exists now, with the credential that signed it."""

    user: User
    credential: Credential | None = None


class Roster:
    """All users of an organization, with every vote they could give. Worth keeping as long as they do not change.

    ``users`` may be a generator: most decisions do not ask who else there is, and then it is not run.
    ``classes`` remembers, by the text of a consensus, how it tells them apart.
    """

    def __init__(self, users: Iterable[User] = ()) -> None:
        self._given = users
        self.classes: dict[str, Any] = {}

    def __repr__(self) -> str:
        return f"Roster of {len(self.users)}"

    @cached_property
    def users(self) -> tuple[User, ...]:
        """The users, in a fixed order."""
        return tuple(self._given)

    @cached_property
    def votes(self) -> tuple[Approval, ...]:
        """For each user one vote a credential, or one without if none is known."""
        return tuple(vote for user in self.users for vote in possible_votes(user))

    @cached_property
    def facts(self) -> dict[str, list[dict[str, Any] | None]]:
        """For each vote what it adds to ``approvers`` and to ``credentials``."""
        return {
            "approvers": [user_fact(vote.user) for vote in self.votes],
            "credentials": [credential_fact(vote.credential) if vote.credential else None for vote in self.votes],
        }


class RootQuorum(msgspec.Struct, frozen=True, kw_only=True):
    """``threshold`` distinct users of ``user_ids`` may do anything. A threshold below 1 is never met."""

    threshold: int
    user_ids: frozenset[str]

    def met_by(self, user_ids: Iterable[str]) -> bool:
        """Whether these users, duplicates counted once, suffice."""
        return 1 <= self.threshold <= len(self.user_ids.intersection(user_ids))


def possible_votes(user: User) -> tuple[Approval, ...]:
    """The votes that ``user`` could give: one for each credential; without known credentials, one with none."""
    return tuple(Approval(user, credential) for credential in user.credentials) or (Approval(user),)


def distinct_users(approvals: Iterable[Approval]) -> list[User]:
    """The approvers, each once, in the order of their first votes."""
    users: dict[str, User] = {}
    for approval in approvals:
        users.setdefault(approval.user.id, approval.user)
    return list(users.values())


def consensus_facts(approvals: Iterable[Approval]) -> dict[str, Any]:
    """The keywords of a consensus: each approver and each credential once, in the order of the votes."""
    approvers: dict[str, dict[str, Any]] = {}
    credentials: dict[str, dict[str, Any]] = {}
    for approval in approvals:
        if approval.user.id not in approvers:
            approvers[approval.user.id] = user_fact(approval.user)
        credential = approval.credential
        if credential is not None and credential.id not in credentials:
            credentials[credential.id] = credential_fact(credential)
    return {"approvers": list(approvers.values()), "credentials": list(credentials.values())}


def user_fact(user: User) -> dict[str, Any]:
    """A user as policies see one."""
    return {"id": user.id, "tags": user.tags, "email": user.email, "alias": user.alias}


def credential_fact(credential: Credential) -> dict[str, Any]:
    """A credential as policies see one; reading ``credential_id`` of anything but a passkey fails."""
    fact = {
        "id": credential.id,
        "user_id": credential.user_id,
        "type": credential.type,
        "public_key": credential.public_key,
    }
    if credential.credential_id is not None:
        fact["credential_id"] = credential.credential_id
    return fact
