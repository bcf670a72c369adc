"""JSON-RPC 2.0 over HTTP, as nodes of Ethereum and Solana speak it."""

from __future__ import annotations

import json
import urllib.request
from typing import Any


def call(url: str, method: str, *parameters: Any) -> dict[str, Any]:
    """The answer to one call: its ``result`` or its ``error``."""
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}).encode()
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as reply:
        answer: dict[str, Any] = json.load(reply)
        return answer
