"""What can be wrong with a log: text or bytes that cannot be read, and claims that do not hold."""

from __future__ import annotations


class LedgerError(ValueError):
    """What is given as evidence proves nothing."""


class Malformed(LedgerError):
    """Not what its format allows: what was found, and what was expected."""


class NotProven(LedgerError):
    """Well formed, and wrong: a signature, a hash or a proof that does not hold."""
