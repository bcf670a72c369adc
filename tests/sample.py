"""Small organizations for tests of pure functions: no store, no server, ids that say what they are."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from counterseal.contract.shapes import CredentialType
from counterseal.crypto import Curve, generate_key_pair
from counterseal.organizations import (
    ApiKey,
    ApiKeyAdded,
    Change,
    Key,
    Keys,
    OrganizationChanges,
    OrganizationCreated,
    Quorum,
    Row,
    Snapshot,
    Step,
    User,
    UserAdded,
    apply_changes,
    fold,
)
from counterseal.store import (
    ActivityStatus,
    Commit,
    StoredActivity,
    StoredBootProof,
    StoredVote,
    VoteSelection,
)
from counterseal.world import SeededRandom, World

NOW_MS = 1_800_000_000_000
LONG_AGO_MS = NOW_MS - 400 * 24 * 60 * 60 * 1000
ORGANIZATION_ID = "00000000-0000-4000-8000-0000000000aa"
PARENT_ID = "00000000-0000-4000-8000-0000000000bb"

_TYPES = {
    Curve.P256: CredentialType.API_KEY_P256,
    Curve.SECP256K1: CredentialType.API_KEY_SECP256K1,
    Curve.ED25519: CredentialType.API_KEY_ED25519,
}


def uuid(number: int) -> str:
    """A UUIDv4 that shows its number."""
    return f"00000000-0000-4000-8000-{number:012x}"


def public_key(curve: Curve = Curve.P256) -> str:
    """The public half of a fresh key."""
    return generate_key_pair(curve).public_key.hex()


@dataclass
class Ids:
    """Counts, so that no two things of a test share an id."""

    last: int = 0x1000

    def next(self) -> str:
        """A fresh id."""
        self.last += 1
        return uuid(self.last)


_ids = Ids()


def api_key(
    user_id: str = uuid(1), *, seconds: int | None = None, created_ms: int = NOW_MS - 1000, **members: Any
) -> ApiKey:
    """A P-256 key of a user, long-lived unless it has ``seconds``. Its public key need not be a point."""
    id_ = _ids.next()
    made = {
        "id": id_,
        "user_id": user_id,
        "name": f"key {id_[-4:]}",
        "type": _TYPES[members.get("curve", Curve.P256)],
        "curve": Curve.P256,
        "public_key": "02" + id_.replace("-", "") * 2,
    }
    return ApiKey(**(made | members), created_ms=created_ms, expiration_seconds=seconds)


def user(id_: str = uuid(1), *keys: ApiKey, **members: Any) -> User:
    """A user with these keys."""
    made = {"id": id_, "name": f"user {id_[-4:]}", "created_ms": LONG_AGO_MS, "updated_ms": LONG_AGO_MS}
    return User(**(made | members), api_keys=tuple(keys))


def organization(*users: User, threshold: int = 1, **members: Any) -> Snapshot:
    """An organization of these users; the first is the root quorum unless ``root`` names others."""
    root = members.pop("root", [users[0].id] if users else [])
    return apply_changes(None, ORGANIZATION_ID, creation(users, root=root, threshold=threshold, **members))


def creation(
    users: Iterable[User],
    *,
    root: Iterable[str],
    threshold: int = 1,
    parent_id: str | None = None,
    features: dict[str, str] | None = None,
    created_ms: int = LONG_AGO_MS,
) -> list[Change]:
    """The changes that make an organization."""
    created = OrganizationCreated(
        name="Sample",
        parent_id=parent_id,
        created_ms=created_ms,
        quorum=Quorum(threshold=threshold, user_ids=tuple(root)),
        features=features or {},
    )
    return [created, *(change for each in users for change in _additions(each))]


class Door(Row, frozen=True, kw_only=True, gc=False):
    """A resource: something with a name that no other in its organization has, in a colour that others may have."""

    KIND: ClassVar[str] = "door"

    name: str
    colour: str | None = None

    def looked_up_by(self) -> Keys:
        return (DOOR_NAME, self.name), (COLOUR, self.colour)


DOOR_NAME, COLOUR = Key("door.name", is_unique=True), Key("door.colour")


def door(number: int, **members: Any) -> Door:
    """A green door; those with higher numbers are younger."""
    return Door(**({"id": uuid(0xD00_0000 + number), "name": f"door {number}", "colour": "green"} | members))


def world(now_ms: int = NOW_MS) -> World:
    """The world at an instant, with reproducible ids."""
    return World(now_ms, SeededRandom(1))


def _additions(added: User) -> list[Change]:
    bare = User(**{name: getattr(added, name) for name in User.__struct_fields__ if name != "api_keys"})
    return [UserAdded(user=bare), *(ApiKeyAdded(api_key=key) for key in added.api_keys)]


def vote(activity_id: str, user_id: str = uuid(1), **members: Any) -> StoredVote:
    """An approval of an activity."""
    made = {
        "id": _ids.next(),
        "activity_id": activity_id,
        "user_id": user_id,
        "credential_id": _ids.next(),
        "public_key": "02" * 33,
        "scheme": "SIGNATURE_SCHEME_TK_API_P256",
        "signature": "3006020101020101",
        "message": b'{"parameters": {}}',
        "selection": VoteSelection.APPROVED,
        "organization_version": 1,
        "created_ms": NOW_MS,
    }
    return StoredVote(**(made | members))


def activity(organization_id: str = ORGANIZATION_ID, **members: Any) -> StoredActivity:
    """A completed activity with one vote."""
    id_ = members.get("id") or _ids.next()
    made = {
        "id": id_,
        "organization_id": organization_id,
        "type": "ACTIVITY_TYPE_CREATE_API_KEYS_V2",
        "fingerprint": hashlib.sha256(id_.encode()).digest(),
        "status": ActivityStatus.COMPLETED,
        "result": b'{"createApiKeysResult":{"apiKeyIds":[]}}',
        "failure": None,
        "created_ms": NOW_MS,
        "updated_ms": NOW_MS,
        "votes": (vote(id_),),
    }
    return StoredActivity(**(made | members))


def commit(of: StoredActivity | None, *steps: Step, is_new: bool = True, **members: Any) -> Commit:
    """An activity with all its votes, and what it changed."""
    votes = of.votes if of is not None else ()
    return Commit(activity=of, is_new=is_new, new_votes=votes, steps=steps, **members)


def made(organization_id: str, *, parent_id: str | None = None, users: Iterable[User] = ()) -> Step:
    """A new organization."""
    return fold(None, organization_id, creation(users, root=[], parent_id=parent_id))


def changed(organization_id: str, version: int, *changes: Change) -> OrganizationChanges:
    """What other processes are told of an activity that changed an organization."""
    return OrganizationChanges(organization_id=organization_id, version=version, changes=changes)


def boot_proof(number: int) -> StoredBootProof:
    """That of a start, by its number."""
    return StoredBootProof(
        proof_key=bytes([number]) * 130,
        created_ms=NOW_MS + number,
        document=b"\x00document",
        manifest=b"{}",
        envelope=b"{}",
    )
