"""App proofs as the wire shows them, in pieces: the text of one has the bodies of all approvals in it."""

from __future__ import annotations

from collections.abc import Iterable

from counterseal.contract import encode
from counterseal.organizations import ActivityProofs, Row
from counterseal.queries.pieces import Pieces, array_of, text
from counterseal.queries.room import Room


async def array_of_proofs(rows: Iterable[Row], pieces: Pieces, room: Room) -> list[bytes]:
    """A JSON array in parts to be joined, of the proofs in these rows. Raises ReplyIsLarge."""
    shown: list[list[bytes]] = []
    for row in rows:
        for proof in row.shown() if isinstance(row, ActivityProofs) else ():
            room.fill(len(proof.proof_payload))
            beside = encode({"scheme": proof.scheme, "publicKey": proof.public_key, "signature": proof.signature})[:-1]
            shown.append([beside, b',"proofPayload":', *await text(proof.proof_payload, pieces), b"}"])
            await pieces.add(len(beside))
    return array_of(shown)
