"""Spark's addresses: Bech32m of a message that holds the identity key (protobuf ``SparkAddress``, Spark's SDK)."""

from __future__ import annotations

from counterseal.crypto import bech32

MAINNET, REGTEST = "spark", "sparkrt"

_IDENTITY_KEY = bytes((1 << 3 | 2, 33))  # field 1, bytes, so many


def spark_address(public_key: bytes, *, prefix: str) -> str:
    """The text for a 33-byte point, which is taken for the identity key."""
    return bech32.encode_m(prefix, _IDENTITY_KEY + public_key)
