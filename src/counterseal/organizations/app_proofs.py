"""The proofs that an activity was given: the statements as they were signed, and what their digests are of."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from counterseal.contract.shapes import AppProof, SignatureScheme
from counterseal.organizations.rows import Row


class SignedStatement(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One proof: the JSON text that was signed, never made anew, and the signature in 128 hexadecimal digits."""

    payload: str
    signature: str


class ActivityProofs(Row, frozen=True, kw_only=True, gc=False):
    """The proofs of one activity, whose id it has: the policy outcome, then each address in the order of its making.

    ``context`` is the canonical JSON of the decision; the versions are those of the organization and of its parent that
    were digested.
    """

    KIND: ClassVar[str] = "app_proofs"

    public_key: str
    """Of the key that signed them: 260 hexadecimal digits."""
    statements: tuple[SignedStatement, ...]
    context: str
    organization_version: int
    parent_version: int | None = None

    def shown(self) -> list[AppProof]:
        """The wire's proofs."""
        return [
            AppProof(
                scheme=SignatureScheme.EPHEMERAL_KEY_P256,
                public_key=self.public_key,
                proof_payload=each.payload,
                signature=each.signature,
            )
            for each in self.statements
        ]
