"""Several worker processes, and this process, which writes for all of them and gives them their connections.

A worker that ends unasked is replaced. SIGHUP replaces all of them one after the other: the successor gets connections
before its predecessor stops, so none is refused. SIGTERM and SIGINT let each finish what is in flight; a second one
does not wait for it. The settings, a passphrase among them, go to a worker over its link, never by its command line.
"""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
import tempfile
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

import click
import structlog

from counterseal.app import WriterProcess
from counterseal.cli.collector import relax_collector
from counterseal.cli.dispatch import Dispatcher
from counterseal.cli.http_server import GRACE_SECONDS, WriterEnded
from counterseal.cli.listening import announce, listen
from counterseal.cli.worker import READY, WorkerSettings
from counterseal.engine.forwarding import frame, write_for_worker
from counterseal.engine.writer import Writer
from counterseal.metrics import SharedMetrics
from counterseal.settings import Settings

_RESPAWN_SECONDS = 1.0
_START_SECONDS_MAX = 60.0

_log = structlog.get_logger("counterseal.supervisor")


class WorkerNotStarted(click.ClickException):
    """A worker ended, or was ended, before it was ready; it has said why on standard error."""


async def supervise(settings: Settings, host: str, port: int, workers: int) -> None:
    """Serve with this many workers until told to stop.

    Raises what ``App.start`` raises, CannotListen, OSError, WorkerNotStarted.
    """
    with _shared_metrics(settings) as metrics:
        process = await WriterProcess.start(settings, metrics)
        relax_collector()
        try:
            with listen(host, port) as listening:
                await _Supervisor(settings, process.writer, listening, metrics).run(workers)
        finally:
            await process.stop()
        if process.has_failed:
            raise WriterEnded


@contextmanager
def _shared_metrics(settings: Settings) -> Iterator[SharedMetrics | None]:
    if not settings.metrics:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="counterseal-metrics-", ignore_cleanup_errors=True) as directory:
        yield SharedMetrics(Path(directory), process="writer")


class _Worker:
    """One worker process, the link to it and its channel. ``number`` is its own among those that run."""

    def __init__(
        self, number: int, process: asyncio.subprocess.Process, link: asyncio.Task[None], channel: socket.socket
    ) -> None:
        self.number = number
        self.process = process
        self.link = link
        self.channel = channel
        self.is_wanted = True

    async def stop(self) -> None:
        """Let it finish what is in flight; not for ever."""
        self.is_wanted = False
        with suppress(ProcessLookupError):
            self.process.terminate()
        try:
            async with asyncio.timeout(GRACE_SECONDS + 5):
                await self.process.wait()
        except TimeoutError:
            self.kill()
            await self.process.wait()
        await asyncio.wait([self.link])

    def kill(self) -> None:
        """End it at once."""
        with suppress(ProcessLookupError):
            self.process.kill()


