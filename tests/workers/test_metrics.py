"""GET /metrics of several workers: any of them tells what all have counted, those that have ended included."""

from __future__ import annotations

import os
import re
import signal
import urllib.request
from collections.abc import Callable

from served import RunningServer
from workers.connections import connections_to_all_workers, wait_until, worker_of, worker_pids

_SAMPLE = re.compile(r"^(\w+(?:\{[^}]*\})?) (\S+)$", re.MULTILINE)
_WHOAMI = 'counterseal_requests_total{code="200",operation="whoami"}'


def samples_of(server: RunningServer) -> tuple[int, dict[str, float]]:
    """The worker that answers, and what it says."""
    with urllib.request.urlopen(f"{server.url}/metrics", timeout=30) as reply:
        samples = {name: float(value) for name, value in _SAMPLE.findall(reply.read().decode())}
        return worker_of(server, reply.headers["x-request-id"]), samples


def test_every_worker_tells_the_counts_of_all(start_server: Callable[..., RunningServer]) -> None:
    server = start_server("--workers=2")
    with connections_to_all_workers(server) as connections:
        for connection in connections:
            parameters = {"userTagName": f"tag {connection.request_ids[0]}", "userIds": []}
            connection.submit("CREATE_USER_TAG", "create_user_tag", parameters)
        asked = set()
        for _ in range(500):
            worker, samples = samples_of(server)
            asked.add(worker)
            assert samples[_WHOAMI] == len(connections)
            assert samples['counterseal_request_seconds_count{operation="whoami"}'] == len(connections)
            assert samples["counterseal_batch_submissions_sum"] == len(connections)
            assert samples["counterseal_commit_seconds_count"] > 0
            assert samples["counterseal_unsealed"] == 1
            assert samples['counterseal_snapshot_lookups_total{outcome="hit"}'] >= len(connections)
            if len(asked) == 2:
                break
        assert len(asked) == 2
    os.kill(server.pid, signal.SIGHUP)
    wait_until(lambda: bool(server.events("workers replaced")))
    before = worker_pids(server)
    os.kill(min(before), signal.SIGKILL)
    wait_until(lambda: len(worker_pids(server)) == 2 and not before <= worker_pids(server))
    assert samples_of(server)[1][_WHOAMI] == samples[_WHOAMI]
    assert server.stop() == 0
