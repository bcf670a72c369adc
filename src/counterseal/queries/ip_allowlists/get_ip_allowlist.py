"""get_ip_allowlist: the list of an organization, or of one of its API keys."""

from __future__ import annotations

from counterseal.contract.errors import NotFound, quoted
from counterseal.contract.shapes import GetIpAllowlistRequest, GetIpAllowlistResponse, IpAllowlist, IpAllowlistRule
from counterseal.organizations import IpRules
from counterseal.queries.registry import QueryContext, query


@query("get_ip_allowlist")
async def get_ip_allowlist(request: GetIpAllowlistRequest, context: QueryContext) -> GetIpAllowlistResponse:
    """A list that is not there has no rules, and says nothing else. ``enabled`` is the organization's alone.

    Errors: an unknown key (404). Source: Turnkey API reference, get_ip_allowlist.
    """
    organization = context.organization
    public_key = (request.public_key or "").lower()
    enabled: bool | None = None
    if public_key:
        key = organization.api_keys.get(public_key)
        if key is None:
            raise NotFound(
                f"unable to find api key with public key {quoted(public_key)} in organization {organization.id}"
            )
        found = key.ip_rules
    else:
        own = organization.ip_allowlists.get(organization.id)
        found, enabled = (None, None) if own is None else (own.rules, own.enabled)
    return GetIpAllowlistResponse(
        allowlist=IpAllowlist(
            organization_id=organization.id,
            rules=[] if found is None else _shown(found),
            public_key=public_key or None,
            enabled=enabled,
            on_evaluation_error=None if found is None else "ALLOW" if found.admits_unknown else "DENY",
        )
    )


def _shown(found: IpRules) -> list[IpAllowlistRule]:
    return [IpAllowlistRule(cidr=rule.cidr, label=rule.label, created_at=str(rule.created_ms)) for rule in found.rules]
