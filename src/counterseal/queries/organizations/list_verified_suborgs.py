"""list_verified_suborgs: sub-organizations with a user whose e-mail address or phone number is verified."""

from __future__ import annotations

from counterseal.contract.errors import InvalidRequest, quoted
from counterseal.contract.shapes import GetVerifiedSubOrgIdsRequest, GetVerifiedSubOrgIdsResponse
from counterseal.queries.page import page
from counterseal.queries.registry import QueryContext, query

_FILTERS = ("EMAIL", "PHONE_NUMBER")


@query("list_verified_suborgs")
async def list_verified_suborgs(
    request: GetVerifiedSubOrgIdsRequest, _context: QueryContext
) -> GetVerifiedSubOrgIdsResponse:
    """None: addresses and numbers are verified by one-time passwords, which this server does not send yet.

    Errors: an unknown filter, a filter without value, a limit outside 1-100 (400).
    Source: Turnkey API reference, list_verified_suborgs.
    """
    page(request.pagination_options)
    if request.filter_type:
        if request.filter_type not in _FILTERS:
            raise InvalidRequest(
                f"invalid filterType {quoted(request.filter_type)}: expected one of {', '.join(_FILTERS)}"
            )
        if request.filter_value is None:
            raise InvalidRequest("invalid request body: missing field `filterValue`")
    return GetVerifiedSubOrgIdsResponse(organization_ids=[])
