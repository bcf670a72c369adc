"""get_latest_boot_proof: what vouches for the key of the last start."""

from __future__ import annotations

from typing import Any

from counterseal.contract.errors import NotFound, quoted
from counterseal.contract.shapes import GetLatestBootProofRequest
from counterseal.queries.boot_proofs.shown_boot_proof import APP_NAMES, shown_boot_proof
from counterseal.queries.registry import QueryContext, query


@query("get_latest_boot_proof")
async def get_latest_boot_proof(request: GetLatestBootProofRequest, context: QueryContext) -> dict[str, Any]:
    """That of the last start, whichever of its apps is asked for: all are one process.

    Errors: an app that this server has not, or no boot proof yet (404).
    Source: Turnkey API reference, get_latest_boot_proof.
    """
    if request.app_name not in APP_NAMES:
        raise NotFound(f"no app {quoted(request.app_name)} found: expected one of {', '.join(APP_NAMES)}")
    found = await context.reader.latest_boot_proof()
    if found is None:
        raise NotFound("no boot proof found: none has been made yet")
    return shown_boot_proof(found, request.app_name)
