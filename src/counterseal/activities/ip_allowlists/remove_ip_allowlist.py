"""REMOVE_IP_ALLOWLIST: the end of an organization's list, or of the one of an API key."""

from __future__ import annotations

from msgspec.structs import replace

from counterseal.activities.ip_allowlists.rules import key_meant
from counterseal.activities.organizations.callers import refuse_sub_organization
from counterseal.activities.registry import Outcome, activity
from counterseal.contract.errors import NotFound
from counterseal.contract.shapes import RemoveIpAllowlistIntent, RemoveIpAllowlistResult
from counterseal.organizations import ApiKeyChanged, Change, IpAllowlistRemoved, View
from counterseal.world import World


@activity("REMOVE_IP_ALLOWLIST")
def remove_ip_allowlist(intent: RemoveIpAllowlistIntent, view: View, _world: World) -> Outcome:
    """Remove the organization's list or, with ``publicKey``, that of an API key.

    Errors: called by a sub-organization (400), an unknown key, no such list (404).
    Source: Turnkey API reference, remove_ip_allowlist; Turnkey docs, IP allowlisting.
    """
    organization = view.organization
    refuse_sub_organization(organization, "have an IP allowlist")
    change: Change
    if intent.public_key:
        key = key_meant(intent.public_key, organization)
        is_there, change = key.ip_rules is not None, ApiKeyChanged(api_key=replace(key, ip_rules=None))
    else:
        is_there, change = bool(organization.ip_allowlists), IpAllowlistRemoved(organization_id=organization.id)
    if not is_there:
        raise NotFound(f"unable to find IP allowlist in organization {organization.id}")
    return Outcome(result=RemoveIpAllowlistResult(), changes=(change,))
