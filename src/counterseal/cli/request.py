"""``counterseal request``: stamp a body and post it, or show the stamp."""

from __future__ import annotations

import json
import shlex
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import click

from counterseal.cli.options import explained, text_of
from counterseal.contract import extension_for, operation_for
from counterseal.crypto import load_private_key, sign_stamp

_TIMEOUT_SECONDS = 30


@click.command()
@click.option(
    "--key",
    "key_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    required=True,
    envvar="COUNTERSEAL_KEY",
    show_envvar=True,
    help="A private key file: hex, and `:curve` for other curves than P-256.",
)
@click.option("--organization", required=True, envvar="COUNTERSEAL_ORGANIZATION", show_envvar=True, help="Its id.")
@click.option("--path", required=True, help="Such as /public/v1/query/whoami.")
@click.option("--body", default="{}", show_default=True, help="JSON. What it leaves out of the envelope is filled in.")
@click.option("--host", default="http://127.0.0.1:8080", show_default=True, envvar="COUNTERSEAL_URL", show_envvar=True)
@click.option("--no-post", is_flag=True, help="Print the stamp and a curl line; send nothing.")
def request(*, key_file: Path, organization: str, path: str, body: str, host: str, no_post: bool) -> None:
    """Stamp a request and post it. The exit code is 1 when the server refuses it.

    For a submit, --body may be the whole activity or only its parameters: type and timestampMs are then those of the
    newest version and of now.
    """
    with explained():
        raw = _envelope(path, body, organization)
        stamp = sign_stamp(load_private_key(text_of(key_file)), raw)
    url = host.rstrip("/") + path
    if no_post:
        click.echo(f"X-Stamp: {stamp}")
        click.echo(f"curl -sS {shlex.quote(url)} -H {shlex.quote(f'X-Stamp: {stamp}')} -d {shlex.quote(raw.decode())}")
        return
    status, reply = _post(url, raw, stamp)
    click.echo(reply)
    if status != 200:
        raise SystemExit(1)


def _envelope(path: str, body: str, organization: str) -> bytes:
    try:
        given: Any = json.loads(body)
    except ValueError as error:
        raise click.ClickException(f"--body is not JSON: {error}") from None
    if not isinstance(given, dict):
        raise click.ClickException("--body must be a JSON object")
    operation = operation_for(path) or extension_for(path)
    if operation is None:
        raise click.ClickException(f"{path} is not a path of the API")
    if operation.is_submit and "parameters" not in given:
        newest = next(each for each in operation.variants.values() if each.is_newest)
        given = {"type": newest.type, "timestampMs": str(time.time_ns() // 1_000_000), "parameters": given}
    return json.dumps({"organizationId": organization} | given, separators=(",", ":")).encode()


def _post(url: str, body: bytes, stamp: str) -> tuple[int, str]:
    if not url.startswith(("http://", "https://")):
        raise click.ClickException(f"{url} is not an http or https URL")
    post = urllib.request.Request(url, body, {"X-Stamp": stamp, "Content-Type": "application/json"})  # noqa: S310
    try:
        with urllib.request.urlopen(post, timeout=_TIMEOUT_SECONDS) as reply:  # noqa: S310
            return reply.status, reply.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except urllib.error.URLError as error:
        raise click.ClickException(f"{url} cannot be reached: {error.reason}") from None
