"""How a transaction is refused that is not understood: nothing is signed that was not read to its last byte.

Source: the text was seen live (``failed to pre-parse Ethereum transaction``, code 3, no details); Turnkey docs, error
codes. What was wrong, and at which byte, follows the text.
"""

from __future__ import annotations

from binascii import unhexlify

from counterseal.contract.errors import InvalidRequest

TRANSACTION_BYTES_MAX = 128 * 1024
"""Of a transaction of an account-based chain. Nodes take no more either (go-ethereum, txMaxSize)."""


class NotUnderstood(ValueError):
    """What bytes are that should be something else: found, at which byte, expected."""


def invalid_transaction(chain: str, reason: str) -> InvalidRequest:
    """The refusal of bytes that are no unsigned transaction of ``chain``."""
    return InvalidRequest(f"failed to pre-parse {chain} transaction: {reason}", code="INVALID_TRANSACTION", details=[])


def unsupported_transaction(chain: str, reason: str) -> InvalidRequest:
    """The refusal of a transaction of a kind that nothing here can read."""
    text = f"failed to pre-parse {chain} transaction: {reason}"
    return InvalidRequest(text, code="UNSUPPORTED_TRANSACTION_TYPE", details=[])


def transaction_bytes(text: str, *, chain: str, bytes_max: int = TRANSACTION_BYTES_MAX) -> bytes:
    """The bytes of ``unsignedTransaction``: hexadecimal digits in either case, with or without 0x.

    Raises ``InvalidRequest`` for anything else, for none, and for more than ``bytes_max`` bytes.
    """
    digits = text.removeprefix("0x")
    if not digits:
        raise invalid_transaction(chain, "it is empty, expected hexadecimal digits")
    if len(digits) > 2 * bytes_max:
        limit = f"expected at most {2 * bytes_max}"
        raise invalid_transaction(chain, f"it has {len(digits)} hexadecimal digits, {limit}")
    try:
        return unhexlify(digits)
    except ValueError:
        raise invalid_transaction(chain, "it is not an even number of hexadecimal digits") from None
