"""The ledger handed out, and checked by whoever it was handed to: with public keys, and without a server."""

from counterseal.audit.export import export
from counterseal.audit.kept import Kept, head_text
from counterseal.audit.verify import Verified, verify

__all__ = ["Kept", "Verified", "export", "head_text", "verify"]
