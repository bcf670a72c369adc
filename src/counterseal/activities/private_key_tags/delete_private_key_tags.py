"""DELETE_PRIVATE_KEY_TAGS: tags go, and no key carries them any more."""

from __future__ import annotations

from counterseal.activities.needs import Reading
from counterseal.activities.private_key_tags.tagging import by_id, the_tag, with_tags
from counterseal.activities.registry import Outcome, activity
from counterseal.contract.rules import uuids
from counterseal.contract.shapes import DeletePrivateKeyTagsIntent, DeletePrivateKeyTagsResult
from counterseal.organizations import PRIVATE_KEY_OF_TAG, PrivateKey, Removed, View
from counterseal.store import RowKey
from counterseal.world import World


def the_named(intent: DeletePrivateKeyTagsIntent, _view: View) -> Reading:
    """Each tag that is to go, and the keys that carry it."""
    ids = _ids(intent)
    yield [*ids, *map(_carriers, ids)]


@activity("DELETE_PRIVATE_KEY_TAGS", needs=the_named)
def delete_private_key_tags(intent: DeletePrivateKeyTagsIntent, view: View, world: World) -> Outcome:
    """Remove tags: all of them or none. ``privateKeyIds`` of the result are the keys that carried any of them.

    A policy that speaks of one stays as it is: its id is never given again.
    Errors: an empty list, a tag named twice (400), an unknown tag (404).
    Source: Turnkey API reference, delete_private_key_tags.
    """
    tags = [the_tag(asked, view) for asked in _ids(intent)]
    gone = [tag.id for tag in tags]
    carriers: dict[str, PrivateKey] = {key.id: key for asked in _ids(intent) for key in view.rows[_carriers(asked)]}
    bared = [
        put
        for key in carriers.values()
        for put in with_tags(key, (id_ for id_ in key.tag_ids if id_ not in gone), world)
    ]
    return Outcome(
        result=DeletePrivateKeyTagsResult(private_key_tag_ids=gone, private_key_ids=[*carriers]),
        rows=(*(Removed(row=tag) for tag in tags), *bared),
    )


def _carriers(tag: RowKey) -> RowKey:
    return RowKey(kind=PrivateKey, key=PRIVATE_KEY_OF_TAG, value=tag.value)


def _ids(intent: DeletePrivateKeyTagsIntent) -> list[RowKey]:
    field = "parameters.privateKeyTagIds"
    return [by_id(id_, field) for id_ in uuids(intent.private_key_tag_ids, field)]
