"""IP allow-lists: from where the credentials of a top-level organization may stamp.

The organization has one list, and each API key may have rules of its own, which go with the key. Source: Turnkey docs,
IP allowlisting.
"""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import TYPE_CHECKING, ClassVar

import msgspec

from counterseal.contract.networks import address_of
from counterseal.organizations import sizes
from counterseal.organizations.item import Item

if TYPE_CHECKING:
    from counterseal.organizations.fold import Draft

ANY_ADDRESS = "*"
"""Instead of an address: whoever runs the server has switched the lists off."""

_BYTES = 300  # the object with its id, its rules, and its place in the map of the snapshot
_RULE_BYTES = 150


class IpRule(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A network (CIDR, as ``ipaddress`` writes it) from which requests may come."""

    cidr: str
    label: str | None = None
    created_ms: int


class IpRules(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """Some networks, and whether a request whose address is not known may come, too."""

    rules: tuple[IpRule, ...]
    admits_unknown: bool = False

    @property
    def bytes_held(self) -> int:
        """How much memory they take."""
        return _RULE_BYTES + sum(_RULE_BYTES + sizes.texts(rule.cidr, rule.label) for rule in self.rules)

    def admit(self, address: str) -> bool:
        """Whether a request from there may come; an empty text is an address that is not known."""
        try:
            asked = address_of(address)
        except ValueError:
            return self.admits_unknown
        return any(asked in _network(rule.cidr) for rule in self.rules)


class IpAllowlist(Item, frozen=True, kw_only=True, gc=False):
    """The list of an organization, whose id it has. Rules of keys count only while it is enabled."""

    KIND: ClassVar[str] = "ip_allowlist"
    HELD_IN: ClassVar[str] = "ip_allowlists"

    rules: IpRules
    enabled: bool

    @property
    def bytes_held(self) -> int:
        """See ``Item``."""
        return _BYTES + self.rules.bytes_held

    def admits(self, address: str, key_rules: IpRules | None) -> bool:
        """Whether a credential may stamp from there; ``key_rules`` are the rules of its own, which come first."""
        if not self.enabled or address == ANY_ADDRESS:
            return True
        governing = key_rules if key_rules is not None and key_rules.rules else self.rules
        return governing.admit(address)


class IpAllowlistSet(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True):
    """The list as it is from now on."""

    allowlist: IpAllowlist

    def fold(self, draft: Draft) -> None:
        """See ``fold``."""
        draft.put(self.allowlist)


class IpAllowlistRemoved(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True):
    """The organization has no list any more."""

    organization_id: str

    def fold(self, draft: Draft) -> None:
        """See ``fold``."""
        draft.remove(IpAllowlist, self.organization_id)


@lru_cache(maxsize=4096)
def _network(cidr: str) -> IPv4Network | IPv6Network:
    return ip_network(cidr)
