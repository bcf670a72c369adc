"""Every secret byte of the server: seals, the keys under them, and the server's own identities (law 6)."""

from counterseal.keystore.core_dumps import forbid_core_dumps
from counterseal.keystore.data_key import rotate_root_key
from counterseal.keystore.errors import KeystoreError, SealError
from counterseal.keystore.file_seal import FileSeal
from counterseal.keystore.keystore import Keystore, SessionCredential
from counterseal.keystore.passphrase_seal import PassphraseSeal
from counterseal.keystore.passphrase_source import passphrase_in_file, take_secret
from counterseal.keystore.proof_key import ProofKey
from counterseal.keystore.read_only_session import ReadOnlySession, session_of, token_of
from counterseal.keystore.records import SealedSecret
from counterseal.keystore.seal import Seal
from counterseal.keystore.seals import holds_root_key, seal_of
from counterseal.keystore.webhook_keys import WebhookKey, WebhookKeys

__all__ = [
    "FileSeal",
    "Keystore",
    "KeystoreError",
    "PassphraseSeal",
    "ProofKey",
    "ReadOnlySession",
    "Seal",
    "SealError",
    "SealedSecret",
    "SessionCredential",
    "WebhookKey",
    "WebhookKeys",
    "forbid_core_dumps",
    "holds_root_key",
    "passphrase_in_file",
    "rotate_root_key",
    "seal_of",
    "session_of",
    "take_secret",
    "token_of",
]
