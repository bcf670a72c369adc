"""Export bundles: what leaves the server, sealed to the client's target key (law 6)."""

from __future__ import annotations

from counterseal.crypto import hpke
from counterseal.crypto.p256 import P256PrivateKey
from counterseal.keystore.bundles.envelope import signed_envelope


def export_bundle(
    plaintext: bytes | bytearray, *, target_public_key: bytes, organization_id: str, signer: P256PrivateKey
) -> str:
    """A secret as ``export_wallet``, ``export_wallet_account``, ``export_private_key`` and ``export_secrets`` give it.

    ``plaintext``: the words of a wallet, one blank between two; the 32 bytes of a key, whatever its chain; or a
    secret's text. Nothing may be added: clients make the forms of chains themselves. ``target_public_key``: 33 or 65
    bytes, P-256. Clients compare ``organization_id`` with the one they asked for.
    Raises ``InvalidPublicKey``.
    """
    sealed = hpke.seal_to_target(target_public_key, plaintext)
    message = {
        "encappedPublic": sealed.encapsulated_key.hex(),
        "ciphertext": sealed.ciphertext.hex(),
        "organizationId": organization_id,
    }
    return signed_envelope(message, signer=signer)
