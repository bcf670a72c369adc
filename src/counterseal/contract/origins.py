"""Origins as browsers write them: wherever one is registered that will be compared with what a browser sends.

One in another spelling is refused, and not brought into the right one: what is compared is what somebody wrote and can
read again. Source: WHATWG HTML, serialization of an origin; WHATWG URL, host parsing and serializing.
"""

from __future__ import annotations

import re
import unicodedata
from ipaddress import AddressValueError, IPv4Address, IPv6Address

_ORIGIN = re.compile(
    r"(?P<scheme>[a-z][a-z0-9+.-]*)://(?P<host>\[[0-9a-f:]+\]|[a-z0-9._-]+)(?::(?P<port>[1-9][0-9]*))?"
)
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_PORTS = {"http": 80, "https": 443}
_PORT_MAX = 65_535
_NO_PAGES = frozenset({"file", "ftp", "ws", "wss"})
"""Schemes whose origins no page has, or none but ``null``."""

_LABEL_MAX = 63
_HOST_MAX = 253


def fault_of_origin(text: str) -> str | None:
    """Why no browser sends this as a page's origin; None if one may. Schemes of apps and extensions are taken, too."""
    found = _ORIGIN.fullmatch(text)
    if found is None:
        return "expected a scheme, a host in lower case and perhaps a port, such as https://app.example.com"
    scheme, host, port = found["scheme"], found["host"], found["port"]
    if scheme in _NO_PAGES:
        return f"no page has an origin of the scheme {scheme}"
    if port is not None and int(port[:6]) > _PORT_MAX:
        return f"there are {_PORT_MAX} ports"
    if port is not None and int(port) == _PORTS.get(scheme):
        return f"browsers leave out {port}, the port of {scheme} itself"
    return _fault_of_address(host[1:-1]) if host.startswith("[") else _fault_of_name(host, is_web=scheme in _PORTS)


def _fault_of_address(text: str) -> str | None:
    try:
        address = IPv6Address(text)
    except AddressValueError:
        return "expected an IPv6 address between the brackets"
    if address.ipv4_mapped is not None:  # Python's spelling of these depends on its version
        high, low = divmod(int(address.ipv4_mapped), 1 << 16)
        expected = f"::ffff:{high:x}:{low:x}"
    else:
        expected = address.compressed
    return None if text == expected else f"browsers write [{expected}]"


def _fault_of_name(host: str, *, is_web: bool) -> str | None:
    labels = host.split(".")
    if len(host) > _HOST_MAX or not all(1 <= len(label) <= _LABEL_MAX for label in labels):
        return f"expected a host of at most {_HOST_MAX} characters, with 1 to {_LABEL_MAX} between its dots"
    if is_web and _NUMBER.fullmatch(labels[-1]):
        return _fault_of_number(host)
    if not all(map(_is_sound, labels)):
        return "a label that begins with xn-- is not what it says"
    return None


def _fault_of_number(host: str) -> str | None:
    """A host that ends in a number is an IPv4 address, or nothing."""
    try:
        IPv4Address(host)
    except AddressValueError:
        return "a host that ends in a number is an IPv4 address: expected four numbers up to 255"
    return None


def _is_sound(label: str) -> bool:
    """Whether an internationalised label (RFC 5891, ``xn--``) is one: letters, marks, digits or symbols, in the form in
    which they are encoded. Which of them a registry lets there be is not looked at."""
    if not label.startswith("xn--"):
        return True
    encoded = label.removeprefix("xn--")
    try:
        decoded = encoded.encode("ascii").decode("punycode")
    except UnicodeError:
        return False
    is_in_form = unicodedata.normalize("NFKC", decoded.lower()) == decoded
    is_text = all(letter == "-" or unicodedata.category(letter)[0] in "LMNS" for letter in decoded)
    return not decoded.isascii() and is_in_form and is_text and decoded.encode("punycode").decode("ascii") == encoded
