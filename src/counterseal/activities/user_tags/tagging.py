"""The user tags of an organization: how many, how named, and who carries them.

Sources: Turnkey docs, resource limits (tags) and API errors (names are unique per kind of resource).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from msgspec.structs import replace

from counterseal.contract.errors import InvalidRequest, LimitExceeded, NotFound, quoted
from counterseal.contract.rules import label, uuids
from counterseal.organizations import Snapshot, Tag, User, UserChanged, View
from counterseal.world import World

TAGS_MAX = 100
TAGS_MAX_OF_SUB_ORGANIZATION = 10


def user_tag(tag_id: str, organization: Snapshot) -> Tag:
    """The tag, or NotFound."""
    tag = organization.tags.get(tag_id)
    if tag is None:
        raise NotFound(f"unable to find user tag {tag_id} in organization {organization.id}")
    return tag


def known_tag_ids(texts: Collection[str], field: str, organization: Snapshot) -> tuple[str, ...]:
    """The ids of different tags that exist; an empty list is one. Raises InvalidRequest or NotFound."""
    return tuple(user_tag(id_, organization).id for id_ in uuids(texts, field)) if texts else ()


def known_users(texts: Collection[str], field: str, view: View) -> list[User]:
    """Different users that exist; an empty list is one. Raises InvalidRequest or NotFound."""
    return [view.user(id_) for id_ in uuids(texts, field)] if texts else []


def unique_tag_name(text: str, field: str, organization: Snapshot, *, of: str | None = None) -> str:
    """A name that no user tag has but the one with the id ``of``. Raises InvalidRequest."""
    name = label(text, field)
    if any(tag.name == name for tag in organization.tags.values() if tag.id != of):
        raise InvalidRequest(f"user tag label must be unique: {quoted(name)} is taken")
    return name


def refuse_one_tag_too_many(organization: Snapshot) -> None:
    """Raises LimitExceeded."""
    most = TAGS_MAX_OF_SUB_ORGANIZATION if organization.is_sub_organization else TAGS_MAX
    if len(organization.tags) >= most:
        raise LimitExceeded(f"organization has exceeded maximum tags: at most {most} are allowed")


def retagged(user: User, tag_ids: Iterable[str], world: World) -> UserChanged:
    """The change by which a user carries these tags and no others."""
    return UserChanged(user=replace(user, tag_ids=tuple(tag_ids), updated_ms=world.now_ms))
