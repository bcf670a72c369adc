"""CREATE_USER_TAG: a new mark for users, and who carries it first."""

from __future__ import annotations

from counterseal.activities.registry import Outcome, activity
from counterseal.activities.user_tags.tagging import known_users, refuse_one_tag_too_many, retagged, unique_tag_name
from counterseal.contract.shapes import CreateUserTagIntent, CreateUserTagResult, TagType
from counterseal.organizations import Tag, TagSet, View
from counterseal.world import World


@activity("CREATE_USER_TAG")
def create_user_tag(intent: CreateUserTagIntent, view: View, world: World) -> Outcome:
    """Make a tag and give it to ``userIds``, which may be empty.

    Errors: a bad name, one that another user tag has, a user named twice (400), an unknown user (404), more than 100
    tags, or 10 in a sub-organization (429). Source: Turnkey API reference, create_user_tag; resource limits.
    """
    organization = view.organization
    name = unique_tag_name(intent.user_tag_name, "userTagName", organization)
    users = known_users(intent.user_ids, "parameters.userIds", view)
    refuse_one_tag_too_many(organization)
    tag = Tag(id=world.new_id(), name=name, type=TagType.USER, created_ms=world.now_ms, updated_ms=world.now_ms)
    return Outcome(
        result=CreateUserTagResult(user_tag_id=tag.id, user_ids=[user.id for user in users]),
        changes=(TagSet(tag=tag), *(retagged(user, (*user.tag_ids, tag.id), world) for user in users)),
    )
