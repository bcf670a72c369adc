"""What GET answers beside the API: is it alive, is it ready, what are its public identities, what has it counted."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import msgspec
import structlog

from counterseal.engine.write.writes import Writes
from counterseal.http import Page, PageReply
from counterseal.keystore import Keystore
from counterseal.metrics import CONTENT_TYPE, Metrics
from counterseal.store import Store, StoreError
from counterseal.webhook_keys import KeysOfWebhooks

KEY_SET_PATH = "/public/v1/discovery/webhooks/jwks"
KEY_SET_SECONDS = 5.0
METRICS_SECONDS = 1.0
"""A page of metrics takes up to a tenth of it to make, when all operations have been seen."""

_READY = PageReply(200, b'{"status":"ready"}')
_UNAVAILABLE = PageReply(503, b'{"status":"unavailable"}')

_log = structlog.get_logger("counterseal")


def pages(
    store: Store, keystore: Keystore, writer: Writes, metrics: Metrics | None, keys: KeysOfWebhooks
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

    async def key_set() -> PageReply:
        try:
            return PageReply(200, await keys.key_set(), cache_control=keys.cache_control)
        except StoreError as error:
            _log.error("key set not read", error=str(error))
            return _UNAVAILABLE

    found: dict[str, Page] = {
        "/livez": live,
        "/readyz": ready,
        "/.well-known/counterseal": well_known,
        KEY_SET_PATH: rationed(key_set, seconds=KEY_SET_SECONDS),
    }
    if metrics is not None:
        found["/metrics"] = rationed(lambda: _metrics_page(metrics), seconds=METRICS_SECONDS)
    return found


async def _metrics_page(metrics: Metrics) -> PageReply:
    """Rendered on a thread: with many series it takes milliseconds."""
    return PageReply(200, await asyncio.to_thread(metrics.page), CONTENT_TYPE)


def rationed(page: Callable[[], Awaitable[PageReply]], *, seconds: float) -> Page:
    """``page``, made anew at most so often: strangers may ask as often as they like, at once or one after the other."""
    making: asyncio.Task[PageReply] | None = None
    begun = 0.0

    async def make() -> PageReply:
        return await page()

    async def answer() -> PageReply:
        nonlocal making, begun
        now = asyncio.get_running_loop().time()
        if making is None or (making.done() and now >= begun + seconds):
            making, begun = asyncio.create_task(make()), now
        return await asyncio.shield(making)  # whoever hangs up does not take it from the others

    return answer
