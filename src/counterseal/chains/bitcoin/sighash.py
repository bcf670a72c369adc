"""What is signed of a transaction for one of its inputs: before SegWit, for SegWit version 0, for Taproot's key path.

Source: Bitcoin Core, ``SignatureHash`` (legacy); BIP-143; BIP-341. All outputs and inputs are signed, always.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from counterseal.chains.bitcoin.coins import ALL
from counterseal.chains.bitcoin.transaction import Output, Transaction
from counterseal.chains.bitcoin.wire import length_bytes
from counterseal.crypto.hashes import tagged_hash

_ALL = ALL.to_bytes(4, "little")
_EPOCH, _KEY_PATH = b"\x00", b"\x00"


class SignatureHashes:
    """The 32 bytes for each input. What they share is hashed once."""

    def __init__(self, transaction: Transaction, coins: Sequence[Output]) -> None:
        self._transaction = transaction
        self._coins = coins
        self._outpoints = sha256(b"".join(each.outpoint for each in transaction.inputs)).digest()
        self._sequences = sha256(b"".join(each.sequence for each in transaction.inputs)).digest()
        self._amounts = sha256(b"".join(each.value.to_bytes(8, "little") for each in coins)).digest()
        scripts = (length_bytes(len(each.script)) + each.script for each in coins)
        self._scripts = sha256(b"".join(scripts)).digest()
        self._raw_outputs = b"".join(each.raw for each in transaction.outputs)
        self._outputs = sha256(self._raw_outputs).digest()

    def legacy(self, number: int) -> bytes:
        """The whole transaction, with the spent script in the input's place. It costs as many bytes as that has."""
        inputs = self._transaction.inputs
        pieces = [self._transaction.version, length_bytes(len(inputs))]
        for at, each in enumerate(inputs):
            script = self._coins[number].script if at == number else b""
            pieces += [each.outpoint, length_bytes(len(script)), script, each.sequence]
        pieces += [length_bytes(len(self._transaction.outputs)), self._raw_outputs, self._transaction.locktime, _ALL]
        return _twice(b"".join(pieces))

    def segwit(self, number: int) -> bytes:
        """BIP-143, for a P2WPKH input: its script code is P2PKH's of the same hash."""
        spent, coin = self._transaction.inputs[number], self._coins[number]
        return _twice(
            b"".join(
                (
                    self._transaction.version,
                    _again(self._outpoints),
                    _again(self._sequences),
                    spent.outpoint,
                    b"\x19\x76\xa9\x14" + coin.script[2:] + b"\x88\xac",
                    coin.value.to_bytes(8, "little"),
                    spent.sequence,
                    _again(self._outputs),
                    self._transaction.locktime,
                    _ALL,
                )
            )
        )

    def taproot(self, number: int, hash_type: int) -> bytes:
        """BIP-341, by the output's own key and without an annex."""
        message = b"".join(
            (
                _EPOCH,
                bytes((hash_type,)),
                self._transaction.version,
                self._transaction.locktime,
                self._outpoints,
                self._amounts,
                self._scripts,
                self._sequences,
                self._outputs,
                _KEY_PATH,
                number.to_bytes(4, "little"),
            )
        )
        return tagged_hash("TapSighash", message)


def _again(digest: bytes) -> bytes:
    return sha256(digest).digest()


def _twice(data: bytes) -> bytes:
    return _again(sha256(data).digest())
