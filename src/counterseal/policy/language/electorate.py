"""Who may vote and who has, and how a consensus sees them (Turnkey docs, "Policy language: consensus")."""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Iterable
from functools import cached_property
from typing import Any

import msgspec

# Measured with tracemalloc, all that is made when it is asked for included (tests/unit/policy/test_electorate.py).
_ROSTER_BYTES, _BYTES_PER_USER, _BYTES_PER_CREDENTIAL = 1_500, 1_300, 700
_ROOM_AT_LEAST, _ROOM_PER_USER = 3_000, 400  # for what is remembered


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


class Remembered(msgspec.Struct, frozen=True):
    """Into which classes a consensus divides users or votes: for each the number of its class.

    ``classes`` says of each number what it stands for. To find this out took ``steps``, which whoever uses it pays too:
    the same request must always be decided alike.
    """

    numbers: array[int]
    classes: tuple[tuple[tuple[int, ...], ...], ...]
    steps: int

    @property
    def bytes(self) -> int:
        """What it holds, about."""
        vectors = [vector for each in self.classes for vector in each]
        return 400 + 2 * len(self.numbers) + 80 * len(self.classes) + sum([64 + 8 * len(each) for each in vectors])


class Roster:
    """All users of an organization, with every vote they could give. Worth keeping as long as they do not change.

    ``users`` may be a generator: most decisions do not ask who else there is, and then it is not run.
    """

    def __init__(self, users: Iterable[User] = ()) -> None:
        self._given = users
        self._remembered: OrderedDict[str, Remembered] = OrderedDict()
        self._remembered_bytes = 0

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
    def bare_votes(self) -> tuple[Approval, ...]:
        """For each user one vote without a credential: all that matters to who does not look at credentials."""
        return tuple(map(Approval, self.users))

    def recall(self, consensus: str) -> Remembered | None:
        """How the consensus of that text divides them, if it was asked for lately."""
        return self._remembered.get(consensus)

    def remember(self, consensus: str, known: Remembered) -> None:
        """Keep it if there is room, at the expense of what was kept longest."""
        room = _room(len(self.users))
        if consensus in self._remembered or known.bytes + len(consensus) > room:
            return
        self._remembered[consensus] = known
        self._remembered_bytes += known.bytes + len(consensus)
        while self._remembered_bytes > room:
            text, dropped = self._remembered.popitem(last=False)
            self._remembered_bytes -= dropped.bytes + len(text)


def roster_bytes(*, users: int, credentials: int) -> int:
    """What a roster holds once everything has been asked of it, with the users that it was made from."""
    return _ROSTER_BYTES + _BYTES_PER_USER * users + _BYTES_PER_CREDENTIAL * credentials + _room(users)


def _room(users: int) -> int:
    return _ROOM_AT_LEAST + _ROOM_PER_USER * users


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
