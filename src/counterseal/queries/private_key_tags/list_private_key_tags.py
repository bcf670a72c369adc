"""list_private_key_tags: every private-key tag of the organization."""

from __future__ import annotations

from counterseal.contract.shapes import ListPrivateKeyTagsRequest, ListPrivateKeyTagsResponse
from counterseal.organizations import PRIVATE_KEY_TAGS_MAX, PrivateKeyTag
from counterseal.queries.registry import QueryContext, query


@query("list_private_key_tags")
async def list_private_key_tags(
    _request: ListPrivateKeyTagsRequest, context: QueryContext
) -> ListPrivateKeyTagsResponse:
    """All private-key tags, oldest first, without pages: there are at most 100.

    Source: Turnkey API reference, list_private_key_tags.
    """
    tags = await context.reader.all_of(PrivateKeyTag, at_most=PRIVATE_KEY_TAGS_MAX)
    return ListPrivateKeyTagsResponse(private_key_tags=[tag.shown() for tag in tags])
