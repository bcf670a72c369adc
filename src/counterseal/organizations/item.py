"""What authorization reads, one item at a time: what each kind says of itself, so that it is written down once.

An item belongs to one organization. It is read whole with its organization, its versions are kept, and the store knows
no kind by name: a new kind is a class in a file of its own, a member of ``Snapshot``, and no table.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, NamedTuple, Self

import msgspec


class Key(NamedTuple):
    """Something by which items or rows are looked for, across organizations or within one."""

    name: str
    form: Callable[[str], bytes] = str.encode
    """What is compared: two texts of one form are the same to whoever looks."""
    is_unique: bool = False
    """Whether no two of an organization may have the same; the database itself sees to it."""


Keys = tuple[tuple[Key, str | None], ...]
"""Keys with what an item has for each; None is not looked for."""


class Item(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """One thing of an organization at one version. Its JSON is what the store keeps.

    A new member needs a default: then releases read each other's items.
    """

    KIND: ClassVar[str]
    """In rows; never altered."""
    HELD_IN: ClassVar[str] = ""
    """The map of the snapshot that holds items of this kind, in the order of their creation, if one does."""
    HELD_BY: ClassVar[str] = "id"
    """The member by which that map has them."""
    LISTED_AS: ClassVar[str] = ""
    """The member of their owner that lists them, if a user owns them."""

    id: str

    @property
    def owner_id(self) -> str | None:
        """The user with whom it is read and goes: a credential's, and a user's own id."""
        return None

    @property
    def bytes_held(self) -> int:
        """How much memory it takes, reckoned from what was given for it; see ``sizes``."""
        raise NotImplementedError

    def looked_up_by(self) -> Keys:
        """What it is looked for by."""
        return ()

    def alone(self) -> Self:
        """Without what are items of their own."""
        return self


def held_by(item: Item) -> Any:
    """Under what the snapshot's map has it."""
    return getattr(item, item.HELD_BY)