class _Supervisor:
    def __init__(
        self, settings: Settings, writer: Writer, listening: socket.socket, metrics: SharedMetrics | None
    ) -> None:
        self._settings = settings
        self._writer = writer
        self._listening = listening
        self._dispatcher = Dispatcher(listening)
        self._metrics = metrics
        self._workers: dict[int, _Worker] = {}
        self._starting: set[int] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopping = asyncio.Event()
        self._replacing = asyncio.Lock()
        self._fault: BaseException | None = None

    async def run(self, workers: int) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._on_stop)
        loop.add_signal_handler(signal.SIGHUP, lambda: self._in_background(self._replace_all()))
        try:
            for _ in range(workers):
                await self._start_worker()
            self._in_background(self._dispatcher.run())
            self._in_background(self._stop_without_writer())
            announce(self._listening)
            await self._stopping.wait()
        finally:
            self._stopping.set()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            self._listening.close()
            await asyncio.gather(*(worker.stop() for worker in self._workers.values()))
        if self._fault is not None:
            raise click.ClickException(
                "the supervisor has ended by a fault, which is in the log; start the server again"
            )

    async def _stop_without_writer(self) -> None:
        """Workers learn it by the end of their links: then they say that they are not ready, and end."""
        await self._writer.ended.wait()
        for worker in self._workers.values():
            worker.is_wanted = False
            worker.link.cancel()
        self._stopping.set()

    def _on_stop(self) -> None:
        if self._stopping.is_set():
            for worker in self._workers.values():
                worker.kill()
        self._stopping.set()

    async def _start_worker(self) -> None:
        """Returns when it gets connections."""
        number = next(each for each in count(1) if each not in self._workers and each not in self._starting)
        self._starting.add(number)
        try:
            self._workers[number] = worker = await self._started(number)
        finally:
            self._starting.remove(number)
        self._dispatcher.add(worker.channel)
        self._in_background(self._watch(worker))

    async def _started(self, number: int) -> _Worker:
        process, link, channel = await self._spawn()
        reader, answers = await asyncio.open_connection(sock=link)
        directory = None if self._metrics is None else self._metrics.directory
        answers.write(frame(WorkerSettings.of(self._settings, number=number, metrics_directory=directory)))
        try:
            await _until_ready(reader)
        except BaseException:  # cancelled, too: nobody knows this worker yet
            with suppress(ProcessLookupError):
                process.kill()
            answers.close()
            channel.close()
            await process.wait()
            raise
        return _Worker(number, process, asyncio.create_task(_serve_link(reader, answers, self._writer)), channel)

    async def _spawn(self) -> tuple[asyncio.subprocess.Process, socket.socket, socket.socket]:
        link, their_link = socket.socketpair()
        channel, their_channel = socket.socketpair()
        descriptors = (their_channel.fileno(), their_link.fileno())
        with their_link, their_channel:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-P",  # nothing is imported from the working directory
                "-m",
                "counterseal",
                "worker",
                *map(str, descriptors),
                pass_fds=descriptors,
                start_new_session=True,  # a terminal's Ctrl-C is for this process, which tells its workers
            )
        return process, link, channel

    async def _watch(self, worker: _Worker) -> None:
        code = await worker.process.wait()
        self._dispatcher.remove(worker.channel)
        worker.channel.close()
        if not worker.is_wanted or self._stopping.is_set():
            return
        _log.error("worker ended", pid=worker.process.pid, exit_code=code)
        await worker.link
        del self._workers[worker.number]
        while not self._stopping.is_set():
            try:
                await self._start_worker()
            except (OSError, WorkerNotStarted) as error:
                _log.error("worker not started", error=str(error))
                await asyncio.sleep(_RESPAWN_SECONDS)
            else:
                return

    async def _replace_all(self) -> None:
        async with self._replacing:
            for old in list(self._workers.values()):
                if old.process.returncode is not None:  # another is being started in its place
                    continue
                try:
                    await self._start_worker()
                except (OSError, WorkerNotStarted) as error:
                    _log.error("workers not replaced", error=str(error))
                    return
                self._dispatcher.remove(old.channel)
                await old.stop()
                self._workers.pop(old.number, None)
            _log.info("workers replaced", workers=len(self._workers))

    def _in_background(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._on_done)

    def _on_done(self, task: asyncio.Task[None]) -> None:
        """Without any of these tasks the server would only seem to be well."""
        self._tasks.discard(task)
        if not task.cancelled() and (fault := task.exception()) is not None:
            _log.error("supervisor failed", kind=type(fault).__name__, exc_info=fault)
            self._fault = fault
            self._stopping.set()


async def _until_ready(reader: asyncio.StreamReader) -> None:
    try:
        async with asyncio.timeout(_START_SECONDS_MAX):
            said = await reader.readline()
    except TimeoutError:
        raise WorkerNotStarted(f"a worker was not ready within {_START_SECONDS_MAX:g} seconds") from None
    except ConnectionError:
        said = b""
    if said != READY:
        raise WorkerNotStarted("a worker ended before it was ready")


async def _serve_link(reader: asyncio.StreamReader, answers: asyncio.StreamWriter, writer: Writer) -> None:
    """Until the worker hangs up. What it says wrongly ends the link, and with it the worker."""
    try:
        await write_for_worker(reader, answers, writer)
    except Exception as error:
        _log.exception("link to a worker failed", kind=type(error).__name__)
    finally:
        answers.close()
