"""A page of metrics takes a twentieth of a second once all operations have been seen, and each GET made a new one: a
stranger who asked again and again kept everybody else waiting. Now one is made at most once a second, for all who ask.
"""

from __future__ import annotations

import pytest

from composed import ComposedServer
from counterseal.metrics import Metrics


async def test_a_hundred_requests_make_a_page_or_two(server: ComposedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    made, page = 0, Metrics.page

    def counted(metrics: Metrics) -> bytes:
        nonlocal made
        made += 1
        return page(metrics)

    monkeypatch.setattr(Metrics, "page", counted)
    monkeypatch.setattr("counterseal.pages.METRICS_SECONDS", 3600)
    await server.restart()
    for _ in range(100):
        assert (await server.call("GET", "/metrics")).status == 200
    assert made == 1
