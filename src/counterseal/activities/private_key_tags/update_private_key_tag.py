"""UPDATE_PRIVATE_KEY_TAG: another name for a tag."""

from __future__ import annotations

from msgspec.structs import replace

from counterseal.activities.needs import Reading
from counterseal.activities.private_key_tags.tagging import (
    by_id,
    by_name,
    refuse_private_keys,
    refuse_taken_name,
    the_tag,
)
from counterseal.activities.registry import Outcome, activity
from counterseal.contract.shapes import UpdatePrivateKeyTagIntent, UpdatePrivateKeyTagResult
from counterseal.organizations import Put, View
from counterseal.store import RowKey
from counterseal.world import World


def it_and_its_namesake(intent: UpdatePrivateKeyTagIntent, _view: View) -> Reading:
    """The tag, and the one that has the new name, if one is given."""
    name = _new_name(intent)
    yield [_id(intent)] if name is None else [_id(intent), name]


@activity("UPDATE_PRIVATE_KEY_TAG", needs=it_and_its_namesake)
def update_private_key_tag(intent: UpdatePrivateKeyTagIntent, view: View, world: World) -> Outcome:
    """Rename the tag if ``newPrivateKeyTagName`` is given. Both lists are empty, as long as there are no private keys.

    Errors: a bad name, one that another private-key tag has (400), an unknown tag or private key (404).
    Source: Turnkey API reference, update_private_key_tag.
    """
    before, name = the_tag(_id(intent), view), _new_name(intent)
    if name is not None:
        refuse_taken_name(name, view, of=before.id)
    refuse_private_keys(intent.add_private_key_ids, "parameters.addPrivateKeyIds", view)
    refuse_private_keys(intent.remove_private_key_ids, "parameters.removePrivateKeyIds", view)
    after = replace(before, name=before.name if name is None else name.value, updated_ms=world.now_ms)
    return Outcome(
        result=UpdatePrivateKeyTagResult(private_key_tag_id=after.id), rows=(Put(row=after, replaces=before),)
    )


def _id(intent: UpdatePrivateKeyTagIntent) -> RowKey:
    return by_id(intent.private_key_tag_id, "privateKeyTagId")


def _new_name(intent: UpdatePrivateKeyTagIntent) -> RowKey | None:
    name = intent.new_private_key_tag_name
    return None if name is None else by_name(name, "newPrivateKeyTagName")
