"""GET /metrics: what is counted, and what is not told."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from composed import ComposedServer, user_params
from counterseal import __version__
from counterseal.app import App
from counterseal.crypto import Curve, generate_key_pair
from counterseal.settings import Settings

_SAMPLE = re.compile(r"^(\w+(?:\{[^}]*\})?) (\S+)$", re.MULTILINE)


@pytest.fixture(autouse=True)
def _is_never_old(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks gets a page of that moment."""
    monkeypatch.setattr("counterseal.pages.METRICS_SECONDS", 0)


async def samples_of(server: ComposedServer) -> dict[str, float]:
    reply = await server.call("GET", "/metrics")
    assert reply.status == 200
    assert reply.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    return {name: float(value) for name, value in _SAMPLE.findall(reply.body.decode())}


async def test_requests_are_counted_by_operation_and_status(server: ComposedServer) -> None:
    await server.query("whoami")
    await server.query("whoami")
    await server.post("/public/v1/query/whoami", b"{}", by=None)
    await server.call("GET", "/livez")
    await server.call("GET", "/no/such/path")
    await server.call("OPTIONS", "/public/v1/query/whoami")
    samples = await samples_of(server)
    assert samples['counterseal_requests_total{code="200",operation="whoami"}'] == 2
    assert samples['counterseal_requests_total{code="401",operation="whoami"}'] == 1
    assert samples['counterseal_requests_total{code="204",operation="whoami"}'] == 1
    assert samples['counterseal_requests_total{code="200",operation="page"}'] == 1
    assert samples['counterseal_requests_total{code="404",operation="unknown"}'] == 1
    assert samples['counterseal_request_seconds_count{operation="whoami"}'] == 4
    assert samples['counterseal_request_seconds_sum{operation="whoami"}'] > 0


async def test_commits_and_look_ups_are_counted(server: ComposedServer) -> None:
    before = await samples_of(server)
    parameters = {"users": [user_params("one", generate_key_pair(Curve.P256))]}
    assert (await server.submit("CREATE_USERS_V4", parameters)).status == 200
    samples = await samples_of(server)
    assert before["counterseal_commit_seconds_count"] == 0
    assert samples["counterseal_commit_seconds_count"] == samples["counterseal_batch_submissions_count"] == 1
    assert samples["counterseal_batch_submissions_sum"] == 1
    assert samples["counterseal_commit_failures_total"] == 0
    assert samples["counterseal_queue_submissions"] == 0
    assert samples['counterseal_snapshot_lookups_total{outcome="miss"}'] == 1
    assert samples['counterseal_snapshot_lookups_total{outcome="hit"}'] > 1


async def test_the_server_says_what_it_is_and_that_its_keys_are_open(server: ComposedServer) -> None:
    samples = await samples_of(server)
    assert samples["counterseal_unsealed"] == 1
    (build,) = [name for name in samples if name.startswith("counterseal_build_info")]
    assert f'version="{__version__}"' in build


async def test_no_ids_names_or_paths_of_clients_are_told(server: ComposedServer) -> None:
    parameters = {"users": [user_params("somebody", generate_key_pair(Curve.P256))]}
    await server.submit("CREATE_USERS_V4", parameters)
    await server.call("GET", "/a/path/of-a-stranger")
    page = (await server.call("GET", "/metrics")).body.decode()
    numbers_out = re.sub(r"(?m) [0-9.e+-]+$", "", page)  # a sum of seconds may have twenty digits
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}|[0-9a-f]{20}|somebody|stranger", numbers_out)


async def test_they_can_be_off(tmp_path: Path) -> None:
    server = await ComposedServer.start(tmp_path)
    await server.app.stop()
    settings = Settings(data=tmp_path, metrics=False)
    server.app = App.compose(
        settings,
        directory=server.directory,
        store=await server.directory.open_store(),
        keystore=server.keystore,
        clock=server.clock,
        random=server.random,
    )
    assert (await server.query("whoami")).status == 200
    assert (await server.call("GET", "/metrics")).status == 404
    await server.app.stop()
