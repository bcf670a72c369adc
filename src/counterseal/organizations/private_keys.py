"""Private keys: keys that belong to no wallet, with the tags that they carry. No decision reads them as a whole."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from counterseal.contract import shapes, timestamp
from counterseal.contract.shapes import AddressFormat, Curve
from counterseal.organizations.addresses import form_of_address
from counterseal.organizations.item import Key, Keys
from counterseal.organizations.rows import Row

PRIVATE_KEYS_MAX = 1000
"""Of an organization (Turnkey docs, resource limits)."""

PRIVATE_KEY_NAME = Key("private_key_name", is_unique=True)
PRIVATE_KEY_PUBLIC_KEY = Key("private_key_public_key", is_unique=True)
PRIVATE_KEY_ADDRESS = Key("private_key_address", form_of_address)
PRIVATE_KEY_OF_TAG = Key("private_key_of_tag")


class ChainAddress(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An address of a key in one format."""

    format: AddressFormat
    address: str

    def shown(self) -> shapes.Address:
        """The wire's address."""
        return shapes.Address(format=self.format, address=self.address)


class PrivateKey(Row, frozen=True, kw_only=True, gc=False):
    """A key by its name. The sealed secret of the same id holds its private half."""

    KIND: ClassVar[str] = "private_key"

    name: str
    curve: Curve
    public_key: str
    """Lower-case hex, compressed: 66 digits, or 64 of Ed25519."""
    addresses: tuple[ChainAddress, ...] = ()
    tag_ids: tuple[str, ...] = ()
    created_ms: int
    updated_ms: int
    exported: bool = False
    imported: bool = False

    def looked_up_by(self) -> Keys:
        """See ``Row``."""
        return (
            (PRIVATE_KEY_NAME, self.name),
            (PRIVATE_KEY_PUBLIC_KEY, self.public_key),
            *((PRIVATE_KEY_ADDRESS, text) for text in dict.fromkeys(each.address for each in self.addresses)),
            *((PRIVATE_KEY_OF_TAG, tag_id) for tag_id in self.tag_ids),
        )

    def shown(self) -> shapes.PrivateKey:
        """The wire's private key."""
        return shapes.PrivateKey(
            private_key_id=self.id,
            public_key=self.public_key,
            private_key_name=self.name,
            curve=self.curve,
            addresses=[each.shown() for each in self.addresses],
            private_key_tags=[*self.tag_ids],
            created_at=timestamp(self.created_ms),
            updated_at=timestamp(self.updated_ms),
            exported=self.exported,
            imported=self.imported,
        )
