"""The private-key tags of an organization: how they are found, how named, and who may carry them.

Sources: Turnkey docs, resource limits (tags) and API errors (names are unique per kind of resource).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from msgspec.structs import replace

from counterseal.contract.errors import InvalidRequest, NotFound, quoted
from counterseal.contract.rules import label, uuid, uuids
from counterseal.organizations import PRIVATE_KEY_TAG_NAME, PrivateKey, PrivateKeyTag, Put, View
from counterseal.store import RowKey
from counterseal.world import World

TAGGED_AT_ONCE_MAX = 100


def by_id(tag_id: str, field: str) -> RowKey:
    """What asks for a tag. Raises InvalidRequest for an id that is no UUID."""
    return RowKey(kind=PrivateKeyTag, value=uuid(tag_id, field))


def by_name(name: str, field: str) -> RowKey:
    """What asks for the tag that has a name. Raises InvalidRequest for one that is none."""
    return RowKey(kind=PrivateKeyTag, key=PRIVATE_KEY_TAG_NAME, value=label(name, field))


def the_tag(asked: RowKey, view: View) -> PrivateKeyTag:
    """The tag that was asked for by its id. Raises NotFound."""
    found: tuple[PrivateKeyTag, ...] = view.rows[asked]
    if not found:
        raise NotFound(f"unable to find private key tag {asked.value} in organization {view.organization.id}")
    return found[0]


def refuse_taken_name(asked: RowKey, view: View, *, of: str | None = None) -> None:
    """Raise InvalidRequest if a tag has the name that was asked for; the one with the id ``of`` may."""
    if any(tag.id != of for tag in view.rows[asked]):
        raise InvalidRequest(f"private key tag label must be unique: {quoted(asked.value)} is taken")


def keys_by_id(ids: Collection[str], field: str) -> list[RowKey]:
    """What asks for private keys, none of which comes twice. Raises InvalidRequest."""
    if len(ids) > TAGGED_AT_ONCE_MAX:
        raise InvalidRequest(
            f"invalid request body: expected at most {TAGGED_AT_ONCE_MAX} items at `{field}`, got {len(ids)}"
        )
    return [RowKey(kind=PrivateKey, value=id_) for id_ in uuids(ids, field)] if ids else []


def the_keys(asked: Collection[RowKey], view: View) -> list[PrivateKey]:
    """The private keys that were asked for by their ids. Raises NotFound."""
    private_keys: list[PrivateKey] = []
    for key in asked:
        if not view.rows[key]:
            raise NotFound(f"unable to find private key {key.value} in organization {view.organization.id}")
        private_keys += view.rows[key]
    return private_keys


def with_tags(private_key: PrivateKey, tag_ids: Iterable[str], world: World) -> list[Put]:
    """The key as it carries these; nothing, if it does so already."""
    carried = tuple(dict.fromkeys(tag_ids))
    if carried == private_key.tag_ids:
        return []
    return [Put(row=replace(private_key, tag_ids=carried, updated_ms=world.now_ms), replaces=private_key)]
