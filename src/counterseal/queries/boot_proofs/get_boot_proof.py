"""get_boot_proof: what vouches for the key of an app proof."""

from __future__ import annotations

from typing import Any

from counterseal.contract.errors import InvalidRequest, NotFound, quoted
from counterseal.contract.shapes import GetBootProofRequest
from counterseal.crypto import hexadecimal
from counterseal.crypto.errors import InvalidEncoding
from counterseal.proofs.app_proofs import PROOF_KEY_SIZE
from counterseal.queries.boot_proofs.shown_boot_proof import APP_NAMES, shown_boot_proof
from counterseal.queries.registry import QueryContext, query


@query("get_boot_proof")
async def get_boot_proof(request: GetBootProofRequest, context: QueryContext) -> dict[str, Any]:
    """That of the process whose key this is. It is of no organization: every member of any may read it.

    Errors: a key that is not 260 hexadecimal digits (400), one that no process of this deployment had (404).
    Source: Turnkey API reference, get_boot_proof.
    """
    text = request.ephemeral_key
    try:
        key = hexadecimal.decode(text, bytes_max=PROOF_KEY_SIZE)
    except InvalidEncoding:
        key = b""
    if len(key) != PROOF_KEY_SIZE:
        raise InvalidRequest(
            f"invalid ephemeralKey {quoted(text)}: expected {2 * PROOF_KEY_SIZE} hexadecimal digits, got {len(text)}"
            " characters"
        )
    found = await context.reader.boot_proof(key)
    if found is None:
        raise NotFound("no boot proof found for this ephemeral key")
    return shown_boot_proof(found, APP_NAMES[0])
