"""How wallets, private keys and secrets come in and go out: sealed to a target, and bound to who may use them.

Pure functions: keys are handed in. What was opened is a ``bytearray``, which the caller overwrites.
"""

from counterseal.keystore.bundles.contents import imported_key, imported_phrase, imported_secret
from counterseal.keystore.bundles.exporting import export_bundle
from counterseal.keystore.bundles.importing import (
    not_decrypted,
    open_client_message,
    opened_by,
    read_client_message,
    target_bundle,
)

__all__ = [
    "export_bundle",
    "imported_key",
    "imported_phrase",
    "imported_secret",
    "not_decrypted",
    "open_client_message",
    "opened_by",
    "read_client_message",
    "target_bundle",
]
