"""``counterseal transaction decode``: what policies will see of a transaction or payload, as a sentence and as JSON."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from counterseal.chains.decoding import KINDS, Decoded, decode
from counterseal.chains.values import Numeral, Unusable
from counterseal.cli.options import explained, text_of
from counterseal.contract.errors import InvalidRequest

_STANDARD_INPUT = "-"


@click.command("decode")
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("content")
@click.option("--signer", default="", help="The address that signs, which the bytes of Ethereum and Tempo do not have.")
@click.option(
    "--interface",
    "interface_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The interface (ABI, IDL) of what an Ethereum or Solana transaction calls, as it would be uploaded.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object: sentence, digest, facts.")
def decode_command(kind: str, content: str, *, signer: str, interface_file: Path | None, as_json: bool) -> None:
    """Print what policies will see of CONTENT, or of standard input if it is "-": a sentence, then the facts as JSON.

    A transaction is hexadecimal, as in unsignedTransaction; eip712 and eip7702 are JSON, as in payload. What the server
    would refuse to sign is refused in its words, with exit code 1.
    """
    with explained():
        interface = "" if interface_file is None else text_of(interface_file)
        text = _standard_input() if content == _STANDARD_INPUT else content
        found = decode(kind, text, signer=signer, interface=interface)
    if as_json:
        digest = None if found.digest is None else found.digest.hex()
        whole = {"sentence": found.sentence, "digest": digest, "facts": _plain(found.facts)}
        click.echo(json.dumps(whole))
    else:
        click.echo("\n".join(_lines(found)))


def _standard_input() -> str:
    try:
        return sys.stdin.read().strip()
    except UnicodeDecodeError:
        raise InvalidRequest("standard input is no text, expected hexadecimal digits or JSON") from None


def _lines(found: Decoded) -> list[str]:
    signed = [] if found.digest is None else [f"Signed is {found.digest.hex()}."]
    return [found.sentence, *signed, "", json.dumps(_plain(found.facts), indent=2)]


def _plain(value: Any) -> Any:
    """Facts with integers as numbers, however they were spelt."""
    match value:
        case Numeral():
            return value.number
        case Unusable():
            return None
        case dict():
            return {name: _plain(each) for name, each in value.items()}
        case list():
            return [_plain(each) for each in value]
    return value
