"""list_suborgs: ids of sub-organizations."""

from __future__ import annotations

from counterseal.contract.errors import InvalidRequest, NotImplementedHere
from counterseal.contract.shapes import GetSubOrgIdsRequest, GetSubOrgIdsResponse
from counterseal.queries.page import page
from counterseal.queries.registry import QueryContext, query

_FILTERS = frozenset(
    {"CREDENTIAL_ID", "NAME", "USERNAME", "EMAIL", "PHONE_NUMBER", "OIDC_TOKEN", "WALLET_ACCOUNT_ADDRESS", "PUBLIC_KEY"}
)


@query("list_suborgs")
async def list_suborgs(request: GetSubOrgIdsRequest, context: QueryContext) -> GetSubOrgIdsResponse:
    """A page of ids, newest first; without a filter, of all sub-organizations.

    Errors: an unknown filter, a filter without value, a limit outside 1–100 (400).
    Source: Turnkey API reference, list_suborgs.
    """
    limit, before, after = page(request.pagination_options)
    name: str | None = None
    if request.filter_type:
        if request.filter_type not in _FILTERS:
            raise InvalidRequest(f"invalid filterType {request.filter_type!r}: expected one of {sorted(_FILTERS)}")
        if request.filter_value is None:
            raise InvalidRequest("invalid request body: missing field `filterValue`")
        if request.filter_type == "PUBLIC_KEY":
            found = await context.store.sub_organization_ids_by_public_key(
                context.organization.id, request.filter_value.lower()
            )
            return GetSubOrgIdsResponse(organization_ids=found[:limit])
        if request.filter_type != "NAME":
            raise NotImplementedHere(f"filterType {request.filter_type} is not implemented")
        name = request.filter_value
    ids = await context.store.sub_organization_ids(
        context.organization.id, name=name, limit=limit, before=before, after=after
    )
    return GetSubOrgIdsResponse(organization_ids=ids)
