"""Which inputs of a PSBT a key signs, what of them, and the PSBT with the signatures in it: not finalized.

Source: Turnkey docs, "Bitcoin" networks page; BIP-174 (partial signatures), BIP-371 (Taproot's key path).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from counterseal.chains.bitcoin import psbt as records
from counterseal.chains.bitcoin.address import ScriptKind, p2pkh_script, p2tr_script, p2wpkh_script
from counterseal.chains.bitcoin.coins import DEFAULT, sighash_type
from counterseal.chains.bitcoin.psbt import CHAIN, InputMap, with_records
from counterseal.chains.bitcoin.sighash import SignatureHashes
from counterseal.chains.bitcoin.unsigned import UnsignedTransaction
from counterseal.chains.refusal import invalid_transaction, unsupported_transaction
from counterseal.crypto import der
from counterseal.crypto.signing import Scheme, Signature

_SCRIPTS = {ScriptKind.P2PKH: p2pkh_script, ScriptKind.P2WPKH: p2wpkh_script, ScriptKind.P2TR: p2tr_script}
_SCRIPT_PATH = (records.TAP_SCRIPT_SIG, records.TAP_LEAF_SCRIPT, records.TAP_MERKLE_ROOT)


class InputToSign(msgspec.Struct, frozen=True):
    """A 32-byte digest, by which scheme it is signed, and the hash type that goes behind the signature."""

    number: int
    scheme: Scheme
    digest: bytes
    hash_type: int


def inputs_to_sign(
    transaction: UnsignedTransaction, *, public_key: bytes, kinds: Sequence[ScriptKind] = tuple(_SCRIPTS)
) -> tuple[InputToSign, ...]:
    """The inputs that spend from a script of a 33-byte key's: P2PKH, P2WPKH and P2TR, or those of them in ``kinds``.

    Inputs that are final already are left alone. Raises ``InvalidRequest``: INVALID_TRANSACTION if there are none, and
    UNSUPPORTED_TRANSACTION_TYPE for one that is to be spent by a Taproot script.
    """
    wanted = {_SCRIPTS[kind](public_key): kind for kind in kinds if kind in _SCRIPTS}
    hashes = SignatureHashes(transaction.psbt.transaction, transaction.coins)
    found = [
        _to_sign(transaction.psbt.inputs[number], number, wanted[coin.script], hashes)
        for number, coin in enumerate(transaction.coins)
        if coin.script in wanted and not _is_final(transaction.psbt.inputs[number])
    ]
    if not found:
        raise invalid_transaction(CHAIN, "no input of it is the signer's to sign, expected at least one")
    return tuple(found)


def signed_psbt(
    transaction: UnsignedTransaction, *, public_key: bytes, signatures: Mapping[int, tuple[InputToSign, Signature]]
) -> bytes:
    """The PSBT with a signature for each input named, in the place of one that was there; all else is as it was."""
    return with_records(
        transaction.psbt,
        {number: _record(to_sign, signature, public_key) for number, (to_sign, signature) in signatures.items()},
    )


def _to_sign(record: InputMap, number: int, kind: ScriptKind, hashes: SignatureHashes) -> InputToSign:
    hash_type = sighash_type(record, number, kind)
    if kind is ScriptKind.P2PKH:
        return InputToSign(number, Scheme.ECDSA_SECP256K1, hashes.legacy(number), hash_type)
    if kind is ScriptKind.P2WPKH:
        return InputToSign(number, Scheme.ECDSA_SECP256K1, hashes.segwit(number), hash_type)
    if any(key[:1] in _SCRIPT_PATH for key in record.records):
        raise unsupported_transaction(CHAIN, f"input {number} has Taproot scripts, expected it to be spent by its key")
    return InputToSign(number, Scheme.SCHNORR_TAPROOT, hashes.taproot(number, hash_type), hash_type)


def _record(to_sign: InputToSign, signature: Signature, public_key: bytes) -> tuple[bytes, bytes]:
    if to_sign.scheme is Scheme.SCHNORR_TAPROOT:
        hash_type = b"" if to_sign.hash_type == DEFAULT else bytes((to_sign.hash_type,))
        return records.TAP_KEY_SIG, signature.r + signature.s + hash_type
    encoded = der.encode(int.from_bytes(signature.r), int.from_bytes(signature.s))
    return records.PARTIAL_SIG + public_key, encoded + bytes((to_sign.hash_type,))


def _is_final(record: InputMap) -> bool:
    return any(key in record.records for key in (records.FINAL_SCRIPT_SIG, records.FINAL_SCRIPT_WITNESS))
