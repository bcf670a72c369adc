"""Webhooks: who is told what, when, and how often.

Of a line, which is what one endpoint is told of one organization, events are sent one after the other, each until it
has arrived or is given up; then it is remembered, and until that is durable it may be sent again. Lines know nothing of
each other. An endpoint has four tries under way at most, and one while its last has failed: so those that are slow or
dead take little of what all have.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Protocol

import structlog

from counterseal.followers.schedule import next_wait_ms
from counterseal.followers.sending import Sender, Try
from counterseal.followers.settling import Settler
from counterseal.organizations import WebhookEndpoint
from counterseal.store import Ending, Line, QueuedEvent, RowKey, Settlement, SharedStore, Store, StoreError, Unknown
from counterseal.store.outbox import LEASE_MS
from counterseal.world import Clock, Random, first_id_at

LEASE = "webhooks"
LOOK_SECONDS = 0.2
"""From one look at what is due to the next."""
OF_ENDPOINT_MAX = 4
TRIES_MAX = 128
"""Under way in a process."""
DEATHS_MAX = 50
"""Events given up in a row, after which an endpoint is switched off."""
DEAD_LETTERS_MS = 30 * 24 * 3_600_000
GRACE_SECONDS = 3.0
"""For what is under way when the process ends; it would be sent again otherwise."""
_RENEW_MS = LEASE_MS // 3
_HOUSEKEEPING_MS = 3_600_000
_OLDEST_MS = 1_000

Deactivate = Callable[[str, str, str], Awaitable[bool]]
"""Switch off the endpoint of an organization that has this channel; whether that was done."""

_log = structlog.get_logger("counterseal.webhooks")


class Meter(Protocol):
    """Who counts."""

    def webhook_try(self, outcome: str) -> None:
        """A try has ended: delivered, tried or buried."""
        ...

    def webhook_oldest(self, seconds: float) -> None:
        """So old is the oldest event that is on its way; 0 if there is none, or if another process follows."""
        ...

    def webhook_deactivated(self) -> None:
        """An endpoint was switched off."""
        ...


class WebhookFollower:
    """Delivers as long as it runs, if its process is the one that does. ``close`` ends it."""

    def __init__(
        self,
        store: Store,
        sender: Sender,
        *,
        clock: Clock,
        random: Random,
        deactivate: Deactivate,
        meter: Meter | None = None,
        look_seconds: float = LOOK_SECONDS,
    ) -> None:
        self._store = store
        self._sender = sender
        self._clock = clock
        self._random = random
        self._deactivate = deactivate
        self._meter = meter
        self._look_seconds = look_seconds
        self._holder = random.bytes(16).hex()
        self._settler = Settler(store)
        self._lines: dict[tuple[str, str], asyncio.Task[None]] = {}
        self._of_channel: dict[str, int] = {}
        self._failing: set[str] = set()
        self._last = ""  # the channel that was served last: the next one comes first
        self._closing = asyncio.Event()
        self._renew_at_ms = self._tidy_at_ms = self._oldest_at_ms = 0

    def close(self) -> None:
        """Begin nothing more."""
        self._closing.set()

    async def run(self) -> None:
        """Until closed. What cannot be read or stored now is tried again."""
        settling = asyncio.create_task(self._settler.run())
        try:
            while not self._closing.is_set():
                try:
                    if await self._is_follower():
                        await self._look()
                        await self._tell_age()
                        await self._tidy()
                except (StoreError, Unknown) as error:
                    _log.error("webhooks wait for the store", error=str(error))
                except Exception as error:
                    _log.error("webhooks not looked at", kind=type(error).__name__, exc_info=error)
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._look_seconds):
                        await self._closing.wait()
            if self._lines:
                await asyncio.wait(self._lines.values(), timeout=GRACE_SECONDS)
        finally:
            for line in self._lines.values():
                line.cancel()
            await asyncio.gather(*self._lines.values(), return_exceptions=True)
            settling.cancel()
            await asyncio.gather(settling, return_exceptions=True)
            with suppress(StoreError, Unknown):
                if isinstance(self._store, SharedStore):
                    await self._store.drop_lease(LEASE, self._holder)

    async def _is_follower(self) -> bool:
        """Of a store that is this server's alone nobody else can be."""
        if not isinstance(self._store, SharedStore):
            return True
        now_ms = self._clock.now_ms()
        if now_ms < self._renew_at_ms:
            return True
        if await self._store.take_lease(LEASE, self._holder, now_ms=now_ms):
            self._renew_at_ms = now_ms + _RENEW_MS
            return True
        if self._meter is not None:
            self._meter.webhook_oldest(0)
        return False

    async def _look(self) -> None:
        """Begin whatever is due and has room. Channels take turns."""
        due, now_ms = await self._store.channels_due(), self._clock.now_ms()
        self._failing &= due.keys()
        ids = sorted(id_ for id_, first_ms in due.items() if first_ms <= now_ms)
        for channel_id in [id_ for id_ in ids if id_ > self._last] + [id_ for id_ in ids if id_ <= self._last]:
            if len(self._lines) >= TRIES_MAX or self._closing.is_set():
                return
            await self._begin(channel_id, now_ms)
            self._last = channel_id

    async def _begin(self, channel_id: str, now_ms: int) -> None:
        under_way = self._of_channel.get(channel_id, 0)
        free = min(self._places(channel_id) - under_way, TRIES_MAX - len(self._lines))
        if free <= 0:
            return
        for line in await self._store.lines_due(channel_id, now_ms=now_ms, limit=under_way + free):
            key = (line.channel_id, line.organization_id)
            if key not in self._lines and free > 0:
                free -= 1
                self._of_channel[channel_id] = self._of_channel.get(channel_id, 0) + 1
                self._lines[key] = asyncio.create_task(self._go(line))

    def _places(self, channel_id: str) -> int:
        return 1 if channel_id in self._failing else OF_ENDPOINT_MAX

    async def _go(self, line: Line) -> None:
        """Send the first events of a line, up to one that does not arrive."""
        try:
            await self._send_all(line)
        except (StoreError, Unknown) as error:
            _log.error("webhook waits for the store", endpoint=line.endpoint_id, error=str(error))
        except Exception as error:
            _log.error("webhook not followed", endpoint=line.endpoint_id, kind=type(error).__name__, exc_info=error)
        finally:
            del self._lines[line.channel_id, line.organization_id]
            left = self._of_channel[line.channel_id] - 1
            if left:
                self._of_channel[line.channel_id] = left
            else:
                del self._of_channel[line.channel_id]

    async def _send_all(self, line: Line) -> None:
        remembered: asyncio.Future[bool] | None = None
        has_buried, failures = False, line.tries
        for event in line.events:
            url = None if self._closing.is_set() and remembered is not None else await self._url(line)
            if url is None:
                break
            made = await self._try(event, url, line)
            settlement = self._settlement(line, event, made, failures)
            remembered, failures = self._settler.add(settlement), 0
            has_buried |= settlement.ending is Ending.BURIED
            self._note(line, settlement)
            if settlement.ending is Ending.TRIED:
                break
        if remembered is not None and await remembered and has_buried:
            await self._deactivate_if_dead(line)

    async def _try(self, event: QueuedEvent, url: str, line: Line) -> Try:
        """Whatever goes wrong with one event is no fault of others."""
        try:
            return await self._sender.send(event, url=url, owner_id=line.owner_id)
        except (StoreError, Unknown):
            raise
        except Exception as error:
            _log.error("webhook not sent", event_id=event.event_id, kind=type(error).__name__, exc_info=error)
            return Try(Ending.TRIED, "it could not be sent")

    async def _url(self, line: Line) -> str | None:
        """Where the events of a line are to be sent; if nowhere any more, all of its channel are dropped."""
        key = RowKey(kind=WebhookEndpoint, value=line.endpoint_id)
        found: tuple[WebhookEndpoint, ...] = (await self._store.rows(line.owner_id, [key]))[key]  # type: ignore[assignment]
        if found and found[0].is_active and found[0].channel_id == line.channel_id:
            return found[0].url
        while await self._store.drop_lines(line.channel_id):
            await asyncio.sleep(0)
        return None

    def _settlement(self, line: Line, event: QueuedEvent, made: Try, failures: int) -> Settlement:
        now_ms = self._clock.now_ms()
        ending, due_ms = made.ending, now_ms
        if ending is Ending.TRIED:
            failures += 1
            wait_ms = next_wait_ms(failures, self._random)
            if wait_ms is None:
                ending = Ending.BURIED
            else:
                due_ms += wait_ms
        return Settlement(
            channel_id=line.channel_id,
            organization_id=line.organization_id,
            sequence=event.sequence,
            event_id=event.event_id,
            ending=ending,
            tries=failures,
            due_ms=due_ms,
            now_ms=now_ms,
            reason=made.reason,
        )

    def _note(self, line: Line, settlement: Settlement) -> None:
        outcome = settlement.ending.name.lower()
        if self._meter is not None:
            self._meter.webhook_try(outcome)
        if settlement.ending is Ending.DELIVERED:
            self._failing.discard(line.channel_id)
            return
        self._failing.add(line.channel_id)
        _log.warning(
            f"webhook {outcome}",
            organization=line.owner_id,
            endpoint=line.endpoint_id,
            event_id=settlement.event_id,
            tries=settlement.tries,
            reason=settlement.reason,
        )

    async def _deactivate_if_dead(self, line: Line) -> None:
        if await self._store.deaths_in_a_row(line.channel_id) < DEATHS_MAX:
            return
        if await self._deactivate(line.owner_id, line.endpoint_id, line.channel_id):
            _log.error("webhook endpoint switched off", organization=line.owner_id, endpoint=line.endpoint_id)
            if self._meter is not None:
                self._meter.webhook_deactivated()

    async def _tell_age(self) -> None:
        now_ms = self._clock.now_ms()
        if self._meter is None or now_ms < self._oldest_at_ms:
            return
        self._oldest_at_ms = now_ms + _OLDEST_MS
        oldest_ms = await self._store.oldest_delivery_ms()
        self._meter.webhook_oldest(0 if oldest_ms is None else max(0, now_ms - oldest_ms) / 1000)

    async def _tidy(self) -> None:
        now_ms = self._clock.now_ms()
        if now_ms >= self._tidy_at_ms:
            self._tidy_at_ms = now_ms + _HOUSEKEEPING_MS
            await self._store.forget_dead_letters(before_event_id=first_id_at(now_ms - DEAD_LETTERS_MS))
