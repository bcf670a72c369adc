"""SET_IP_ALLOWLIST: from where an organization's credentials, or one of its API keys, may stamp."""

from __future__ import annotations

from msgspec.structs import replace

from counterseal.activities.ip_allowlists.rules import key_meant, rules_from
from counterseal.activities.organizations.callers import refuse_sub_organization
from counterseal.activities.registry import Outcome, activity
from counterseal.contract.errors import InvalidRequest, quoted
from counterseal.contract.shapes import SetIpAllowlistIntent, SetIpAllowlistResult
from counterseal.organizations import ApiKeyChanged, IpAllowlist, IpAllowlistSet, IpRules, View
from counterseal.world import World

_ON_ERROR = {None: False, "": False, "DENY": False, "ALLOW": True}


@activity("SET_IP_ALLOWLIST")
def set_ip_allowlist(intent: SetIpAllowlistIntent, view: View, world: World) -> Outcome:
    """Replace the whole list: the organization's or, with ``publicKey``, that of an API key.

    The organization's list counts once it is ``enabled``, which it is not unless the request says so; with no rules it
    then lets nobody in. Rules of a key count while the organization's list is enabled, and instead of it. A network is
    written from its first address; ``onEvaluationError`` is DENY unless given.
    Errors: called by a sub-organization, a bad network, one too large or too many, a bad label, a list of a key that
    is not to count (400), an unknown key (404).
    Source: Turnkey API reference, set_ip_allowlist; Turnkey docs, IP allowlisting.
    """
    organization = view.organization
    refuse_sub_organization(organization, "have an IP allowlist")
    if intent.on_evaluation_error not in _ON_ERROR:
        raise InvalidRequest(
            f"invalid `onEvaluationError`: expected ALLOW or DENY, got {quoted(intent.on_evaluation_error or '')}"
        )
    rules = IpRules(
        rules=rules_from(intent.rules or (), now_ms=world.now_ms),
        admits_unknown=_ON_ERROR[intent.on_evaluation_error],
    )
    if not intent.public_key:
        allowlist = IpAllowlist(id=organization.id, rules=rules, enabled=bool(intent.enabled))
        return Outcome(result=SetIpAllowlistResult(), changes=(IpAllowlistSet(allowlist=allowlist),))
    key = key_meant(intent.public_key, organization)
    if intent.enabled is False:
        raise InvalidRequest("invalid `enabled`: the rules of a key count whenever there are any: remove its list")
    return Outcome(result=SetIpAllowlistResult(), changes=(ApiKeyChanged(api_key=replace(key, ip_rules=rules)),))
