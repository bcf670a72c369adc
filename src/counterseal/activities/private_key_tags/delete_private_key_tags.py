"""DELETE_PRIVATE_KEY_TAGS: tags go."""

from __future__ import annotations

from counterseal.activities.needs import Reading
from counterseal.activities.private_key_tags.tagging import by_id, the_tag
from counterseal.activities.registry import Outcome, activity
from counterseal.contract.rules import uuids
from counterseal.contract.shapes import DeletePrivateKeyTagsIntent, DeletePrivateKeyTagsResult
from counterseal.organizations import Removed, View
from counterseal.store import RowKey
from counterseal.world import World


def the_named(intent: DeletePrivateKeyTagsIntent, _view: View) -> Reading:
    """Each tag that is to go."""
    yield _ids(intent)


@activity("DELETE_PRIVATE_KEY_TAGS", needs=the_named)
def delete_private_key_tags(intent: DeletePrivateKeyTagsIntent, view: View, _world: World) -> Outcome:
    """Remove tags: all of them or none. A policy that speaks of one stays as it is: its id is never given again.

    Errors: an empty list, a tag named twice (400), an unknown tag (404).
    Source: Turnkey API reference, delete_private_key_tags.
    """
    tags = [the_tag(asked, view) for asked in _ids(intent)]
    return Outcome(
        result=DeletePrivateKeyTagsResult(private_key_tag_ids=[tag.id for tag in tags]),
        rows=tuple(Removed(row=tag) for tag in tags),
    )


def _ids(intent: DeletePrivateKeyTagsIntent) -> list[RowKey]:
    field = "parameters.privateKeyTagIds"
    return [by_id(id_, field) for id_ in uuids(intent.private_key_tag_ids, field)]
