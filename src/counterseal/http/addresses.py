"""Whose connection or request it is: one client an address, and whom to believe when it says for whom it asks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

from counterseal.contract.networks import address_of

HOPS_MAX = 32
"""How many addresses of X-Forwarded-For are looked at, beginning with the nearest."""

_Address = IPv4Address | IPv6Address
_Network = IPv4Network | IPv6Network


def client_of(text: str) -> str:
    """One client an address; IPv6 hosts choose among 2**64 addresses, so there one a network of that size."""
    address = _address(text)
    if isinstance(address, IPv6Address):
        return f"{int(address) >> 64:x}"
    return str(address)


class TrustedProxies:
    """Networks (CIDR) of the operator's own proxies: they speak for many clients, and name them in X-Forwarded-For."""

    def __init__(self, networks: Iterable[str] = ()) -> None:
        self._networks: tuple[_Network, ...] = tuple(ip_network(each) for each in networks)

    def include(self, text: str) -> bool:
        """Whether this address is one of them."""
        return self._have(_address(text) if self._networks else None)

    def client(self, peer: str, headers: Iterable[tuple[bytes, bytes]]) -> str:
        """Where a request comes from: the peer or, if that is a trusted proxy, whom it names. Empty if nobody says.

        An address that is named beyond one that cannot be read is nobody's word.
        """
        address = _address(peer)
        if address is None or not self._have(address):
            return "" if address is None else str(address)
        nearest, is_readable = self._nearest(headers)
        return nearest if is_readable else ""

    def forwarded_for(self, peer: str, headers: Iterable[tuple[bytes, bytes]]) -> str:
        """The address nearest to the trusted proxies that is not one of them; empty without a trusted proxy."""
        return self._nearest(headers)[0] if self.include(peer) else ""

    def _have(self, address: _Address | None) -> bool:
        return address is not None and any(address in network for network in self._networks)

    def _nearest(self, headers: Iterable[tuple[bytes, bytes]]) -> tuple[str, bool]:
        """The last address on the way from here to the first that is no trusted proxy; whether all could be read."""
        nearest = ""
        for hop in _hops(headers):
            address = _address(hop)
            if address is None:
                return nearest, False
            nearest = str(address)
            if not self._have(address):
                break
        return nearest, True


def _hops(headers: Iterable[tuple[bytes, bytes]]) -> Iterator[str]:
    """What X-Forwarded-For names, the nearest first."""
    hops = b",".join(value for name, value in headers if name == b"x-forwarded-for").decode("latin-1")
    for hop in reversed(hops.rsplit(",", HOPS_MAX)):  # what is beyond is left in one piece, which is no address
        yield hop.strip(" \t")  # RFC 9110, section 5.6.3


def _address(text: str) -> _Address | None:
    try:
        return address_of(text)
    except ValueError:
        return None
