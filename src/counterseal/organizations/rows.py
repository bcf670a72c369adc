"""Resources: what no decision reads as a whole. A row is read by its id or by a key when a unit or a query needs it.

A kind of row is declared by its class alone; there may be a million of one in an organization.
"""

from __future__ import annotations

from typing import ClassVar

import msgspec

from counterseal.organizations.item import Key, Keys


class Row(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """One resource of an organization. Its JSON is what the store keeps.

    Ids are UUIDv7 (``World.dated_id``): pages are in the order of creation. A new member needs a default: then releases
    read each other's rows.
    """

    KIND: ClassVar[str]
    """In the database; never altered."""

    id: str
    revision: int = 0
    """How often it has been stored, as the store counts: 0 for a new one. Whoever alters a row keeps it as it is."""

    def looked_up_by(self) -> Keys:
        """What it is looked for by within its organization."""
        return ()


def has(row: Row, key: Key, value: str) -> bool:
    """Whether a row has this for a key."""
    form = key.form(value)
    held = (text for each, text in row.looked_up_by() if each.name == key.name and text is not None)
    return any(key.form(text) == form for text in held)


class Put(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A new row, or another one in the place of ``replaces``, which is as it was read.

    If it is another one by now, the commit that holds this is a ``Conflict``.
    """

    row: Row
    replaces: Row | None = None


class Removed(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A row is gone, which is as it was read."""

    row: Row


class RemovedAll(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """All rows of a kind are gone that have ``value`` for ``key``, which is not a unique one; without a key, all.

    With them go the secrets of their ids. They are read by nobody before: the store finds them when it commits.
    """

    kind: type[Row]
    key: Key | None = None
    value: str = ""

    def fits(self, row: Row) -> bool:
        """Whether a row is one of them."""
        return isinstance(row, self.kind) and (self.key is None or has(row, self.key, self.value))


RowChange = Put | Removed | RemovedAll
