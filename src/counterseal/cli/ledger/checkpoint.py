"""A checkpoint in a file, as ``GET …/ledger/checkpoint`` gives it."""

from __future__ import annotations

from pathlib import Path

import click

from counterseal.ledger import Checkpoint, LedgerError, Note, SignatureType, VerifierKey

KEY_DIGITS = 64


def checkpoint_in(file: Path, key: bytes | None = None) -> Checkpoint:
    """What it says, and if there is a key, signed by it. Raises ClickException."""
    try:
        note = Note.of(file.read_bytes())
        found = Checkpoint.of(note.text)
        if key is not None:
            note.check([verifier_key(found.origin, key)])
    except LedgerError as fault:
        raise click.ClickException(f"{file}: {fault}") from None
    return found


def verifier_key(origin: str, key: bytes) -> VerifierKey:
    """The ledger's key, as it signs for this origin."""
    return VerifierKey(origin, SignatureType.LOG, key)


class KeyType(click.ParamType[bytes]):
    """An Ed25519 public key: 64 hexadecimal digits, or the text of a verifier key."""

    name = "key"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> bytes:
        """See ``ParamType``."""
        if isinstance(value, bytes):
            return value
        text = str(value)
        try:
            return VerifierKey.of_text(text).public_key if "+" in text else _digits(text)
        except ValueError as fault:
            self.fail(f"{fault}", param, ctx)


def _digits(text: str) -> bytes:
    if len(text) != KEY_DIGITS:
        raise ValueError(f"the key has {len(text)} characters, expected {KEY_DIGITS} hexadecimal digits")
    return bytes.fromhex(text)
