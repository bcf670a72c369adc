"""How large a submission's body may be: about as large as what it says.

The body is kept for ever and shown with every vote. What the API does not know in it, and how it is spelt, says nothing
and must not fill disks and pages: clients send a few members that this release does not know, white space, and escapes,
and for these there is room.
"""

from __future__ import annotations

from json.encoder import encode_basestring_ascii

from counterseal.contract import Shape, encode
from counterseal.contract.errors import InvalidRequest

SPARE_BYTES = 4 * 1024
SPELLINGS = 2
"""Indented JSON, or JSON in which Go has escaped each ``&``, is less than twice as large as it need be."""


def check_evidence(body: bytes, intent: Shape) -> None:
    """Refuse a body of more than twice the bytes of its intent as ASCII JSON, and 4 KiB.

    ``intent`` is in the newest form: what only an older one has, and nobody reads, says nothing. Raises InvalidRequest.
    """
    if len(body) <= SPARE_BYTES:  # as nearly all are
        return
    said = encode(intent)
    if len(body) <= _allowed(len(said)):
        return
    size = len(encode_basestring_ascii(said.decode()))
    if len(body) > _allowed(size):
        raise InvalidRequest(
            f"invalid request body: {len(body)} bytes for parameters that take {len(said)}, expected at most"
            f" {_allowed(size)}: leave out what is not in the API"
        )


def _allowed(said: int) -> int:
    return SPARE_BYTES + SPELLINGS * said
