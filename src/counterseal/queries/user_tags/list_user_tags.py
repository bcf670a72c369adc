"""list_user_tags: every user tag of the organization."""

from __future__ import annotations

from counterseal.contract.shapes import ListUserTagsRequest, ListUserTagsResponse
from counterseal.queries.objects import tag_object
from counterseal.queries.registry import QueryContext, query


@query("list_user_tags")
async def list_user_tags(_request: ListUserTagsRequest, context: QueryContext) -> ListUserTagsResponse:
    """All user tags, oldest first, without pages: there are at most 100.

    Source: Turnkey API reference, list_user_tags.
    """
    tags = [tag_object(tag) for tag in context.organization.tags.values()]
    return ListUserTagsResponse(user_tags=tags)
