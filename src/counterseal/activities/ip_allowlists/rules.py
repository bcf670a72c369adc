"""The networks of an IP allow-list: how they are written, how large, how many; and whose list is meant."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network

from counterseal.contract.errors import InvalidRequest, NotFound, quoted
from counterseal.contract.networks import network_of
from counterseal.contract.rules import label
from counterseal.contract.shapes import IpAllowlistIntentRule
from counterseal.organizations import ApiKey, IpRule, Snapshot

RULES_MAX = 10
"""Of IPv4, and as many of IPv6."""

GIVEN_MAX = 100
"""In one request, those that are given twice included: the request is kept as it is."""

SHORTEST_PREFIX = {4: 20, 6: 48}
"""No larger networks than these (Turnkey docs, IP allowlisting)."""


def rules_from(given: Sequence[IpAllowlistIntentRule], *, now_ms: int) -> tuple[IpRule, ...]:
    """The rules that a request describes, each network once and with the first label that it has there.

    Raises InvalidRequest, with the place and the text, for what is no network, is too large, or is one too many.
    """
    if len(given) > GIVEN_MAX:
        raise InvalidRequest(f"too many CIDR rules: expected at most {GIVEN_MAX} in a request, got {len(given)}")
    rules: dict[str, IpRule] = {}
    counts = {4: 0, 6: 0}
    for at, rule in enumerate(given):
        network = _network(rule.cidr, at)
        text = None if rule.label is None else label(rule.label, f"rules[{at}].label")
        if str(network) in rules:
            continue
        counts[network.version] += 1
        if counts[network.version] > RULES_MAX:
            raise InvalidRequest(
                f"too many CIDR rules: expected at most {RULES_MAX} of IPv{network.version}: `rules[{at}]` is one more"
            )
        rules[str(network)] = IpRule(cidr=str(network), label=text, created_ms=now_ms)
    return tuple(rules.values())


def key_meant(public_key: str, organization: Snapshot) -> ApiKey:
    """The API key whose list it is. Raises NotFound."""
    key = organization.api_keys.get(public_key)
    if key is None:
        raise NotFound(f"unable to find api key with public key {quoted(public_key)} in organization {organization.id}")
    return key


def _network(text: str, at: int) -> IPv4Network | IPv6Network:
    words = f"invalid CIDR at index {at}: {quoted(text)}"
    try:
        network = network_of(text)
    except ValueError:
        raise InvalidRequest(f"{words}: expected a network such as 192.0.2.0/24 or 2001:db8::/48") from None
    shortest = SHORTEST_PREFIX[network.version]
    if network.prefixlen < shortest:
        raise InvalidRequest(f"{words}: expected a prefix of at least /{shortest} for IPv{network.version}")
    return network
