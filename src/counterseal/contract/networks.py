"""Addresses, and networks of them as an allow-list names them (CIDR, RFC 4632 and RFC 4291)."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

CIDR_CHARACTERS_MAX = 64

_MAPPED = IPv6Network("::ffff:0:0/96")


def address_of(text: str) -> IPv4Address | IPv6Address:
    """An address; an IPv4 address that is written as one of IPv6 is what it is. Raises ValueError."""
    address = ip_address(text)
    return getattr(address, "ipv4_mapped", None) or address


def network_of(text: str) -> IPv4Network | IPv6Network:
    """The network; a single address is one, bits of a host are cleared, and IPv4 written as IPv6 is IPv4.

    Raises ValueError for what is none.
    """
    if len(text) > CIDR_CHARACTERS_MAX or "%" in text:
        raise ValueError("no network")
    network = ip_network(text, strict=False)
    if isinstance(network, IPv6Network) and network.subnet_of(_MAPPED):
        return IPv4Network((int(network.network_address) & 0xFFFFFFFF, network.prefixlen - 96))
    return network
