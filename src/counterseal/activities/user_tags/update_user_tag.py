"""UPDATE_USER_TAG: another name for a tag, and who carries it from now on."""

from __future__ import annotations

from msgspec.structs import replace

from counterseal.activities.registry import Outcome, activity
from counterseal.activities.user_tags.tagging import known_users, retagged, unique_tag_name, user_tag
from counterseal.contract.errors import InvalidRequest
from counterseal.contract.rules import uuid
from counterseal.contract.shapes import UpdateUserTagIntent, UpdateUserTagResult
from counterseal.organizations import Tag, TagSet, View
from counterseal.world import World


@activity("UPDATE_USER_TAG")
def update_user_tag(intent: UpdateUserTagIntent, view: View, world: World) -> Outcome:
    """Rename the tag if ``newUserTagName`` is given; give it to some users and take it from others.

    To give it to one who carries it, or to take it from one who does not, changes nothing.
    Errors: a bad name, one that another user tag has, a user named twice (400), an unknown tag or user (404).
    Source: Turnkey API reference, update_user_tag.
    """
    tag = user_tag(uuid(intent.user_tag_id, "userTagId"), view.organization)
    added = known_users(intent.add_user_ids, "parameters.addUserIds", view)
    removed = known_users(intent.remove_user_ids, "parameters.removeUserIds", view)
    both = [user.id for user in added if user in removed]
    if both:
        raise InvalidRequest(f"user {both[0]} is in both `addUserIds` and `removeUserIds`")
    given = [retagged(user, (*user.tag_ids, tag.id), world) for user in added if tag.id not in user.tag_ids]
    taken = [
        retagged(user, (id_ for id_ in user.tag_ids if id_ != tag.id), world)
        for user in removed
        if tag.id in user.tag_ids
    ]
    return Outcome(
        result=UpdateUserTagResult(user_tag_id=tag.id),
        changes=(TagSet(tag=_updated(tag, intent, view, world)), *given, *taken),
    )


def _updated(tag: Tag, intent: UpdateUserTagIntent, view: View, world: World) -> Tag:
    name = tag.name
    if intent.new_user_tag_name is not None:
        name = unique_tag_name(intent.new_user_tag_name, "newUserTagName", view.organization, of=tag.id)
    return replace(tag, name=name, updated_ms=world.now_ms)
