"""The ways in which a secret may be written, for whoever looks for one where it must not be."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping


def forms(secret: bytes) -> Iterator[bytes]:
    """The ways in which a secret is usually written, and halves of them, in case it is cut."""
    half = len(secret) // 2
    yield from (secret, secret[:half], secret[half:])
    for text in (
        secret.hex(),
        secret.hex().upper(),
        secret[:half].hex(),
        secret[half:].hex(),
        base64.b64encode(secret).decode()[: len(secret) * 5 // 4],
        base64.urlsafe_b64encode(secret).decode()[: len(secret) * 5 // 4],
        repr(secret)[2:-1],
        str(list(secret))[1:-1],
        str(int.from_bytes(secret)),
    ):
        yield text.encode()


def assert_none_is_in(secrets: Mapping[str, bytes], *places: bytes | str) -> None:
    """None of the secrets, which have names, is in any place, in any form."""
    for place in places:
        content = place.encode() if isinstance(place, str) else place
        for name, secret in secrets.items():
            for form in forms(secret):
                assert form not in content, f"the {name} is there, as {form[:8]!r}…"
