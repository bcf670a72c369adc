"""Scenarios of clients in other languages: a program runs one or more, and prints one line of JSON for each,
``{"title": …, "error": null or text}``.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import urllib.request
from pathlib import Path
from typing import Protocol

from counterseal.crypto import PrivateKey
from served import RunningServer

_HERE = Path(__file__).parent
_RUST = _HERE / "rust"
_TITLE = re.compile(r'\bscenario\(\s*"([^"]+)"')
_PATIENCE_SECONDS = 120
_PATIENCE_WITH_A_BUILD_SECONDS = 1200


class Served(Protocol):
    """Where a server is, and its first root user."""

    @property
    def url(self) -> str: ...
    @property
    def organization_id(self) -> str: ...
    @property
    def user_id(self) -> str: ...
    @property
    def public_key(self) -> str: ...
    @property
    def key(self) -> PrivateKey: ...


def titles(file: Path) -> list[str]:
    """The scenarios of a file, as its text has them, so that they are tests before anything runs."""
    return _TITLE.findall(file.read_text())


JAVASCRIPT_FILES = sorted((_HERE / "javascript").glob("*.scenarios.mjs"))
RUST_FILES = sorted(file for file in (_RUST / "src").glob("*.rs") if titles(file))


def run_javascript(file: Path, server: Served, chains: dict[str, str]) -> dict[str, str | None]:
    """One node process for the scenarios of ``file``: each one's error by its title, None if it succeeds.

    ``chains`` are the URLs of the chains on which they carry out what was signed, by their names.
    """
    told = environment(server) | {"COUNTERSEAL_CONFORMANCE_CHAINS": json.dumps(chains)}
    return _run(["node", str(file)], told, directory=_HERE, seconds_max=_PATIENCE_SECONDS)


def run_rust(server: RunningServer) -> dict[str, str | None]:
    """The same for all scenarios in Rust: one program, which cargo builds if it is not built from these sources."""
    command = ["cargo", "run", "--quiet", "--locked"]
    with urllib.request.urlopen(f"{server.url}/.well-known/counterseal", timeout=_PATIENCE_SECONDS) as identities:
        told = environment(server) | {
            "COUNTERSEAL_CONFORMANCE_KEY_FILE": str(server.private_key_file),
            "COUNTERSEAL_CONFORMANCE_IDENTITIES": identities.read().decode(),
        }
    return _run(command, told, directory=_RUST, seconds_max=_PATIENCE_WITH_A_BUILD_SECONDS)


def _run(command: list[str], told: dict[str, str], *, directory: Path, seconds_max: int) -> dict[str, str | None]:
    done = subprocess.run(
        command,
        cwd=directory,
        env=os.environ | told,
        capture_output=True,
        text=True,
        timeout=seconds_max,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return {line["title"]: line["error"] for line in lines}


def environment(server: Served) -> dict[str, str]:
    """What the scenarios are told of the server."""
    private_key = server.key.secret.hex()
    root = {
        "url": server.url,
        "organizationId": server.organization_id,
        "userId": server.user_id,
        "publicKey": server.public_key,
        "privateKey": private_key,
    }
    return {
        "COUNTERSEAL_CONFORMANCE_SERVER": json.dumps(root),
        # what the `server` actions of sdk-server read when they are imported
        "NEXT_PUBLIC_BASE_URL": server.url,
        "NEXT_PUBLIC_ORGANIZATION_ID": server.organization_id,
        "TURNKEY_API_PUBLIC_KEY": server.public_key,
        "TURNKEY_API_PRIVATE_KEY": private_key,
    }
