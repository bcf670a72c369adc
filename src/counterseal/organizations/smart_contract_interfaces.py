"""Interfaces of contracts and programs, by which policies see what a call says. No decision reads them as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from counterseal.chains.interface_text import Index, Span
from counterseal.contract import shapes, timestamp
from counterseal.contract.shapes import SmartContractInterfaceType
from counterseal.organizations.item import Key, Keys
from counterseal.organizations.rows import Row

INTERFACES_MAX = 100
INTERFACES_BYTES_MAX = 16 * 1024 * 1024
"""Of an organization, all texts together: one list shows them all, and escaped they can be twice as large."""

CONTRACT = Key("smart_contract", is_unique=True)


class SmartContractInterface(Row, frozen=True, kw_only=True, gc=False):
    """What there is to know of one beside its text."""

    KIND: ClassVar[str] = "smart_contract_interface"

    address: str
    """As it was given."""
    type: SmartContractInterfaceType
    label: str
    notes: str = ""
    bytes: int
    """Of the text, in UTF-8."""
    digest: str
    """SHA-256 of the text, in lower-case hex."""
    created_ms: int

    def looked_up_by(self) -> Keys:
        """See ``Row``."""
        return ((CONTRACT, contract_key(self.type, self.address)),)

    def shown(self, organization_id: str, text: str) -> shapes.SmartContractInterface:
        """The wire's interface."""
        return shapes.SmartContractInterface(
            organization_id=organization_id,
            smart_contract_interface_id=self.id,
            smart_contract_address=self.address,
            smart_contract_interface=text,
            type=self.type,
            label=self.label,
            notes=self.notes,
            created_at=timestamp(self.created_ms),
            updated_at=timestamp(self.created_ms),
        )

    def reference(self) -> shapes.SmartContractInterfaceReference:
        """The wire's mention of it, without the text."""
        return shapes.SmartContractInterfaceReference(
            smart_contract_interface_id=self.id, smart_contract_address=self.address, digest=self.digest
        )


class InterfaceText(Row, frozen=True, kw_only=True, gc=False):
    """The text of the interface that has the same id, and where its functions and types are. Neither ever changes."""

    KIND: ClassVar[str] = "interface_text"

    text: str
    functions: Mapping[str, Span]
    types: Mapping[str, Span] = {}

    @property
    def index(self) -> Index:
        """See ``Index``."""
        return Index(functions=self.functions, types=self.types)


def contract_key(type_: SmartContractInterfaceType, address: str) -> str:
    """``CONTRACT``: an address of Ethereum in any case is one, of Solana each case is another."""
    return f"{type_} {address.lower() if type_ is SmartContractInterfaceType.ETHEREUM else address}"
