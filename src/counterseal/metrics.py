"""What the server counts, for Prometheus: requests, commits and look-ups, never who or what they were about.

Labels are names of the contract and status codes, so that their number is bounded whatever clients send. Processes of
one server share their counts by files in a directory: each writes its own, any of them reads all, and what a process
has counted outlives it. The next process with the same name goes on counting where it stopped.
"""

from __future__ import annotations

import os
import platform
import shutil
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics, generate_latest
from prometheus_client import values as prometheus_values
from prometheus_client.multiprocess import MultiProcessCollector

from counterseal import __version__

CONTENT_TYPE = b"text/plain; version=0.0.4; charset=utf-8"

_REQUEST_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
_COMMIT_SECONDS = (0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0)
_BATCH_SIZES = (1, 2, 4, 8, 16, 32, 64, 128)

_KINDS = ("counter", "gauge_max", "gauge_sum", "histogram")
"""The library has a file for each, which it maps into memory."""

_FILE_BYTES = 1024 * 1024
"""Room for all series, whatever operations and statuses occur."""

disable_created_metrics()  # type: ignore[no-untyped-call]  # a series for the birth of each series, which nobody asks for


class SharedMetrics:
    """The directory that the processes of one server share, and the name of this process among those that run.

    Make it before any ``Metrics``: the library decides for a whole process where its values are.
    """

    def __init__(self, directory: Path, *, process: str) -> None:
        """Raises OSError if the disk has no room for what will be counted."""
        self.directory = directory
        for kind in _KINDS:
            _allocate(directory / f"{kind}_{process}.db")
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(directory)  # the library takes it from nowhere else
        prometheus_values.ValueClass = prometheus_values.MultiProcessValue(lambda: process)  # type: ignore[no-untyped-call]

    def remove(self) -> None:
        """Delete the files; processes that still count do so in vain."""
        shutil.rmtree(self.directory, ignore_errors=True)


class Metrics:
    """The counts of this process; its page shows those of all that share."""

    def __init__(self, shared: SharedMetrics | None = None) -> None:
        own = CollectorRegistry()
        if shared is None:
            self._registry = own
        else:
            self._registry = CollectorRegistry()
            MultiProcessCollector(self._registry, path=str(shared.directory))  # type: ignore[no-untyped-call]
        self._requests = Counter("counterseal_requests", "Requests answered.", ["operation", "code"], registry=own)
        self._request_seconds = Histogram(
            "counterseal_request_seconds",
            "From a request's head to the end of its reply.",
            ["operation"],
            buckets=_REQUEST_SECONDS,
            registry=own,
        )
        self._batch_submissions = Histogram(
            "counterseal_batch_submissions", "Submissions decided together.", buckets=_BATCH_SIZES, registry=own
        )
        self._commit_seconds = Histogram(
            "counterseal_commit_seconds", "Time of a durable commit.", buckets=_COMMIT_SECONDS, registry=own
        )
        self._commit_failures = Counter(
            "counterseal_commit_failures", "Commits of which nothing was stored.", registry=own
        )
        self._queue = Gauge(
            "counterseal_queue_submissions",
            "Submissions that wait for the writer.",
            multiprocess_mode="sum",
            registry=own,
        )
        look_ups = Counter(
            "counterseal_snapshot_lookups", "Organizations looked up in memory.", ["outcome"], registry=own
        )
        self._hits, self._misses = look_ups.labels("hit"), look_ups.labels("miss")
        self._unsealed = Gauge(
            "counterseal_unsealed", "1 while the keys are unsealed.", multiprocess_mode="max", registry=own
        )
        self._build = Gauge(
            "counterseal_build_info", "Always 1.", ["version", "python"], multiprocess_mode="max", registry=own
        )
        self._webhook_tries = Counter(
            "counterseal_webhook_tries", "Tries to deliver an event to a webhook.", ["outcome"], registry=own
        )
        self._webhook_oldest = Gauge(
            "counterseal_webhook_oldest_seconds",
            "Age of the oldest event that is on its way to a webhook.",
            multiprocess_mode="max",
            registry=own,
        )
        self._webhooks_deactivated = Counter(
            "counterseal_webhooks_deactivated", "Endpoints switched off because nothing arrived.", registry=own
        )
        self._by_request: dict[tuple[str, int], Counter] = {}
        self._by_operation: dict[str, Histogram] = {}

    def started(self) -> None:
        """The keys are unsealed, the store is open."""
        self._unsealed.set(1)
        self._build.labels(__version__, platform.python_version()).set(1)

    def request(self, operation: str, code: int, seconds: float) -> None:
        """One request was answered. ``operation`` must come from a bounded set."""
        counter = self._by_request.get((operation, code))
        if counter is None:
            counter = self._by_request[operation, code] = self._requests.labels(operation, str(code))
        histogram = self._by_operation.get(operation)
        if histogram is None:
            histogram = self._by_operation[operation] = self._request_seconds.labels(operation)
        counter.inc()
        histogram.observe(seconds)

    def batch(self, submissions: int, *, waiting: int) -> None:
        """The writer takes a batch, and so many wait for the next."""
        self._batch_submissions.observe(submissions)
        self._queue.set(waiting)

    def commit(self, seconds: float, *, stored: bool) -> None:
        """A commit ended, well or not."""
        self._commit_seconds.observe(seconds)
        if not stored:
            self._commit_failures.inc()

    def look_ups(self, *, hits: int, misses: int) -> None:
        """So many more organizations were found in memory, and so many had to be loaded."""
        if hits:
            self._hits.inc(hits)
        if misses:
            self._misses.inc(misses)

    def webhook_try(self, outcome: str) -> None:
        """A try to deliver an event has ended: ``delivered``, ``tried`` in vain, or ``buried``."""
        self._webhook_tries.labels(outcome).inc()

    def webhook_oldest(self, seconds: float) -> None:
        """So old is the oldest event that is on its way; 0 if there is none."""
        self._webhook_oldest.set(seconds)

    def webhook_deactivated(self) -> None:
        """An endpoint was switched off."""
        self._webhooks_deactivated.inc()

    def page(self) -> bytes:
        """All of it in Prometheus' text format, 0.0.4."""
        return generate_latest(self._registry)


def _allocate(path: Path) -> None:
    """A file of zeros that are on the disk, for its owner alone.

    The library would leave holes, so that to count on a full disk would end the process (SIGBUS).
    """
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        os.posix_fallocate(descriptor, 0, _FILE_BYTES)
    finally:
        os.close(descriptor)
