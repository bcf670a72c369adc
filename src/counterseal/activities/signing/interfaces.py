"""The interfaces by which calls of a transaction are understood, kept in memory for those that are used.

They are known by the digest of their texts: whoever has uploaded the same text has the same interface.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Generator, Iterable, Mapping, Sequence
from typing import Generic, TypeVar

from counterseal.activities.needs import Needed
from counterseal.chains import ethereum, solana
from counterseal.chains.ethereum import ContractInterface
from counterseal.chains.solana import ProgramInterface
from counterseal.contract.shapes import SmartContractInterfaceType
from counterseal.organizations import CONTRACT, InterfaceText, SmartContractInterface, View, contract_key
from counterseal.store import RowKey

KEPT_BYTES_MAX = 8 * 1024 * 1024
"""Of texts. What has been read of one takes a few times as much."""

Interface = ContractInterface | ProgramInterface
_Key = tuple[SmartContractInterfaceType, str]
Kept = TypeVar("Kept")


class _Kept(Generic[Kept]):
    """By type and digest of a text, the least used goes first."""

    def __init__(self) -> None:
        self._bytes = 0
        self._entries: OrderedDict[_Key, tuple[Kept, int]] = OrderedDict()

    def get(self, row: SmartContractInterface) -> Kept | None:
        entry = self._entries.get((row.type, row.digest))
        if entry is None:
            return None
        self._entries.move_to_end((row.type, row.digest))
        return entry[0]

    def put(self, row: SmartContractInterface, value: Kept) -> None:
        if (row.type, row.digest) in self._entries:
            return
        self._entries[row.type, row.digest] = value, row.bytes
        self._bytes += row.bytes
        while self._bytes > KEPT_BYTES_MAX and len(self._entries) > 1:
            _, (_, gone) = self._entries.popitem(last=False)
            self._bytes -= gone


_kept: _Kept[Interface] = _Kept()


def contract_keys(type_: SmartContractInterfaceType, addresses: Iterable[str]) -> dict[str, RowKey]:
    """What asks for the interface of each address."""
    return {
        address: RowKey(kind=SmartContractInterface, key=CONTRACT, value=contract_key(type_, address))
        for address in addresses
    }


def read_interfaces(keys: Mapping[str, RowKey], view: View) -> Generator[Sequence[Needed], None, dict[str, Interface]]:
    """Those that there are, by address, once ``keys`` have been read. What is not in memory is read."""
    rows = {address: row for address, key in keys.items() for row in view.rows[key]}
    found = {address: _kept.get(row) for address, row in rows.items()}
    wanted = {
        address: RowKey(kind=InterfaceText, value=rows[address].id) for address, kept in found.items() if kept is None
    }
    if wanted:
        yield [*wanted.values()]
        for address, key in wanted.items():
            for text in view.rows[key]:
                found[address] = interface = _interface(rows[address], text)
                _kept.put(rows[address], interface)
    return {address: interface for address, interface in found.items() if interface is not None}


def _interface(row: SmartContractInterface, text: InterfaceText) -> Interface:
    if row.type is SmartContractInterfaceType.ETHEREUM:
        return ethereum.interface_at(text.text, text.index)
    return solana.ProgramInterface(text.text, text.index)
