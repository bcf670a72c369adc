"""The scenario files of the JavaScript clients, and how node runs one.

A file runs in one node process and prints one line of JSON a scenario: ``{"title": …, "error": null or text}``.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Protocol

from counterseal.crypto import PrivateKey

FILES = sorted((Path(__file__).parent / "javascript").glob("*.scenarios.mjs"))

_PATIENCE_SECONDS = 120
_TITLE = re.compile(r'await scenario\(\s*"([^"]+)"')


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


def run(file: Path, server: Served) -> dict[str, str | None]:
    """Each scenario's error by its title; None is a success. Fails if node does."""
    done = subprocess.run(
        ["node", str(file)],
        env=os.environ | environment(server),
        capture_output=True,
        text=True,
        timeout=_PATIENCE_SECONDS,
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
