"""PSBTs piece by piece, so that tests can write each piece wrongly."""

from __future__ import annotations

from hashlib import sha256

from counterseal.chains.bitcoin.address import p2pkh_script, p2sh_script, p2tr_script, p2wpkh_script
from counterseal.chains.bitcoin.wire import length_bytes
from counterseal.crypto.curves import Curve
from counterseal.crypto.public_keys import public_key_of

SECRET, OTHER_SECRET = b"\x01" * 32, b"\x02" * 32
KEY, OTHER_KEY = public_key_of(Curve.SECP256K1, SECRET), public_key_of(Curve.SECP256K1, OTHER_SECRET)
P2PKH, P2WPKH, P2TR, P2SH = (each(KEY) for each in (p2pkh_script, p2wpkh_script, p2tr_script, p2sh_script))
OTHER = p2wpkh_script(OTHER_KEY)
VALUE = 100_000


def sized(content: bytes) -> bytes:
    return length_bytes(len(content)) + content


def several(*parts: bytes) -> bytes:
    return length_bytes(len(parts)) + b"".join(parts)


def output(script: bytes, value: int = VALUE) -> bytes:
    return value.to_bytes(8, "little") + sized(script)


def spending(outpoint: bytes, script: bytes = b"", sequence: int = 0xFFFFFFFD) -> bytes:
    return outpoint + sized(script) + sequence.to_bytes(4, "little")


def transaction(inputs: list[bytes], outputs: list[bytes], *, version: int = 2, locktime: int = 0) -> bytes:
    ends = version.to_bytes(4, "little"), locktime.to_bytes(4, "little")
    return ends[0] + several(*inputs) + several(*outputs) + ends[1]


def previous(script: bytes, value: int = VALUE, *, salt: int = 0) -> bytes:
    """A transaction whose output 1 is the one that is spent."""
    return transaction([spending(bytes([salt]) * 36)], [output(OTHER, 5), output(script, value)])


def outpoint(spent: bytes, number: int = 1) -> bytes:
    return sha256(sha256(spent).digest()).digest() + number.to_bytes(4, "little")


def record(key: bytes, value: bytes) -> bytes:
    return sized(key) + sized(value)


def proven(script: bytes, value: int = VALUE, *, salt: int = 0) -> list[bytes]:
    """The records by which an input of this script is proven."""
    whole, told = record(b"\x00", previous(script, value, salt=salt)), record(b"\x01", output(script, value))
    if script.startswith(b"\x51\x20"):
        return [told]
    return [whole, told] if script[0] == 0 else [whole]


def psbt(unsigned: bytes, *inputs: list[bytes], outputs: int = 1, more: tuple[bytes, ...] = ()) -> bytes:
    maps = b"".join(b"".join(records) + b"\x00" for records in inputs)
    return b"psbt\xff" + record(b"\x00", unsigned) + b"".join(more) + b"\x00" + maps + b"\x00" * outputs


def of_script(script: bytes, *records: bytes, fee: int = 1000) -> bytes:
    """One input of this script, proven, with more records; one output to somebody else."""
    unsigned = transaction([spending(outpoint(previous(script)))], [output(OTHER, VALUE - fee)])
    return psbt(unsigned, [*proven(script), *records])
