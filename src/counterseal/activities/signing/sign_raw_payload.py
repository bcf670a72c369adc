"""SIGN_RAW_PAYLOAD: a signature of a digest, a message, typed data or an authorization."""

from __future__ import annotations

from counterseal.activities.registry import Outcome, activity
from counterseal.activities.signing.raw_payloads import ToSign, check_payloads, payloads_and_signer, signatures
from counterseal.chains.raw_payload import signature_result
from counterseal.keystore import Keystore
from counterseal.organizations import View
from counterseal.world import World


@activity("SIGN_RAW_PAYLOAD", needs=payloads_and_signer, check=check_payloads, tells_policies=True)
def sign_raw_payload(found: ToSign, view: View, _world: World, keystore: Keystore) -> Outcome:
    """Sign one payload.

    Errors: a payload that is none, or that this key does not sign (400), an unknown key (404).
    Source: Turnkey API reference, sign_raw_payload; Turnkey docs, raw payload signing.
    """
    return Outcome(result=signature_result(signatures(found, view, keystore)[0]))
