"""Headless Chromium with a virtual authenticator, driven through chromedriver (W3C WebDriver; WebAuthn Level 2 §11)."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

_PATIENCE_SECONDS = 60
_INSTALL = "scripts/debian-packages chromium=chromium chromedriver=chromium-driver"
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class Browser:
    """One browser with a profile of its own; use it as a context manager."""

    def __init__(self, profile: Path) -> None:
        driver = shutil.which("chromedriver")
        assert driver is not None, f"chromedriver is not here: {_INSTALL}"
        self._profile = profile
        self._driver = subprocess.Popen(
            [driver, "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        self._url = ""

    def __enter__(self) -> Self:
        try:
            self._url = f"http://127.0.0.1:{self._port()}"
            options = {"args": [*_FLAGS, f"--user-data-dir={self._profile}"]}
            session = self._send("POST", "/session", capabilities={"alwaysMatch": {"goog:chromeOptions": options}})
            self._url += f"/session/{session['sessionId']}"
            self._send("POST", "/timeouts", script=_PATIENCE_SECONDS * 1000)
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            self._send("DELETE", "")
        finally:
            self._stop()

    def open(self, url: str) -> None:
        """Load a page."""
        self._send("POST", "/url", url=url)

    @contextmanager
    def authenticator(self, protocol: str, transport: str) -> Iterator[Callable[[], list[dict[str, Any]]]]:
        """Plug in an authenticator whose user always consents; what it gives tells the credentials it holds.

        ``protocol`` is ``ctap2`` or ``ctap1/u2f``; credentials have a ``credentialId`` in base64url and more.
        """
        is_modern = protocol == "ctap2"
        id_ = self._send(
            "POST",
            "/webauthn/authenticator",
            protocol=protocol,
            transport=transport,
            hasResidentKey=is_modern,
            hasUserVerification=is_modern,
            isUserVerified=is_modern,
            isUserConsenting=True,
        )
        yield lambda: self._send("GET", f"/webauthn/authenticator/{id_}/credentials")
        self._send("DELETE", f"/webauthn/authenticator/{id_}")

    def call(self, name: str, **argument: Any) -> Any:
        """The value of a function of the page. Raises AssertionError with the page's error."""
        script = "window.call(arguments[0], arguments[1], arguments[2])"
        reply = self._send("POST", "/execute/async", script=script, args=[name, argument])
        assert "error" not in reply, reply["error"]
        return reply["value"]

    def _port(self) -> int:
        assert self._driver.stdout is not None
        for line in self._driver.stdout:
            if match := re.search(r"started successfully on port (\d+)", line):
                return int(match[1])
        raise AssertionError("chromedriver did not start")

    def _send(self, method: str, path: str, **body: Any) -> Any:
        data = json.dumps(body).encode() if method == "POST" else None
        request = urllib.request.Request(self._url + path, data, {"Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=2 * _PATIENCE_SECONDS) as reply:
                return json.load(reply)["value"]
        except urllib.error.HTTPError as error:
            with error:
                raise AssertionError(json.load(error)["value"]["message"]) from None

    def _stop(self) -> None:
        with self._driver:  # closes the pipe
            self._driver.terminate()
            self._driver.wait(_PATIENCE_SECONDS)
