"""Tags: marks that users can carry."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import msgspec

from counterseal.contract.shapes import TagType
from counterseal.organizations import sizes
from counterseal.organizations.item import Item

if TYPE_CHECKING:
    from counterseal.organizations.fold import Draft

_BYTES = 280  # the object with its numbers and id, and its place in the map of the snapshot


class Tag(Item, frozen=True, kw_only=True, gc=False):
    """A mark that users can carry; policies compare its id."""

    KIND: ClassVar[str] = "tag"
    HELD_IN: ClassVar[str] = "tags"

    name: str
    type: TagType
    created_ms: int
    updated_ms: int

    @property
    def bytes_held(self) -> int:
        """See ``Item``."""
        return _BYTES + sizes.text(self.name)


class TagSet(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True):
    """A new tag, or another name for one. Which users carry it is said by changes of those users."""

    tag: Tag

    def fold(self, draft: Draft) -> None:
        """See ``fold``."""
        draft.put(self.tag)


class TagRemoved(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True):
    """A tag is gone; users that carried it are changed by changes of their own."""

    tag_id: str

    def fold(self, draft: Draft) -> None:
        """See ``fold``."""
        draft.remove(Tag, self.tag_id)
