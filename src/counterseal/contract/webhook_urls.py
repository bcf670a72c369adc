"""Addresses of webhooks: what a server inside of a network may be told to call, and what not.

Only the text is looked at. What a name resolves to is another matter each time that it is called.
Source: Turnkey docs, webhooks (https, public address, no user, no local names); IANA registries of special-purpose
addresses; names that the public DNS does not have (RFC 6761, 6762, 7686, 8375, 9476; ``internal`` by ICANN).
"""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from counterseal.contract.errors import InvalidRequest, quoted
from counterseal.contract.origins import fault_of_origin

URL_CHARACTERS_MAX = 2048

HTTPS_PORT, FREE_PORTS = 443, 1024
"""The one below the free ones that is called: behind others are services that speak something else."""

_PARTS = re.compile(r"(?P<scheme>https?)://(?P<authority>[^/?#]*)(?:[/?][^#]*)?")
_PORT = re.compile(r":[0-9]+$")
_PLAIN = re.compile(r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+")

_LOCAL_NAMES = frozenset(
    {"localhost", "local", "internal", "intranet", "lan", "home", "corp", "test", "invalid", "example", "onion", "alt"}
)
"""Last labels of names that are nobody's in the public DNS."""

_NOT_PUBLIC_4 = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "168.63.129.16/32",  # the host of a virtual machine, in one large cloud
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.31.196.0/24",
            "192.52.193.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "192.175.48.0/24",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/3",
        ),
    )
)
_PUBLIC_6 = IPv6Network("2000::/3")
# Some of these carry an IPv4 address: what is behind it need not be public.
_NOT_PUBLIC_6 = tuple(map(IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")))


def webhook_url(text: str, *, is_private_allowed: bool = False) -> str:
    """An address that may be called, as it was given. With private ones come local names, and http.

    Raises:
        InvalidRequest: it is anything else; ``invalid webhook URL: <reason>``.
    """
    fault = _fault_of(text, is_private_allowed=is_private_allowed)
    if fault is not None:
        raise InvalidRequest(f"invalid webhook URL: {fault}")
    return text


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is one of the public internet, and carries no other address inside."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _NOT_PUBLIC_4)
    return address in _PUBLIC_6 and not any(address in network for network in _NOT_PUBLIC_6)


def _fault_of(text: str, *, is_private_allowed: bool) -> str | None:
    if not 1 <= len(text) <= URL_CHARACTERS_MAX:
        return f"expected 1 to {URL_CHARACTERS_MAX} characters, got {len(text)}"
    if not _PLAIN.fullmatch(text):
        return "expected the characters of a URL (RFC 3986, section 2), others being written as %XX"
    parts = _PARTS.fullmatch(text)
    if parts is None or (parts["scheme"] == "http" and not is_private_allowed):
        return f"expected https:// and a host, without a fragment, got {quoted(text)}"
    authority = parts["authority"]
    if "@" in authority:
        return "expected no user and no password before the host"
    # One spelling of each: policies compare texts.
    fault = fault_of_origin(f"{parts['scheme']}://{authority}")
    return fault if fault or is_private_allowed else _fault_of_host(authority)


def is_port_called(port: int) -> bool:
    """Whether anything is sent to such a port of a public address."""
    return port == HTTPS_PORT or port >= FREE_PORTS


def _fault_of_host(authority: str) -> str | None:
    host, _, port = authority.rpartition(":") if _PORT.search(authority) else (authority, "", "")
    if port and not is_port_called(int(port)):
        return f"expected port {HTTPS_PORT} or from {FREE_PORTS} on, got {port}"
    host = host.strip("[]")
    try:
        address = ip_address(host)
    except ValueError:
        labels = host.split(".")
        is_local = len(labels) == 1 or labels[-1] in _LOCAL_NAMES or labels[-2:] == ["home", "arpa"]
        return f"{quoted(host)} is no public name" if is_local else None
    return None if is_public(address) else f"{address} is no public address"
