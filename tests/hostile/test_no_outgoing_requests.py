"""The server opens connections in one place, which looks at addresses first: nothing else can send it anywhere."""

from __future__ import annotations

import ast
from pathlib import Path

import counterseal

ROOMS = Path(counterseal.__file__).parent
CLIENTS = {"aiohttp", "ftplib", "http.client", "httpx", "requests", "smtplib", "telnetlib", "urllib.request", "urllib3"}
CONNECTING = {"create_connection", "open_connection", "open_unix_connection", "sock_connect", "getaddrinfo"}
MAY = {ROOMS / "cli" / "request.py", ROOMS / "followers" / "dialling.py"}
"""``counterseal request`` is a client, which the server does not import; webhooks are called by the other."""


def test_nothing_that_serves_can_connect_to_anything() -> None:
    found = [
        f"{path.name}:{getattr(node, 'lineno', 0)}"
        for path in sorted(set(ROOMS.rglob("*.py")) - MAY)
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if _imports_a_client(node) or (isinstance(node, ast.Call) and _connects(node))
    ]
    assert not found


def _imports_a_client(node: ast.AST) -> bool:
    if isinstance(node, ast.Import):
        return bool(CLIENTS & {alias.name for alias in node.names})
    return isinstance(node, ast.ImportFrom) and node.module in CLIENTS


def _connects(call: ast.Call) -> bool:
    """Workers take up a socket that they have inherited: that one leads to the server itself."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    is_inherited = not call.args and [keyword.arg for keyword in call.keywords] == ["sock"]
    return name in CONNECTING and not is_inherited
