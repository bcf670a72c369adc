"""Passkeys in a real browser: a page with the official clients, its virtual authenticator, and this server.

The page is on another origin than the server, as applications are. What it bundles is what ``npm ci`` has installed.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from conformance.web_driver import Browser
from counterseal.crypto import Curve, generate_key_pair
from served import RunningServer

_HERE = Path(__file__).parent


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Nothing: the test's output is for tests."""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the page, on localhost, which browsers take for a secure origin."""
    directory = tmp_path_factory.mktemp("page")
    shutil.copy(_HERE / "browser" / "index.html", directory)
    esbuild = _HERE / "node_modules" / ".bin" / "esbuild"
    bundle = [esbuild, _HERE / "browser" / "page.mjs", "--bundle", "--format=esm", f"--outfile={directory / 'page.js'}"]
    subprocess.run([*bundle, "--log-level=error"], check=True)
    handler = partial(_Quiet, directory=str(directory))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://localhost:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def browser(page: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser that shows the page."""
    with Browser(tmp_path_factory.mktemp("profile")) as browser:
        browser.open(page)
        yield browser


@pytest.mark.parametrize(
    ("protocol", "transport", "attestation", "form"),
    [
        pytest.param("ctap2", "internal", "none", "none", id="a passkey of the platform"),
        pytest.param("ctap2", "usb", "direct", "packed", id="a security key with attestation"),
        pytest.param("ctap1/u2f", "usb", "direct", "fido-u2f", id="an old security key with attestation"),
    ],
)
def test_a_browser_registers_a_passkey_and_stamps_with_it(
    browser: Browser,
    page: str,
    running_server: RunningServer,
    protocol: str,
    transport: str,
    attestation: str,
    form: str,
) -> None:
    server = running_server
    common = {"url": server.url, "organizationId": server.organization_id, "userId": server.user_id}
    key = {"publicKey": server.public_key, "privateKey": server.key.secret.hex()}
    with browser.authenticator(protocol, transport) as held:
        made = browser.call("register", attestation=attestation, **common, **key)
        assert made["status"] == "ACTIVITY_STATUS_COMPLETED"
        (id_,) = made["result"]["createAuthenticatorsResult"]["authenticatorIds"]
        authenticator = server.query("get_authenticator", authenticatorId=id_)[1]["authenticator"]
        assert [authenticator["credentialId"]] == [each["credentialId"] for each in held()]
        assert authenticator["attestationType"] == form
        assert authenticator["transports"] == [f"AUTHENTICATOR_TRANSPORT_{transport.upper()}"]
        allowed = [authenticator["credentialId"]]

        who = browser.call("whoami", allowed=allowed, **common)
        assert (who["organizationId"], who["userId"]) == (server.organization_id, server.user_id)

        fresh = generate_key_pair(Curve.P256).public_key.hex()
        acted = browser.call("createApiKey", allowed=allowed, publicKey=fresh, **common)
        assert acted["status"] == "ACTIVITY_STATUS_COMPLETED"
        (vote,) = acted["votes"]
        assert vote["scheme"] == "SIGNATURE_SCHEME_TK_WEBAUTHN"
        assert vote["publicKey"] == authenticator["credential"]["publicKey"]
        assert json.loads(vote["signature"])["credentialId"] == authenticator["credentialId"]

        _allow(server, page)
        assert browser.call("whoami", allowed=allowed, **common) == who
        _allow(server, "https://example.com")
        with pytest.raises(AssertionError, match=f"could not verify WebAuthN signature: origin `{page}` is not"):
            browser.call("whoami", allowed=allowed, **common)


def _allow(server: RunningServer, origin: str) -> None:
    parameters = {"name": "FEATURE_NAME_WEBAUTHN_ORIGINS", "value": origin}
    status, reply = server.submit("set_organization_feature", "SET_ORGANIZATION_FEATURE", parameters)
    assert status == 200, reply
