"""The messages of Tron's protocol that are read here, field by field. What is not in these tables is refused.

Left out on purpose: ``ref_block_num``, ``auths`` and ``scripts`` of a transaction, ``provider`` and ``ContractName`` of
a contract. No client sets them, and no policy sees them.
Source: tronprotocol/protocol, ``core/Tron.proto``, ``core/contract/*.proto``.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from counterseal.chains.tron.protobuf import Field, Kind, Shape

ACTIVES_MAX = 8
"""As in java-tron (``AccountPermissionUpdateActuator``)."""

KEYS_MAX = 32
"""Of one permission. Tron's own bound is 5 until its members vote for another."""

_RESOURCES = ("BANDWIDTH", "ENERGY", "TRON_POWER")
_PERMISSION_TYPES = ("Owner", "Witness", "Active")


def _shape(name: str, *fields: tuple[int, Field]) -> Shape:
    return Shape(name, dict(fields))


def _address(number: int, name: str) -> tuple[int, Field]:
    return number, Field(name, Kind.ADDRESS)


def _number(number: int, name: str) -> tuple[int, Field]:
    return number, Field(name, Kind.INT64)


def _small(number: int, name: str) -> tuple[int, Field]:
    return number, Field(name, Kind.INT32)


_KEY = _shape("a key", _address(1, "address"), _number(2, "weight"))

_PERMISSION = _shape(
    "a permission",
    (1, Field("type", Kind.CHOICE, choices=_PERMISSION_TYPES)),
    _small(2, "id"),
    (3, Field("permission_name", Kind.TEXT)),
    _number(4, "threshold"),
    _small(5, "parent_id"),
    (6, Field("operations", Kind.BYTES)),
    (7, Field("keys", Kind.MESSAGES, _KEY, most=KEYS_MAX)),
)

_PARAMETER = _shape("a contract's parameter", (1, Field("type_url", Kind.TEXT)), (2, Field("value", Kind.PART)))

_CONTRACT = _shape(
    "the contract",
    _small(1, "type"),
    (2, Field("parameter", Kind.MESSAGE, _PARAMETER)),
    _small(5, "permission_id"),
)

TRANSACTION = _shape(
    "the transaction",
    (1, Field("ref_block_bytes", Kind.BYTES, size=2)),
    (4, Field("ref_block_hash", Kind.BYTES, size=8)),
    _number(8, "expiration"),
    (10, Field("data", Kind.BYTES)),
    (11, Field("contract", Kind.MESSAGE, _CONTRACT)),
    _number(14, "timestamp"),
    _number(18, "fee_limit"),
)

_OWNER = _address(1, "owner_address")


def _resource(number: int) -> tuple[int, Field]:
    return number, Field("resource", Kind.CHOICE, choices=_RESOURCES)


CONTRACTS: Mapping[int, Shape] = MappingProxyType(
    {
        1: _shape("TransferContract", _OWNER, _address(2, "to_address"), _number(3, "amount")),
        31: _shape(
            "TriggerSmartContract",
            _OWNER,
            _address(2, "contract_address"),
            _number(3, "call_value"),
            (4, Field("data", Kind.BYTES)),
            _number(5, "call_token_value"),
            _number(6, "token_id"),
        ),
        46: _shape(
            "AccountPermissionUpdateContract",
            _OWNER,
            (2, Field("owner", Kind.MESSAGE, _PERMISSION)),
            (3, Field("witness", Kind.MESSAGE, _PERMISSION)),
            (4, Field("actives", Kind.MESSAGES, _PERMISSION, most=ACTIVES_MAX)),
        ),
        54: _shape("FreezeBalanceV2Contract", _OWNER, _number(2, "frozen_balance"), _resource(3)),
        55: _shape("UnfreezeBalanceV2Contract", _OWNER, _number(2, "unfreeze_balance"), _resource(3)),
        57: _shape(
            "DelegateResourceContract",
            _OWNER,
            _resource(2),
            _number(3, "balance"),
            _address(4, "receiver_address"),
            (5, Field("lock", Kind.BOOL)),
            _number(6, "lock_period"),
        ),
        58: _shape(
            "UnDelegateResourceContract",
            _OWNER,
            _resource(2),
            _number(3, "balance"),
            _address(4, "receiver_address"),
        ),
    }
)
"""The contracts that Turnkey supports, by their number in ``ContractType``."""
