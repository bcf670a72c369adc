"""UPDATE_PRIVATE_KEY_TAG: another name for a tag, and which keys carry it from now on."""

from __future__ import annotations

from msgspec.structs import replace

from counterseal.activities.needs import Reading
from counterseal.activities.private_key_tags.tagging import (
    by_id,
    by_name,
    keys_by_id,
    refuse_taken_name,
    the_keys,
    the_tag,
    with_tags,
)
from counterseal.activities.registry import Outcome, activity
from counterseal.contract.shapes import UpdatePrivateKeyTagIntent, UpdatePrivateKeyTagResult
from counterseal.organizations import Put, View
from counterseal.store import RowKey
from counterseal.world import World


def it_and_its_namesake(intent: UpdatePrivateKeyTagIntent, _view: View) -> Reading:
    """The tag, the one that has the new name, if one is given, and the keys."""
    name = _new_name(intent)
    yield [_id(intent), *([] if name is None else [name]), *_added(intent), *_removed(intent)]


@activity("UPDATE_PRIVATE_KEY_TAG", needs=it_and_its_namesake)
def update_private_key_tag(intent: UpdatePrivateKeyTagIntent, view: View, world: World) -> Outcome:
    """Rename the tag if ``newPrivateKeyTagName`` is given; give it to some private keys and take it from others.

    It is taken from a key that is in both lists. To give it to one that carries it, or to take it from one that does
    not, changes nothing. Errors: a bad name, one that another private-key tag has, a key named twice in a list, more
    than 100 in one (400), an unknown tag or private key (404).
    Source: Turnkey API reference, update_private_key_tag.
    """
    before, name = the_tag(_id(intent), view), _new_name(intent)
    if name is not None:
        refuse_taken_name(name, view, of=before.id)
    added, removed = the_keys(_added(intent), view), the_keys(_removed(intent), view)
    given = [put for each in added if each not in removed for put in with_tags(each, (*each.tag_ids, before.id), world)]
    taken = [
        put for each in removed for put in with_tags(each, (id_ for id_ in each.tag_ids if id_ != before.id), world)
    ]
    after = replace(before, name=before.name if name is None else name.value, updated_ms=world.now_ms)
    return Outcome(
        result=UpdatePrivateKeyTagResult(private_key_tag_id=after.id),
        rows=(Put(row=after, replaces=before), *given, *taken),
    )


def _id(intent: UpdatePrivateKeyTagIntent) -> RowKey:
    return by_id(intent.private_key_tag_id, "privateKeyTagId")


def _new_name(intent: UpdatePrivateKeyTagIntent) -> RowKey | None:
    name = intent.new_private_key_tag_name
    return None if name is None else by_name(name, "newPrivateKeyTagName")


def _added(intent: UpdatePrivateKeyTagIntent) -> list[RowKey]:
    return keys_by_id(intent.add_private_key_ids, "parameters.addPrivateKeyIds")


def _removed(intent: UpdatePrivateKeyTagIntent) -> list[RowKey]:
    return keys_by_id(intent.remove_private_key_ids, "parameters.removePrivateKeyIds")
