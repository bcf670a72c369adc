"""The settings that docs/operations.md recommends for production: a server takes them and does what they say."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from urllib.parse import urlsplit

import click

from counterseal.cli import main
from counterseal.crypto import sign_stamp
from docs.pages import PROJECT, blocks_of
from served import RunningServer


def recommended() -> dict[str, str]:
    """Variable → value, as a shell reads the block."""
    (block,) = [
        block
        for block in blocks_of(PROJECT / "docs" / "operations.md")
        if block.instruction == "save as production.env"
    ]
    read = f"set -aeu\n{block.text}\n{sys.executable} -c 'import json, os; print(json.dumps(dict(os.environ)))'"
    clean = {name: value for name, value in os.environ.items() if not name.startswith("COUNTERSEAL_")}
    exported = subprocess.run(["sh", "-c", read], env=clean, capture_output=True, check=True).stdout
    return {name: value for name, value in json.loads(exported).items() if name.startswith("COUNTERSEAL_")}


def as_options(settings: dict[str, str]) -> list[str]:
    """The same as options of ``counterseal serve``; fails for a variable that is none."""
    by_variable = {
        parameter.envvar: parameter.opts[0]
        for parameter in main.commands["serve"].params
        if isinstance(parameter, click.Option)
    }
    return [f"{by_variable[name]}={value}" for name, value in settings.items()]


def test_a_server_takes_the_recommended_settings(start_server: Callable[..., RunningServer]) -> None:
    settings = recommended()
    assert "COUNTERSEAL_REQUESTS_PER_SECOND" in settings
    assert "COUNTERSEAL_SUB_ORGANIZATION_REQUESTS_PER_SECOND" in settings
    server = start_server(*as_options(settings))
    body = json.dumps({"organizationId": server.organization_id}).encode()
    origin = settings["COUNTERSEAL_CORS_ORIGINS"]
    headers = {"X-Stamp": sign_stamp(server.key, body), "X-Forwarded-For": "203.0.113.7", "Origin": origin}
    with closing(http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=30)) as connection:
        connection.request("POST", "/public/v1/query/whoami", body, headers)
        reply = connection.getresponse()
        assert (reply.status, json.load(reply)["userId"]) == (200, server.user_id)
    assert reply.headers["ratelimit-limit"] == settings["COUNTERSEAL_REQUESTS_PER_SECOND"]
    assert reply.headers["x-rate-limit-request-forwarded-for"] == "203.0.113.7"  # the test stands where the proxy does
    assert reply.headers["access-control-allow-origin"] == origin
    assert server.stop() == 0
