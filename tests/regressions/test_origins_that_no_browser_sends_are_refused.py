"""``FEATURE_NAME_WEBAUTHN_ORIGINS`` took ``https://app.example.com:443``, which no browser sends: from then on every
passkey was refused. It also took ports above 65535 and hosts such as ``a..b``; ``--cors-origins`` had half the check.
"""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from composed import ComposedServer
from counterseal.cli import main

ORIGINS = ["https://app.example.com:443", "http://app.example.com:80", "https://app.example.com:65536", "https://a..b"]


@pytest.mark.parametrize("origin", ORIGINS)
async def test_neither_the_feature_nor_the_option_takes_it(server: ComposedServer, origin: str) -> None:
    feature = {"name": "FEATURE_NAME_WEBAUTHN_ORIGINS", "value": origin}
    reply = await server.submit("SET_ORGANIZATION_FEATURE", feature)
    assert reply.error == (400, 3, "REQUEST_INVALID")
    said = CliRunner().invoke(main, ["serve", "--data", "none", "--cors-origins", origin])
    assert said.exit_code == 2
    fault = reply.message.partition("(")[2].partition(")")[0]
    assert " ".join(fault.split()) in " ".join(said.stderr.replace("│", " ").split())
