"""Who is told what, when and how often: a real store, scripted receivers, and time in the test's hand."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest

from composed import Actor, ComposedServer
from counterseal.engine import Snapshots
from counterseal.engine.show import announce
from counterseal.engine.write.deactivating import Deactivation
from counterseal.followers.dialling import NotReached
from counterseal.followers.schedule import WAITS_SECONDS
from counterseal.followers.sending import Sender
from counterseal.followers.webhooks import DEATHS_MAX, OF_ENDPOINT_MAX, WebhookFollower
from counterseal.settings import Settings
from counterseal.store.outbox import LEASE_MS
from counterseal.webhook_keys import KeysOfWebhooks
from counterseal.world import SeededRandom
from office import Office

URL = "https://hooks.example.com/"
UPDATES = {"eventType": "ACTIVITY_UPDATES"}
PATIENCE_SECONDS = 20


class Receivers:
    """What came, by URL; the statuses that are answered, 204 where nothing else is said."""

    def __init__(self) -> None:
        self.came: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.headers: list[dict[str, str]] = []
        self.statuses: dict[str, list[int | str]] = defaultdict(list)
        self.held = asyncio.Event()
        self.holding: set[str] = set()
        self.at_once: dict[str, int] = defaultdict(int)
        self.most_at_once: dict[str, int] = defaultdict(int)

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        self.at_once[url] += 1
        self.most_at_once[url] = max(self.most_at_once[url], self.at_once[url])
        if url in self.holding:
            await self.held.wait()
        self.at_once[url] -= 1
        self.came[url].append(json.loads(body))
        self.headers.append(dict(headers))
        answer = self.statuses[url].pop(0) if self.statuses[url] else 204
        if isinstance(answer, str):
            raise NotReached(answer)
        return answer

    def ids(self, url: str = URL) -> list[str]:
        return [each["id"] for each in self.came[url]]


class Counts:
    """A meter."""

    def __init__(self) -> None:
        self.tries: list[str] = []
        self.oldest = -1.0
        self.deactivated = 0

    def webhook_try(self, outcome: str) -> None:
        self.tries.append(outcome)

    def webhook_oldest(self, seconds: float) -> None:
        self.oldest = seconds

    def webhook_deactivated(self) -> None:
        self.deactivated += 1


def follower_of(server: ComposedServer, receivers: Receivers, counts: Counts, seed: int = 1) -> WebhookFollower:
    keys = KeysOfWebhooks(server.store, server.keystore, Settings(data=server.directory.path), server.clock)
    return WebhookFollower(
        server.store,
        Sender(receivers, keys, server.clock),
        clock=server.clock,
        random=SeededRandom(seed),
        deactivate=Deactivation(snapshots_of(server), server.store, followers=set()).deactivate,
        meter=counts,
        look_seconds=0.005,
    )


def snapshots_of(server: ComposedServer) -> Snapshots:
    found: Snapshots = server.app.engine._snapshots
    return found


@asynccontextmanager
async def following(*followers: WebhookFollower) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(each.run()) for each in followers]
    try:
        yield
    finally:
        for each in followers:
            each.close()
        await asyncio.gather(*tasks)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not condition():
            await asyncio.sleep(0.005)


@pytest.fixture
def receivers() -> Receivers:
    return Receivers()


@pytest.fixture
def counts() -> Counts:
    return Counts()


async def subscribe(server: ComposedServer, url: str = URL, *, by: Actor | None = None, **filters: Any) -> str:
    subscription = UPDATES | ({"filtersJson": json.dumps(filters)} if filters else {})
    parameters = {"url": url, "name": url, "subscriptions": [subscription]}
    endpoint_id: str = (await server.submit("CREATE_WEBHOOK_ENDPOINT", parameters, by=by)).result["endpointId"]
    return endpoint_id


async def tag(server: ComposedServer, name: str, *, by: Actor | None = None) -> str:
    activity_id: str = (await server.submit("CREATE_USER_TAG", {"userTagName": name, "userIds": []}, by=by)).activity[
        "id"
    ]
    return activity_id


async def test_what_fails_is_tried_again_and_holds_up_what_is_behind_it(
    server: ComposedServer, receivers: Receivers, counts: Counts
) -> None:
    await subscribe(server)
    receivers.statuses[URL] = [503, "no TLS connection came about", 204]
    first, second = await tag(server, "one"), await tag(server, "two")
    async with following(follower_of(server, receivers, counts)):
        for tries, seconds in ((1, WAITS_SECONDS[0]), (2, WAITS_SECONDS[1])):
            await until(lambda tries=tries: counts.tries == ["tried"] * tries)
            await asyncio.sleep(0.03)
            server.clock.advance(seconds=seconds * 0.79)
            await asyncio.sleep(0.03)
            assert receivers.ids() == [first] * tries
            server.clock.advance(seconds=seconds * 0.42)
        await until(lambda: len(receivers.ids()) == 4)
    assert receivers.ids() == [first, first, first, second]
    times, ids, signatures = (
        [headers[f"X-Turnkey-{name}"] for headers in receivers.headers[:3]]
        for name in ("Timestamp", "Event-Id", "Signature")
    )
    assert (len(set(times)), len(set(ids)), len(set(signatures))) == (3, 1, 3)
    assert receivers.came[URL][0] == receivers.came[URL][2]


async def test_who_never_answers_is_given_up_and_what_is_final_at_once(
    server: ComposedServer, receivers: Receivers, counts: Counts
) -> None:
    endpoint_id = await subscribe(server)
    receivers.statuses[URL] = [*["nobody"] * (len(WAITS_SECONDS) + 1), 302, 410, 204]
    ids = [await tag(server, str(number)) for number in range(4)]
    async with following(follower_of(server, receivers, counts)):
        for tries, seconds in enumerate((*WAITS_SECONDS, 0), 1):
            await until(lambda tries=tries: len(counts.tries) >= tries)
            await asyncio.sleep(0.03)
            assert counts.oldest >= 0
            server.clock.advance(seconds=seconds * 1.21)
        await until(lambda: receivers.ids()[-1] == ids[3])
        await until(lambda: len(counts.tries) == len(WAITS_SECONDS) + 4)
    assert counts.tries == ["tried"] * len(WAITS_SECONDS) + ["buried"] * 3 + ["delivered"]
    letters = await server.store.dead_letters(owner_id=server.root.organization_id, after=None, limit=10)
    assert [(letter.endpoint_id, letter.reason) for letter in letters] == [
        (endpoint_id, reason) for reason in ("nobody", "status 302", "status 410")
    ]
    assert await server.store.channels_due() == {}


async def test_an_endpoint_where_nothing_arrives_is_switched_off(
    server: ComposedServer, receivers: Receivers, counts: Counts
) -> None:
    await subscribe(server)
    receivers.statuses[URL] = [404] * (DEATHS_MAX + 20)
    for number in range(DEATHS_MAX - 1):
        await tag(server, str(number))
    async with following(follower_of(server, receivers, counts)):
        await until(lambda: len(counts.tries) == DEATHS_MAX - 1)
        await asyncio.sleep(0.05)
        (endpoint,) = (await server.query("list_webhook_endpoints")).json["webhookEndpoints"]
        assert (endpoint["isActive"], counts.deactivated) == (True, 0)
        await tag(server, "the last")
        await until(lambda: counts.deactivated == 1)
        (endpoint,) = (await server.query("list_webhook_endpoints")).json["webhookEndpoints"]
        assert endpoint["isActive"] is False
        await tag(server, "nobody is told of it")
        assert await server.store.channels_due() == {}
        parameters = {"endpointId": endpoint["endpointId"], "isActive": True}
        assert (await server.submit("UPDATE_WEBHOOK_ENDPOINT", parameters)).result
        receivers.statuses[URL] = []
        again = await tag(server, "told again")
        await until(lambda: receivers.ids()[-1] == again)


async def test_who_is_deleted_or_switched_off_is_told_nothing_more(
    server: ComposedServer, receivers: Receivers, counts: Counts
) -> None:
    deleted, paused = await subscribe(server), await subscribe(server, URL + "paused")
    await tag(server, "one")
    await server.submit("DELETE_WEBHOOK_ENDPOINT", {"endpointId": deleted})
    await server.submit("UPDATE_WEBHOOK_ENDPOINT", {"endpointId": paused, "isActive": False})
    await tag(server, "two")
    await server.submit("UPDATE_WEBHOOK_ENDPOINT", {"endpointId": paused, "isActive": True})
    last = await tag(server, "three")
    async with following(follower_of(server, receivers, counts)):
        await until(lambda: bool(receivers.ids(URL + "paused")))
        async with asyncio.timeout(PATIENCE_SECONDS):
            while await server.store.channels_due():
                await asyncio.sleep(0.005)
    assert (receivers.ids(), receivers.ids(URL + "paused")) == ([], [last])


async def test_filters_are_honoured_and_parents_are_told(
    server: ComposedServer, receivers: Receivers, counts: Counts
) -> None:
    (child,) = await server.add_sub_organization("child")
    await subscribe(server, URL + "parent", types=["ACTIVITY_TYPE_CREATE_USER_TAG"])
    await subscribe(server, URL + "failed", statuses=["ACTIVITY_STATUS_FAILED"])
    await subscribe(server, URL + "child", by=child)
    await server.add_user("somebody")
    own, childs = await tag(server, "one"), await tag(server, "two", by=child)
    async with following(follower_of(server, receivers, counts)):
        await until(lambda: len(counts.tries) == 3)
    assert sorted(receivers.ids(URL + "parent")) == sorted([own, childs])
    assert receivers.ids(URL + "child") == [childs]
    assert receivers.ids(URL + "failed") == []
    to_parent = {headers["X-Turnkey-Organization-Id"] for headers in receivers.headers}
    assert to_parent == {server.root.organization_id, child.organization_id}
    of_child = [each for each in receivers.came[URL + "parent"] if each["id"] == childs]
    assert of_child[0]["organizationId"] == child.organization_id


async def test_each_change_of_a_status_is_told_with_what_is_shown_of_it(
    office: Office, receivers: Receivers, counts: Counts
) -> None:
    """Waiting, voted on, done: as it was at each commit, however late it is sent."""
    server = office.server
    await office.allow(consensus="approvers.count() >= 3")
    await subscribe(server)
    proposal = await office.propose(office.agent)
    for voter in (office.ann, office.bob):
        await office.vote(proposal, voter)
    async with following(follower_of(server, receivers, counts)):
        await until(lambda: len(receivers.came[URL]) == 3)
    told = [(each["status"].removeprefix("ACTIVITY_STATUS_"), len(each["votes"])) for each in receivers.came[URL]]
    assert told == [("CONSENSUS_NEEDED", 1), ("CONSENSUS_NEEDED", 2), ("COMPLETED", 3)]
    assert [each["canApprove"] for each in receivers.came[URL]] == [True, True, False]
    assert {each["id"] for each in receivers.came[URL]} == {proposal.id}


async def test_sessions_are_told_to_nobody(server: ComposedServer, receivers: Receivers, counts: Counts) -> None:
    await subscribe(server)
    made = await server.submit("CREATE_READ_ONLY_SESSION", {})
    assert made.result["session"]
    async with following(follower_of(server, receivers, counts)):
        await until(lambda: len(receivers.came[URL]) == 1)
    assert receivers.came[URL][0]["result"]["createReadOnlySessionResult"]["session"] == ""
    assert made.result["session"] not in json.dumps(receivers.came)


async def test_an_endpoint_has_a_few_at_a_time_and_one_while_it_fails(
    server: ComposedServer, receivers: Receivers, counts: Counts
) -> None:
    await subscribe(server)
    receivers.holding.add(URL)
    receivers.statuses[URL] = [500] * OF_ENDPOINT_MAX
    children = [(await server.add_sub_organization(f"child {number}"))[0] for number in range(2 * OF_ENDPOINT_MAX)]
    for child in children:
        await tag(server, "one", by=child)
    async with following(follower_of(server, receivers, counts)):
        await until(lambda: receivers.at_once[URL] == OF_ENDPOINT_MAX)
        await asyncio.sleep(0.03)
        receivers.held.set()
        await until(lambda: len(counts.tries) >= OF_ENDPOINT_MAX)
        assert receivers.most_at_once[URL] == OF_ENDPOINT_MAX
        receivers.most_at_once[URL] = 0
        await until(lambda: len(counts.tries) > OF_ENDPOINT_MAX)
        assert receivers.most_at_once[URL] <= 1, "that one may have begun before it was counted anew"
        server.clock.advance(seconds=2 * WAITS_SECONDS[0])
        await until(lambda: counts.tries.count("delivered") >= len(children))


async def test_one_of_two_follows_until_it_is_gone(
    server: ComposedServer, receivers: Receivers, counts: Counts
) -> None:
    """On a store that several share; of another there is one follower only."""
    if not hasattr(server.store, "turn"):
        return
    first, second = (follower_of(server, receivers, counts, seed) for seed in (1, 2))
    await subscribe(server)
    async with following(second):
        async with following(first):
            ids = [await tag(server, str(number)) for number in range(10)]
            await until(lambda: len(receivers.ids()) == 10)
        ids.append(await tag(server, "later"))
        await until(lambda: len(receivers.ids()) == 11)
    assert receivers.ids() == ids
    assert await server.store.take_lease("webhooks", "another", now_ms=server.clock.now_ms() - LEASE_MS)


async def test_proofs_are_told_with_what_they_prove(
    server: ComposedServer, receivers: Receivers, counts: Counts
) -> None:
    server.proofs = True
    await server.restart()
    await subscribe(server)
    parameters = {"userTagName": "proven", "userIds": []}
    made = await server.submit("CREATE_USER_TAG", parameters, generateAppProofs=True)
    assert made.activity["appProofs"]
    async with following(follower_of(server, receivers, counts)):
        await until(lambda: len(receivers.came[URL]) == 1)
    assert receivers.came[URL][0]["appProofs"] == made.activity["appProofs"]


async def test_of_what_is_large_only_that_it_is_there_is_told(
    office: Office, receivers: Receivers, counts: Counts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each vote by the same bytes shows the body once more, and each of up to twenty endpoints is told."""
    server = office.server
    await office.allow(consensus="approvers.count() >= 3")
    await subscribe(server)
    proposal = await office.propose(office.agent)
    await office.resend(proposal, office.ann)
    monkeypatch.setattr(announce, "UPDATE_BYTES_MAX", 1)
    await office.resend(proposal, office.bob)
    async with following(follower_of(server, receivers, counts)):
        await until(lambda: len(receivers.came[URL]) == 3)
    *whole, large = receivers.came[URL]
    assert [len(each["votes"]) for each in whole] == [1, 2]
    head = {name: whole[0][name] for name in ("id", "organizationId", "type", "fingerprint", "createdAt")}
    assert large.pop("updatedAt")
    done = {"status": "ACTIVITY_STATUS_COMPLETED", "result": {}, "canApprove": False, "canReject": False}
    assert large == head | done
