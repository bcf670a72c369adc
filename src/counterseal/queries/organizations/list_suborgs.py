"""list_suborgs: ids of sub-organizations."""

from __future__ import annotations

import re

from counterseal.contract.errors import InvalidRequest, NotImplementedHere, quoted
from counterseal.contract.shapes import GetSubOrgIdsRequest, GetSubOrgIdsResponse
from counterseal.queries.page import page
from counterseal.queries.registry import QueryContext, query
from counterseal.store import SubOrganizationFilter, Trait

_NOT_HERE_YET = frozenset({"OIDC_TOKEN"})
_FILTERS = frozenset(Trait) | _NOT_HERE_YET

_PUBLIC_KEY = re.compile(r"(?:[0-9a-f]{2}){32,65}")


@query("list_suborgs")
async def list_suborgs(request: GetSubOrgIdsRequest, context: QueryContext) -> GetSubOrgIdsResponse:
    """A page of ids, newest first; without a filter, of all sub-organizations.

    A filter matches exactly, but for the case of letters in e-mail addresses, public keys and addresses of 0x and hex;
    one is enough of all the users, credentials and wallet accounts of a sub-organization. Keys that have expired are
    found until they are evicted.
    Errors: an unknown filter, a filter without value, a limit outside 1-100 (400), a filter by OIDC token (501).
    Source: Turnkey API reference, list_suborgs.
    """
    limit, before, after = page(request.pagination_options)
    matching = _filter(request)
    if matching is not None and matching.trait is Trait.PUBLIC_KEY and not _PUBLIC_KEY.fullmatch(matching.value):
        return GetSubOrgIdsResponse(organization_ids=[])  # no key is written like that
    ids = await context.reader.sub_organization_ids(matching=matching, limit=limit, before=before, after=after)
    return GetSubOrgIdsResponse(organization_ids=ids)


def _filter(request: GetSubOrgIdsRequest) -> SubOrganizationFilter | None:
    name, value = request.filter_type, request.filter_value
    if not name:
        return None
    if name not in _FILTERS:
        raise InvalidRequest(f"invalid filterType {quoted(name)}: expected one of {', '.join(sorted(_FILTERS))}")
    if value is None:
        raise InvalidRequest("invalid request body: missing field `filterValue`")
    if name in _NOT_HERE_YET:
        raise NotImplementedHere(f"filterType {name} is not implemented")
    trait = Trait(name)
    return SubOrganizationFilter(trait=trait, value=value.lower() if trait is Trait.PUBLIC_KEY else value)
