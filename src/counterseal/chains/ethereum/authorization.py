"""EIP-7702 authorizations: whose code may act for the account that signs.

Source: EIP-7702; Turnkey docs, raw payload signing (``PAYLOAD_ENCODING_EIP7702_AUTHORIZATION``): JSON ``{address,
chainId, nonce}``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from counterseal.chains.ethereum.numbers import hex_bytes, integer
from counterseal.chains.ethereum.rlp import bytes_item, integer_item, list_item
from counterseal.chains.json_text import read_json_text
from counterseal.chains.refusal import NotUnderstood
from counterseal.chains.values import HexText
from counterseal.contract.errors import InvalidRequest
from counterseal.crypto.hashes import keccak256

AUTHORIZATION_CHARACTERS_MAX = 4_096

_MAGIC = b"\x05"
_VALUES_MAX, _DEPTH_MAX = 64, 8

Read = TypeVar("Read")


class Authorization(msgspec.Struct, frozen=True, kw_only=True):
    """``address``: whose code, 20 bytes; zeros take an earlier one back. ``chain_id`` 0 means every chain."""

    chain_id: int
    address: bytes
    nonce: int


def read_authorization(text: str) -> Authorization:
    """The authorization that the payload ``text`` is. Members that are not its own are ignored.

    Raises ``InvalidRequest``.
    """
    try:
        if len(text) > AUTHORIZATION_CHARACTERS_MAX:
            raise NotUnderstood(f"{len(text)} characters, expected at most {AUTHORIZATION_CHARACTERS_MAX}")
        members = read_json_text(text, values_max=_VALUES_MAX, depth_max=_DEPTH_MAX)
        if not isinstance(members, dict):
            raise NotUnderstood("expected an object of address, chainId and nonce")
        return Authorization(
            chain_id=_member(members, "chainId", lambda value: integer(value, bits=256)),
            address=_member(members, "address", lambda value: hex_bytes(value, size=20)),
            nonce=_member(members, "nonce", lambda value: integer(value, bits=64)),
        )
    except NotUnderstood as fault:
        raise InvalidRequest(f"invalid EIP-7702 authorization: {fault}") from None


def authorization_digest(authorization: Authorization) -> bytes:
    """The 32 bytes to be signed."""
    items = integer_item(authorization.chain_id) + bytes_item(authorization.address) + integer_item(authorization.nonce)
    return keccak256(_MAGIC + list_item(items))


def authorization_facts(authorization: Authorization) -> dict[str, Any]:
    """``eth.eip_7702_authorization``."""
    return {
        "address": HexText(f"0x{authorization.address.hex()}"),
        "chain_id": authorization.chain_id,
        "nonce": authorization.nonce,
    }


def _member(members: dict[str, Any], name: str, read: Callable[[Any], Read]) -> Read:
    if name not in members:
        raise NotUnderstood(f"{name} is missing")
    try:
        return read(members[name])
    except NotUnderstood as fault:
        raise NotUnderstood(f"{name}: found {fault}") from None
