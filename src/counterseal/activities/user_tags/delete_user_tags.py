"""DELETE_USER_TAGS: tags go, and nobody carries them any more."""

from __future__ import annotations

from counterseal.activities.registry import Outcome, activity
from counterseal.activities.user_tags.tagging import known_tag_ids, retagged
from counterseal.contract.rules import some
from counterseal.contract.shapes import DeleteUserTagsIntent, DeleteUserTagsResult
from counterseal.organizations import TagRemoved, View
from counterseal.world import World


@activity("DELETE_USER_TAGS")
def delete_user_tags(intent: DeleteUserTagsIntent, view: View, world: World) -> Outcome:
    """Remove tags: all of them or none. ``userIds`` of the result are the users who carried any of them.

    A policy that speaks of a deleted tag stays as it is: its id is never given again, so nobody can match it.
    Errors: an empty list, a tag named twice (400), an unknown tag (404).
    Source: Turnkey API reference, delete_user_tags.
    """
    some(intent.user_tag_ids, "parameters.userTagIds")
    ids = known_tag_ids(intent.user_tag_ids, "parameters.userTagIds", view.organization)
    carriers = [user for user in view.organization.users.values() if not set(ids).isdisjoint(user.tag_ids)]
    return Outcome(
        result=DeleteUserTagsResult(user_tag_ids=list(ids), user_ids=[user.id for user in carriers]),
        changes=(
            *(retagged(user, (id_ for id_ in user.tag_ids if id_ not in ids), world) for user in carriers),
            *(TagRemoved(tag_id=id_) for id_ in ids),
        ),
    )
