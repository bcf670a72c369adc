"""What the leaves of a server's ledger stand for: three kinds of record, in canonical JSON.

A record of an ACTIVITY is made of one vote on it: its submission, an approval or a rejection. It says who voted on what
(digests of the body and of the stamp), what the server decided then (digest of what it kept of the decision, beside the
version of the organization by which it decided: so those of the policies), how the activity stood after it (status,
digests of result and failure), and what became of organizations by it (``effects``). A record of an ORGANIZATION says
with what the ledger began to follow one. CHECKPOINT_FORK says from where a log goes on after a restored back-up.

``previous`` is the SHA-256 of the record of the same organization before this one, so that none can be left out between
two. Digests are SHA-256, and like ids in
hexadecimal digits. A record is a function of what the store keeps and of nothing else:
whoever has the rows makes it anew.
"""

from __future__ import annotations

from hashlib import sha256
from typing import NamedTuple

from counterseal.ledger.canonical import canonical
from counterseal.ledger.effects import Effect, Effects

ACTIVITY, ORGANIZATION, CHECKPOINT_FORK = "ACTIVITY", "ORGANIZATION", "CHECKPOINT_FORK"

FIRST = bytes(32)
"""The ``previous`` of an organization's first record."""


class ActivityRecord(NamedTuple):
    """One vote, with the activity as it stood after it.

    Ids are 16 bytes, digests 32; times are in milliseconds. ``status`` and ``selection`` are the wire's words.
    ``resolved``, ``result``, ``failure`` and ``decision`` are digests of what is kept, if there is any. ``effects`` are
    packed.
    """

    organization_id: bytes
    activity_id: bytes
    ordinal: int
    effects: bytes | None
    type: str
    fingerprint: bytes
    status: str
    created_ms: int
    resolved: bytes | None
    result: bytes | None
    failure: bytes | None
    vote_id: bytes
    user_id: bytes
    credential_id: bytes
    stamp: bytes
    body: bytes
    selection: str
    organization_version: int
    voted_ms: int
    decision: bytes | None

    def text(self, previous: bytes) -> bytes:
        """Canonical JSON. Put together by hand: no value needs an escape, and there are thousands a second."""
        effects = ",".join([_effect_text(each) for each in Effects.of(self.effects)]) if self.effects else ""
        return (
            f'{{"activityId":"{self.activity_id.hex()}","bodyDigest":"{self.body.hex()}"'
            f',"createdAtMs":"{self.created_ms}","credentialId":"{self.credential_id.hex()}"'
            f'{_member("decisionDigest", self.decision)},"effects":[{effects}]{_member("failureDigest", self.failure)}'
            f',"fingerprint":"{self.fingerprint.hex()}","kind":"ACTIVITY","ordinal":"{self.ordinal}"'
            f',"organizationId":"{self.organization_id.hex()}","organizationVersion":"{self.organization_version}"'
            f',"previous":"{previous.hex()}"{_member("resolvedDigest", self.resolved)}'
            f'{_member("resultDigest", self.result)},"selection":"{self.selection}","stampDigest":"{self.stamp.hex()}"'
            f',"status":"{self.status}","type":"{self.type}","userId":"{self.user_id.hex()}"'
            f',"voteId":"{self.vote_id.hex()}","votedAtMs":"{self.voted_ms}"}}'
        ).encode()


def organization_record(found: Effect, previous: bytes) -> bytes:
    """An organization as it is found: the digest is that of its state (see ``effects``)."""
    return (
        f'{{"kind":"ORGANIZATION","organizationId":"{found.organization_id.hex()}","previous":"{previous.hex()}"'
        f',"stateDigest":"{found.digest.hex()}","version":"{found.version}"}}'
    ).encode()


def fork_record(checkpoint: str, found: str) -> bytes:
    """The texts of the last checkpoint that was signed, and of one over the entries that the store has of that log."""
    return canonical({"checkpoint": checkpoint, "found": found, "kind": CHECKPOINT_FORK})


def digest_of_record(text: bytes) -> bytes:
    """As the next record of the organization names it."""
    return sha256(text).digest()


def stamp_digest(scheme: str, public_key: str, signature: str) -> bytes:
    """Of the three texts of a stamp, each with a newline."""
    return sha256(f"{scheme}\n{public_key}\n{signature}\n".encode()).digest()


def _effect_text(effect: Effect) -> str:
    id_, version, digest = effect
    return f'{{"digest":"{digest.hex()}","organizationId":"{id_.hex()}","version":"{version}"}}'


def _member(name: str, digest: bytes | None) -> str:
    return "" if digest is None else f',"{name}":"{digest.hex()}"'
