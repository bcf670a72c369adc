"""The name of this deployment's ledger, and the key by which it signs."""

from __future__ import annotations

from functools import partial
from hashlib import sha256

from counterseal.keystore import Keystore
from counterseal.ledger import SignatureType, Signer, VerifierKey

_NAME = "ledger"
_ID_DIGITS = 16


def origin_of(keystore: Keystore, log: int = 1) -> str:
    """``counterseal/ledger/<sixteen digits>``, the digits from the public key; later logs have their number behind it.

    So no two deployments have the same.
    """
    digits = sha256(_public_key(keystore)).hexdigest()[:_ID_DIGITS]
    return f"counterseal/ledger/{digits}" + ("" if log == 1 else f"/{log}")


def signer_of(keystore: Keystore, origin: str) -> Signer:
    """Who signs checkpoints of this origin."""
    key = VerifierKey(origin, SignatureType.LOG, _public_key(keystore))
    return Signer(key, partial(keystore.sign_as, _NAME))


def _public_key(keystore: Keystore) -> bytes:
    return bytes.fromhex(keystore.public_identities()[_NAME])
