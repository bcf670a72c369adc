"""The two forms of a curve point (SEC 1 §2.3.3) that keys come in: compressed and uncompressed."""

from __future__ import annotations

from counterseal.crypto.errors import InvalidPublicKey

COMPRESSED_SIZE, UNCOMPRESSED_SIZE = 33, 65


def check_form(curve_name: str, point: bytes) -> None:
    """Raise ``InvalidPublicKey`` unless the length fits the first byte. Hybrid points (06, 07) are refused."""
    size, form = len(point), point[:1]
    if size == COMPRESSED_SIZE and form in (b"\x02", b"\x03"):
        return
    if size == UNCOMPRESSED_SIZE and form == b"\x04":
        return
    raise InvalidPublicKey(
        f"{curve_name} public key is {size} bytes long and starts with {form.hex() or 'nothing'}, "
        "expected 33 bytes starting with 02 or 03, or 65 bytes starting with 04"
    )
