"""CREATE_PRIVATE_KEY_TAG: a new mark for private keys."""

from __future__ import annotations

from counterseal.activities.needs import AllOf, Reading
from counterseal.activities.private_key_tags.tagging import by_name, keys_by_id, refuse_taken_name, the_keys, with_tags
from counterseal.activities.registry import Outcome, activity
from counterseal.contract.errors import LimitExceeded
from counterseal.contract.shapes import CreatePrivateKeyTagIntent, CreatePrivateKeyTagResult
from counterseal.organizations import (
    PRIVATE_KEY_TAGS_MAX,
    PRIVATE_KEY_TAGS_MAX_OF_SUB_ORGANIZATION,
    PrivateKeyTag,
    Put,
    View,
)
from counterseal.store import RowKey
from counterseal.world import World

_ALL = AllOf(kind=PrivateKeyTag, at_most=PRIVATE_KEY_TAGS_MAX)


def others(intent: CreatePrivateKeyTagIntent, _view: View) -> Reading:
    """All tags, to be counted, the one that has the name, and the keys that are to carry it."""
    yield [_ALL, _name(intent), *_keys(intent)]


@activity("CREATE_PRIVATE_KEY_TAG", needs=others)
def create_private_key_tag(intent: CreatePrivateKeyTagIntent, view: View, world: World) -> Outcome:
    """Make a tag, which some private keys carry from the beginning.

    Errors: a bad name, one that another private-key tag has, a key named twice, more than 100 keys (400), an unknown
    private key (404), more than 100 private-key tags, or 10 in a sub-organization (429).
    Source: Turnkey API reference, create_private_key_tag; resource limits.
    """
    refuse_taken_name(_name(intent), view)
    private_keys = the_keys(_keys(intent), view)
    is_below = view.organization.is_sub_organization
    most = PRIVATE_KEY_TAGS_MAX_OF_SUB_ORGANIZATION if is_below else PRIVATE_KEY_TAGS_MAX
    if len(view.rows[_ALL]) >= most:
        raise LimitExceeded(f"organization has exceeded maximum private key tags: at most {most} are allowed")
    tag = PrivateKeyTag(
        id=world.dated_id(),
        name=intent.private_key_tag_name,
        created_ms=world.now_ms,
        updated_ms=world.now_ms,
    )
    tagged = [put for each in private_keys for put in with_tags(each, (*each.tag_ids, tag.id), world)]
    return Outcome(
        result=CreatePrivateKeyTagResult(private_key_tag_id=tag.id, private_key_ids=[each.id for each in private_keys]),
        rows=(Put(row=tag), *tagged),
    )


def _name(intent: CreatePrivateKeyTagIntent) -> RowKey:
    return by_name(intent.private_key_tag_name, "privateKeyTagName")


def _keys(intent: CreatePrivateKeyTagIntent) -> list[RowKey]:
    return keys_by_id(intent.private_key_ids, "parameters.privateKeyIds")
