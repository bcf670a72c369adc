"""Private-key tags: marks that private keys can carry. Policies compare ids only, so no decision reads a tag itself."""

from __future__ import annotations

from typing import ClassVar

from counterseal.contract import timestamp
from counterseal.contract.shapes import Tag, TagType
from counterseal.organizations.item import Key, Keys
from counterseal.organizations.rows import Row

PRIVATE_KEY_TAGS_MAX = 100
PRIVATE_KEY_TAGS_MAX_OF_SUB_ORGANIZATION = 10

PRIVATE_KEY_TAG_NAME = Key("private_key_tag_name", is_unique=True)


class PrivateKeyTag(Row, frozen=True, kw_only=True, gc=False):
    """A mark that private keys can carry."""

    KIND: ClassVar[str] = "private_key_tag"

    name: str
    created_ms: int
    updated_ms: int

    def looked_up_by(self) -> Keys:
        """See ``Row``."""
        return ((PRIVATE_KEY_TAG_NAME, self.name),)

    def shown(self) -> Tag:
        """The wire's tag."""
        return Tag(
            tag_id=self.id,
            tag_name=self.name,
            tag_type=TagType.PRIVATE_KEY,
            created_at=timestamp(self.created_ms),
            updated_at=timestamp(self.updated_ms),
        )
