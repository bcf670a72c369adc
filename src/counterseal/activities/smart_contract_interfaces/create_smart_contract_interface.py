"""CREATE_SMART_CONTRACT_INTERFACE: what calls of a contract or program say."""

from __future__ import annotations

import re
from hashlib import sha256

from counterseal.activities.needs import AllOf, Reading
from counterseal.activities.registry import Outcome, activity
from counterseal.activities.smart_contract_interfaces.reading import index_of
from counterseal.contract.errors import AlreadyExists, InvalidRequest, LimitExceeded, quoted
from counterseal.contract.rules import label, prose
from counterseal.contract.shapes import (
    CreateSmartContractInterfaceIntent,
    CreateSmartContractInterfaceResult,
    SmartContractInterfaceType,
)
from counterseal.crypto import base58
from counterseal.organizations import (
    CONTRACT,
    INTERFACES_BYTES_MAX,
    INTERFACES_MAX,
    InterfaceText,
    Put,
    SmartContractInterface,
    View,
    contract_key,
)
from counterseal.store import RowKey
from counterseal.world import World

NOTES_MAX = 4096

_ALL = AllOf(kind=SmartContractInterface, at_most=INTERFACES_MAX)
_OF_ETHEREUM = re.compile(r"0x[0-9a-fA-F]{40}")
_OF_SOLANA = re.compile(r"[1-9A-HJ-NP-Za-km-z]{32,44}")


def others(intent: CreateSmartContractInterfaceIntent, _view: View) -> Reading:
    """All interfaces, to be counted, and the one of the same contract."""
    yield [_ALL, _of_contract(intent)]


@activity("CREATE_SMART_CONTRACT_INTERFACE", needs=others)
def create_smart_contract_interface(intent: CreateSmartContractInterfaceIntent, view: View, world: World) -> Outcome:
    """Keep an interface, by which policies see what calls of the contract say from now on.

    Errors: a bad label, bad notes, an address that is none, a text that is no interface (400), a contract that has one
    (409), more than 100 interfaces, or 16 MiB of them (429).
    Source: Turnkey API reference, create_smart_contract_interface; Turnkey docs, "Smart contract interfaces".
    """
    text = intent.smart_contract_interface
    encoded = text.encode()
    made = SmartContractInterface(
        id=world.dated_id(),
        address=_address(intent),
        type=intent.type,
        label=label(intent.label, "label"),
        notes=prose(intent.notes or "", "notes", longest=NOTES_MAX),
        bytes=len(encoded),
        digest=sha256(encoded).hexdigest(),
        created_ms=world.now_ms,
    )
    index = index_of(intent)
    for other in view.rows[_of_contract(intent)]:
        raise AlreadyExists(f"smart contract {quoted(made.address)} has an interface already: {other.id}")
    _refuse_too_many(made, view.rows[_ALL])
    kept = InterfaceText(id=made.id, text=text, functions=index.functions, types=index.types)
    return Outcome(
        result=CreateSmartContractInterfaceResult(smart_contract_interface_id=made.id),
        rows=(Put(row=made), Put(row=kept)),
    )


def _address(intent: CreateSmartContractInterfaceIntent) -> str:
    address = intent.smart_contract_address
    if intent.type is SmartContractInterfaceType.ETHEREUM:
        if _OF_ETHEREUM.fullmatch(address):
            return address
        expected = "0x and 40 hexadecimal digits"
    else:
        if _OF_SOLANA.fullmatch(address) and len(base58.decode(address)) == 32:
            return address
        expected = "32 bytes in base58"
    raise InvalidRequest(f"invalid smart contract address {quoted(address)}: expected {expected}")


def _refuse_too_many(made: SmartContractInterface, others: tuple[SmartContractInterface, ...]) -> None:
    if len(others) >= INTERFACES_MAX:
        raise LimitExceeded(
            f"organization has exceeded maximum smart contract interfaces: at most {INTERFACES_MAX} are allowed"
        )
    size = made.bytes + sum(each.bytes for each in others)
    if size > INTERFACES_BYTES_MAX:
        raise LimitExceeded(
            f"organization has exceeded maximum smart contract interfaces: all together would have {size} bytes, at"
            f" most {INTERFACES_BYTES_MAX} are allowed"
        )


def _of_contract(intent: CreateSmartContractInterfaceIntent) -> RowKey:
    key = contract_key(intent.type, intent.smart_contract_address[:64])
    return RowKey(kind=SmartContractInterface, key=CONTRACT, value=key)
