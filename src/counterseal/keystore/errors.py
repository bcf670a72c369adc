"""What can go wrong with the server's own secrets. These speak to the operator; no API caller ever sees them.

They stand beside ``contract.errors``, not in it: a request is never refused with one. Should one reach the edge while a
request is served, it is a fault of this server. No message carries private bytes.
"""

from __future__ import annotations


class KeystoreError(Exception):
    """A sealed secret is missing, altered, sealed under another key, or used for what it is not for."""


class SealError(KeystoreError):
    """The root key cannot be created or unsealed; the message says what to do about it."""
