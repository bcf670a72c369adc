import os
from hashlib import sha512

from counterseal.crypto.wiping import wipe


def test_a_buffer_is_overwritten_in_place() -> None:
    secret = bytearray(b"a secret of some length")
    view = memoryview(secret)  # while it is held, the buffer cannot be exchanged for another
    wipe(secret)
    assert view == bytes(23)


def test_a_digest_is_overwritten_though_it_is_bytes() -> None:
    digest = sha512(b"secret").digest()
    wipe(digest)
    assert digest == bytes(64)


def test_what_everybody_shares_is_left_alone() -> None:
    wipe(b"", b"A", bytes((0x41,)))
    assert b"A" == bytes((0x41,)) != bytes(1)


def test_several_at_once() -> None:
    secrets = [bytearray(os.urandom(32)) for _ in range(3)]
    wipe(*secrets)
    assert secrets == [bytes(32)] * 3
