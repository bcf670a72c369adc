"""From where a credential may stamp: the IP allow-list of its organization. Sub-organizations have none."""

from __future__ import annotations

from counterseal.contract.errors import PermissionDenied
from counterseal.organizations import ApiKey, Snapshot


def require_address(home: Snapshot, credential: object, address: str) -> None:
    """Raises PermissionDenied unless a request may come from there; an empty text is an address that is not known.

    ``home`` is the organization of the credential, and ``credential`` None for a session that has no key.
    """
    allowlist = home.ip_allowlists.get(home.id)
    if allowlist is None or home.is_sub_organization:
        return
    key_rules = credential.ip_rules if isinstance(credential, ApiKey) else None
    if not allowlist.admits(address, key_rules):
        raise PermissionDenied("request not authorized: source IP is not allowed")
