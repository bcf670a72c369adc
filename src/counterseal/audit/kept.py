"""What somebody has kept of an organization's records: a head, which is the digest of the last one, or a proof of one.

Entries of a log do not say whose they are. So a checkpoint shows that none was taken away, and not that all of an
organization's are in its export: the last ones can be left out. Whoever has kept one of them, or its digest, finds out.
"""

from __future__ import annotations

import json
import re
from typing import NamedTuple, Self

from counterseal.ledger import (
    Checkpoint,
    LedgerError,
    Malformed,
    NotProven,
    ProofFile,
    SignatureType,
    Trust,
    VerifierKey,
    disclosed_by,
)
from counterseal.ledger.records import digest_of_record

_HEAD = re.compile(r"(?P<id>[0-9a-f]{32}) (?P<records>[1-9][0-9]{0,18}) (?P<digest>[0-9a-f]{64})\n")


class Kept(NamedTuple):
    """The digest (32 bytes) of a record that an organization has had. Its id is hexadecimal digits, None if unknown."""

    digest: bytes
    organization_id: str | None = None
    what: str = "the head"

    @classmethod
    def of(cls, content: bytes, what: str, key: bytes) -> Self:
        """The one in a file: a head as ``head_text`` has it, or a proof file that ``key`` has signed.

        ``what`` names it to people. Raises LedgerError.
        """
        head = _HEAD.fullmatch(content.decode("utf-8", "replace"))
        if head is not None:
            return cls(bytes.fromhex(head["digest"]), head["id"], what)
        try:
            proof = ProofFile.of(content)
            origin = Checkpoint.of(proof.checkpoint.text).origin
            trust = Trust(frozenset({VerifierKey(origin, SignatureType.LOG, key)}))
            text = disclosed_by(proof, trust).record_text
        except LedgerError as fault:
            raise type(fault)(f"{what} is neither a head nor a proof of an entry: {fault}") from None
        try:
            organization_id = json.loads(text)["organizationId"]
        except (ValueError, TypeError, KeyError, RecursionError):
            raise Malformed(f"{what} proves a record of no organization") from None
        return cls(digest_of_record(text), str(organization_id), what)

    def check(self, organization_id: str, found: frozenset[bytes] | set[bytes]) -> None:
        """Raise NotProven unless it is among the digests of the records that were found of this organization."""
        if self.organization_id not in (None, organization_id):
            raise NotProven(f"{self.what} is of organization {self.organization_id}, the file of {organization_id}")
        if self.digest not in found:
            raise NotProven(
                f"{self.what} that you have kept, record {self.digest.hex()}, is not among the organization's records"
                " here: records have been taken away, or the export is older"
            )


def head_text(organization_id: str, records: int, head: bytes) -> bytes:
    """A line for a file: the id in hexadecimal digits, how many records there are, and the digest of the last."""
    return f"{organization_id} {records} {head.hex()}\n".encode()
