"""``--head``: records that somebody has kept, as digits, or in files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import click

from counterseal.audit import Kept
from counterseal.ledger import LedgerError
from counterseal.ledger.proof_files import PROOF_FILE_BYTES_MAX

_DIGITS = re.compile(r"[0-9a-f]{64}")


def kept_in(texts: Sequence[str], key: bytes) -> list[Kept]:
    """What each of them is: 64 hexadecimal digits, or the name of a file (see ``Kept.of``). Raises ClickException."""
    return [_kept(text, key) for text in texts]


def _kept(text: str, key: bytes) -> Kept:
    if _DIGITS.fullmatch(text.lower()):
        return Kept(bytes.fromhex(text))
    try:
        with Path(text).open("rb") as file:
            return Kept.of(file.read(PROOF_FILE_BYTES_MAX + 1), text, key)
    except OSError as fault:
        message = f"{text} is neither 64 hexadecimal digits nor a file that can be read: {fault.strerror}"
        raise click.ClickException(message) from None
    except LedgerError as fault:
        raise click.ClickException(str(fault)) from None
