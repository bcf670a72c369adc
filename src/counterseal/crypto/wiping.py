"""Overwriting secrets in memory, as far as Python lets one.

What is done: seeds, entropy, private keys and chain codes live in ``bytearray``s, which can be overwritten in place,
and the ``bytes`` that libraries hand out (digests of HMAC, stretched phrases, libsodium's keys) are overwritten as soon
as they have been copied from.

What cannot be done: an ``int`` (P-256 scalars reach OpenSSL as such) and a ``str`` (a phrase that somebody imports)
cannot be overwritten, a slice or a conversion is a copy, and a library may leave its own on the stack or the heap. So
this shortens the life of most copies and promises nothing about all. Core dumps are off for the rest
(``keystore.core_dumps``).
"""

from __future__ import annotations

import ctypes
import sys

# Where the contents of a `bytes` object begin, in CPython: it ends in them, and counts their final zero as its own.
_CONTENTS = bytes.__basicsize__ - 1 if sys.implementation.name == "cpython" else None


def wipe(*secrets: bytearray | bytes) -> None:
    """Overwrite each of ``secrets`` with zeros; where a ``bytes`` object cannot be, it is left as it is.

    ``bytes`` are meant to be immutable. Give it only such as nobody else can have: what a call has just returned, and
    never a literal, an argument, or what `bytes` made of another ``bytes``, which is the same object.
    """
    for secret in secrets:
        if isinstance(secret, bytearray):
            secret[:] = bytes(len(secret))
        elif _CONTENTS is not None and len(secret) > 1:  # those of one byte are shared by the whole interpreter
            ctypes.memset(id(secret) + _CONTENTS, 0, len(secret))
