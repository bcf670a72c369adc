"""SIGN_RAW_PAYLOADS: signatures of several payloads, all of one encoding."""

from __future__ import annotations

from counterseal.activities.registry import Outcome, activity
from counterseal.activities.signing.raw_payloads import ToSign, check_payloads, payloads_and_signer, signatures
from counterseal.chains.raw_payload import signature_result
from counterseal.contract.shapes import SignRawPayloadsResult
from counterseal.keystore import Keystore
from counterseal.organizations import View
from counterseal.world import World


@activity("SIGN_RAW_PAYLOADS", needs=payloads_and_signer, check=check_payloads, tells_policies=True)
def sign_raw_payloads(found: ToSign, view: View, _world: World, keystore: Keystore) -> Outcome:
    """Sign several payloads of one encoding, in their order: all or none.

    Errors: as of one payload; none at all, more than 100 (400).
    Source: Turnkey API reference, sign_raw_payloads.
    """
    results = [signature_result(each) for each in signatures(found, view, keystore)]
    return Outcome(result=SignRawPayloadsResult(signatures=results))
