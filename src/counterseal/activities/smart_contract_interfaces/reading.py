"""An interface's text, read: once for a text, ahead of the decision, and by pieces where it is long.

Source: Turnkey docs, "Smart contract interfaces", Solana IDLs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from weakref import WeakValueDictionary

import msgspec

from counterseal.chains import ethereum, solana
from counterseal.chains.interface_text import Index, Steps, all_at_once
from counterseal.contract.errors import InvalidRequest
from counterseal.contract.shapes import CreateSmartContractInterfaceIntent, SmartContractInterfaceType


class _Read(msgspec.Struct, frozen=True, weakref=True):
    """What came of a text: where its parts are, or why it is refused."""

    index: Index | None
    reason: str = ""


_READERS: Mapping[SmartContractInterfaceType, Callable[[str], Steps[Index]]] = {
    SmartContractInterfaceType.ETHEREUM: ethereum.index_interface,
    SmartContractInterfaceType.SOLANA: solana.index_interface,
}

_remembered: WeakValueDictionary[tuple[SmartContractInterfaceType, bytes], _Read] = WeakValueDictionary()
"""By kind and SHA-256 of the text: as long as somebody holds what came of it."""


def index_of(intent: CreateSmartContractInterfaceIntent) -> Index:
    """Where the parts of the intent's text are, which has been read ahead if it is long. Raises InvalidRequest."""
    read = _remembered.get(_key(intent)) or all_at_once(_steps(intent))
    if read.index is None:
        raise InvalidRequest(read.reason)
    return read.index


def read_ahead(intent: CreateSmartContractInterfaceIntent) -> Iterator[object]:
    """Read the text in steps; the last one gives what came of it, to be held until it is decided on."""
    read = yield from _steps(intent)
    _remembered[_key(intent)] = read
    yield read


def _steps(intent: CreateSmartContractInterfaceIntent) -> Steps[_Read]:
    try:
        return _Read((yield from _READERS[intent.type](intent.smart_contract_interface)))
    except InvalidRequest as refused:
        return _Read(None, refused.message)


def _key(intent: CreateSmartContractInterfaceIntent) -> tuple[SmartContractInterfaceType, bytes]:
    return intent.type, sha256(intent.smart_contract_interface.encode()).digest()
