"""The clients that the demo uses, as they are installed."""

from __future__ import annotations

import json
import shutil
from importlib.metadata import version
from pathlib import Path

from story import Failed

NODE_MODULES = Path(__file__).parent / "node_modules"


def official_clients() -> list[str]:
    """Their names and versions. Raises Failed, which says what to do, when one is not there."""
    if shutil.which("node") is None:
        raise Failed("node is not installed: `make demo` installs it where apt-get can")
    clients = [f"{name} {version(name)}" for name in ("turnkey-http", "turnkey-api-key-stamper")]
    for name in ("@turnkey/sdk-server", "@turnkey/http", "@turnkey/crypto", "@turnkey/wallet-stamper", "@turnkey/viem"):
        package = NODE_MODULES / name / "package.json"
        if not package.is_file():
            raise Failed(f"{name} is not installed: run `make demo`, or `npm ci` in tests/conformance")
        clients.append(f"{name} {json.loads(package.read_text())['version']}")
    return clients
