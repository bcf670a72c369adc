"""get_ledger_consistency, an operation of our own: that the ledger goes on from a checkpoint of earlier."""

from __future__ import annotations

from base64 import b64encode

from counterseal.contract.errors import InvalidRequest
from counterseal.contract.extensions import GetLedgerConsistencyRequest, GetLedgerConsistencyResponse
from counterseal.ledger.hashing import SIZE_MAX
from counterseal.queries.registry import QueryContext, query


@query("get_ledger_consistency")
async def get_ledger_consistency(
    request: GetLedgerConsistencyRequest, context: QueryContext
) -> GetLedgerConsistencyResponse:
    """The last checkpoint, and hashes in base64 that lead to it from the first ``oldSize`` entries (RFC 9162, 2.1.4).

    The ledger is one of all organizations, and its hashes say nothing of any. Errors: a size that no checkpoint has
    (400).
    """
    size = request.old_size
    if not size.isdecimal() or len(size) > len(str(SIZE_MAX)):
        raise InvalidRequest(f"invalid request body: oldSize is {size[:20]!r}, expected a number in decimal digits")
    found = await context.reader.ledger_consistency(int(size))
    if found is None:
        raise InvalidRequest(f"invalid request body: oldSize is {size}, and no checkpoint has as many entries")
    return GetLedgerConsistencyResponse(
        checkpoint=found.checkpoint.decode(), hashes=[b64encode(each).decode() for each in found.hashes]
    )
