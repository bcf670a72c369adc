"""get_ledger_proof, an operation of our own: that what was decided on an activity is in the ledger."""

from __future__ import annotations

from counterseal.contract.errors import NotFound
from counterseal.contract.extensions import GetLedgerProofRequest, GetLedgerProofResponse
from counterseal.contract.rules import uuid
from counterseal.queries.registry import QueryContext, query


@query("get_ledger_proof")
async def get_ledger_proof(request: GetLedgerProofRequest, context: QueryContext) -> GetLedgerProofResponse:
    """A proof file (C2SP tlog-proof) for each vote that a checkpoint covers; none in the first second or two.

    Each shows the record and its salt, so it is checked without this server: see docs/proofs.md. Errors: an activity
    that this organization does not have (404).
    """
    activity_id = uuid(request.activity_id, "activityId")
    if await context.reader.activity(activity_id) is None:
        raise NotFound(f"no activity found with ID {activity_id}")
    proofs = await context.reader.ledger_proofs(activity_id)
    return GetLedgerProofResponse(proofs=[proof.content.decode() for proof in proofs])
