"""Signed notes (C2SP signed-note): a text, an empty line, and a line for each signature.

A signature by a key that is not known says nothing. One by a known key that does not hold spoils the whole note.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple, Self

from counterseal.ledger.errors import Malformed, NotProven
from counterseal.ledger.keys import KEY_ID_SIZE, VerifierKey, check_name, signed_message
from counterseal.ledger.lines import base64_of, bytes_of, text_of

NOTE_BYTES_MAX = 128 * 1024
"""Room for sixteen signatures of 5 KB, as post-quantum ones are."""

SIGNATURES_MAX = 64
_DASH = "— "


class Signature(NamedTuple):
    """Whose it is said to be, the id of the key, and the bytes that the key made."""

    name: str
    key_id: bytes
    content: bytes

    @property
    def line(self) -> str:
        """As it stands in a note, with its newline."""
        return f"{_DASH}{self.name} {base64_of(self.key_id + self.content)}\n"

    @classmethod
    def of_line(cls, line: str) -> Self:
        """The signature in a line, which has no newline any more. Raises ``Malformed``."""
        name, space, encoded = line.removeprefix(_DASH).partition(" ")
        if not line.startswith(_DASH) or not space:
            raise Malformed("a line below a note is no signature, expected an em dash, a name and base64")
        check_name(name)
        blob = bytes_of(encoded, "a signature")
        if len(blob) <= KEY_ID_SIZE:
            raise Malformed(f"a signature has {len(blob)} bytes, expected more than the 4 of the key's id")
        return cls(name, blob[:KEY_ID_SIZE], blob[KEY_ID_SIZE:])


class Signer(NamedTuple):
    """A key as it signs: the public half, and what signs a message by the private half, giving 64 bytes."""

    key: VerifierKey
    sign: Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class Note:
    """A text that ends in a newline, and its signatures in order. Nothing is believed before ``check``."""

    text: str
    signatures: tuple[Signature, ...]

    @property
    def content(self) -> bytes:
        """The note as it is sent and kept."""
        return (self.text + "\n" + "".join(each.line for each in self.signatures)).encode()

    @classmethod
    def of(cls, content: bytes) -> Self:
        """The note that these bytes are. Raises ``Malformed``."""
        whole = text_of(content, "a note", bytes_max=NOTE_BYTES_MAX)
        text, empty_line, below = whole.rpartition("\n\n")
        if not empty_line:
            raise Malformed("a note has no empty line before its signatures")
        return cls(text + "\n", signatures_of(below))

    def check(self, keys: Iterable[VerifierKey]) -> dict[VerifierKey, int | None]:
        """Those of ``keys`` that have signed, with the seconds of the time of cosignatures.

        Raises ``NotProven`` if none has, and if a signature by one of them does not hold.
        """
        known = {(key.name, key.id): key for key in keys}
        signed: dict[VerifierKey, int | None] = {}
        for each in self.signatures:
            key = known.get((each.name, each.key_id))
            if key is not None and key not in signed:  # of two by one key the first counts, as in Go's note package
                signed[key] = key.check(self.text, each.content)
        if not signed:
            raise NotProven("the note is signed by none of the keys that are known")
        return signed

    def signed(self, signer: Signer, *, time_s: int | None = None) -> Self:
        """The note with one more signature; a cosignature says its time."""
        content = signer.sign(signed_message(self.text, time_s))
        before = b"" if time_s is None else time_s.to_bytes(8)
        return self.with_signatures((Signature(signer.key.name, signer.key.id, before + content),))

    def with_signatures(self, signatures: Iterable[Signature]) -> Self:
        """The note with these too, but for those that it has."""
        more = [each for each in signatures if each not in self.signatures]
        return type(self)(self.text, (*self.signatures, *more))


def signatures_of(lines: str) -> tuple[Signature, ...]:
    """The signatures below a note, one or more, or in the answer of a witness. Raises ``Malformed``."""
    if not lines.endswith("\n"):
        raise Malformed("there are no signatures, or the last one does not end in a newline")
    found = lines[:-1].split("\n")
    if len(found) > SIGNATURES_MAX:
        raise Malformed(f"a note has {len(found)} signatures, expected at most {SIGNATURES_MAX}")
    return tuple(Signature.of_line(each) for each in found)
