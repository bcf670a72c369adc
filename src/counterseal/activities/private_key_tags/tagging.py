"""The private-key tags of an organization: how they are found, how named, and who may carry them.

Sources: Turnkey docs, resource limits (tags) and API errors (names are unique per kind of resource).
"""

from __future__ import annotations

from collections.abc import Collection

from counterseal.contract.errors import InvalidRequest, NotFound, quoted
from counterseal.contract.rules import label, uuid, uuids
from counterseal.organizations import PRIVATE_KEY_TAG_NAME, PrivateKeyTag, View
from counterseal.store import RowKey


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


def refuse_private_keys(texts: Collection[str], field: str, view: View) -> None:
    """No organization has private keys yet. Raises InvalidRequest or NotFound if any is named."""
    if texts:
        first = uuids(texts, field)[0]
        raise NotFound(f"unable to find private key {first} in organization {view.organization.id}")
