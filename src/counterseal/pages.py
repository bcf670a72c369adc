"""What GET answers beside the API: is it alive, is it ready, what are its public identities, what has it counted."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import msgspec
import structlog

from counterseal.engine import Writer
from counterseal.engine.forwarding import ForwardingWriter
from counterseal.http import Page, PageReply
from counterseal.keystore import Keystore
from counterseal.metrics import CONTENT_TYPE, Metrics
from counterseal.store import Store, StoreError

_READY = PageReply(200, b'{"status":"ready"}')
_UNAVAILABLE = PageReply(503, b'{"status":"unavailable"}')

_log = structlog.get_logger("counterseal")


def pages(
    store: Store, keystore: Keystore, writer: Writer | ForwardingWriter, metrics: Metrics | None
) -> dict[str, Page]:
    """The pages by their paths. ``/metrics`` is there if there are metrics."""
    identities = msgspec.json.encode(keystore.public_identities())

    async def live() -> PageReply:
        return PageReply(200, b'{"status":"live"}')

    async def ready() -> PageReply:
        try:
            await store.ping()
        except StoreError as error:
            _log.error("not ready", error=str(error))
            return _UNAVAILABLE
        return _READY if writer.is_open else _UNAVAILABLE

    async def well_known() -> PageReply:
        return PageReply(200, identities)

    found: dict[str, Page] = {"/livez": live, "/readyz": ready, "/.well-known/counterseal": well_known}
    if metrics is not None:
        found["/metrics"] = shared(lambda: _metrics_page(metrics))
    return found


async def _metrics_page(metrics: Metrics) -> PageReply:
    """Rendered on a thread: with many series it takes milliseconds."""
    return PageReply(200, await asyncio.to_thread(metrics.page), CONTENT_TYPE)


def shared(page: Callable[[], Awaitable[PageReply]]) -> Page:
    """``page``, made once for all who ask while it is being made: strangers may ask as often as they like."""
    making: asyncio.Task[PageReply] | None = None

    async def make() -> PageReply:
        return await page()

    async def answer() -> PageReply:
        nonlocal making
        if making is None or making.done():
            making = asyncio.create_task(make())
        return await asyncio.shield(making)  # whoever hangs up does not take it from the others

    return answer
