"""CREATE_, UPDATE_ and DELETE_WEBHOOK_ENDPOINT, and the list."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

import sample
from composed import Actor, ComposedServer, Reply
from counterseal.activities import Outcome, unit_of
from counterseal.activities.webhook_endpoints.subscriptions import FILTERS_CHARACTERS_MAX
from counterseal.contract.errors import LimitExceeded, NotFound
from counterseal.contract.shapes import (
    ActivityStatus,
    ActivityType,
    CreateWebhookEndpointIntent,
    DeleteWebhookEndpointIntent,
    UpdateWebhookEndpointIntent,
)
from counterseal.organizations import (
    Put,
    Removed,
    Row,
    View,
    WebhookChannel,
    WebhookChannelClosed,
    WebhookChannelOpened,
    WebhookEndpoint,
    WebhookSubscription,
)
from office import Office, status_of
from rows_at_hand import supply

NOBODY = "00000000-0000-4000-8000-0000000000ff"
URL = "https://hooks.example.com/turnkey"
UPDATES = {"eventType": "ACTIVITY_UPDATES"}
OF_BILLING = ("BALANCE_CONFIRMED_UPDATES", "BALANCE_FINALIZED_UPDATES", "SEND_TRANSACTION_STATUS_UPDATES")


async def create(server: ComposedServer, name: str = "hook", *, by: Actor | None = None, **more: Any) -> Reply:
    parameters = {"url": URL, "name": name, "subscriptions": [UPDATES]} | more
    return await server.submit("CREATE_WEBHOOK_ENDPOINT", parameters, by=by)


async def make(server: ComposedServer, name: str = "hook", **more: Any) -> str:
    endpoint_id: str = (await create(server, name, **more)).result["endpointId"]
    return endpoint_id


async def endpoints(server: ComposedServer, **asked: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await server.query("list_webhook_endpoints", **asked)).json["webhookEndpoints"]
    return found


def carried_out(kind: str, intent: Any, *rows: Row) -> Outcome:
    unit = unit_of(kind)
    assert unit is not None
    view = View(sample.organization(sample.user()), initiator_id=sample.uuid(1))
    supply(unit, intent, view, *rows)
    outcome: Outcome = unit.check(intent, view, sample.world()).found
    return outcome


def row(number: int, **members: Any) -> WebhookEndpoint:
    return WebhookEndpoint(**({"id": sample.uuid(number), "name": f"hook {number}", "url": URL} | members))


def test_units_say_what_becomes_of_rows() -> None:
    one = row(1, revision=7)
    made = carried_out("CREATE_WEBHOOK_ENDPOINT", CreateWebhookEndpointIntent(url=URL, name="hook 2"), one)
    (put,) = made.rows
    assert put == Put(row=row(2, id=put.row.id))
    assert made.changes == ()
    channel = WebhookChannel(id="channel", endpoint_id=row(3).id, filters='{"types":[]}')
    told = row(3, subscriptions=(WebhookSubscription(event_type="ACTIVITY_UPDATES", filters=channel.filters),))
    opened, changes = told.opened(channel.id)
    assert (opened.channel_id, changes) == (channel.id, (WebhookChannelOpened(channel=channel),))
    assert opened.opened("another") == (opened, ())
    assert opened.closed() == (told, (WebhookChannelClosed(channel_id=channel.id),))
    assert told.closed() == (told, ())
    update = UpdateWebhookEndpointIntent(endpoint_id=one.id, is_active=False)
    assert carried_out("UPDATE_WEBHOOK_ENDPOINT", update, one, row(2)).rows == (
        Put(row=row(1, revision=7, is_active=False), replaces=one),
    )
    delete = DeleteWebhookEndpointIntent(endpoint_id=one.id)
    assert carried_out("DELETE_WEBHOOK_ENDPOINT", delete, one, row(2)).rows == (Removed(row=one),)
    with pytest.raises(NotFound, match=f"unable to find webhook endpoint {one.id} in organization "):
        carried_out("DELETE_WEBHOOK_ENDPOINT", delete, row(2))
    with pytest.raises(LimitExceeded, match="exceeded maximum webhook endpoints: at most 10"):
        intent = CreateWebhookEndpointIntent(url=URL, name="one too many")
        carried_out("CREATE_WEBHOOK_ENDPOINT", intent, *map(row, range(1, 11)))


async def test_an_endpoint_lives(server: ComposedServer) -> None:
    filters = '{"types": ["ACTIVITY_TYPE_CREATE_USERS_V4"]}'
    reply = await create(server, subscriptions=[UPDATES | {"filtersJson": filters}])
    shown = {
        "endpointId": reply.result["endpointId"],
        "organizationId": server.root.organization_id,
        "url": URL,
        "name": "hook",
        "isActive": True,
        "subscriptions": [{"eventType": "ACTIVITY_UPDATES", "filtersJson": filters, "isActive": True}],
    }
    expected = {"endpointId": shown["endpointId"], "webhookEndpoint": shown}
    assert reply.activity["result"] == {"createWebhookEndpointResult": expected}
    assert await endpoints(server) == [shown]
    changed = {"endpointId": shown["endpointId"], "url": "https://example.com", "name": "other", "isActive": False}
    reply = await server.submit("UPDATE_WEBHOOK_ENDPOINT", changed)
    shown |= changed
    assert reply.result == {"endpointId": shown["endpointId"], "webhookEndpoint": shown}
    await server.restart()
    assert await endpoints(server) == [shown]
    reply = await server.submit("DELETE_WEBHOOK_ENDPOINT", {"endpointId": shown["endpointId"]})
    assert reply.result == {"endpointId": shown["endpointId"]}
    assert await endpoints(server) == []


async def test_what_is_not_given_stays(server: ComposedServer) -> None:
    id_ = await make(server, subscriptions=[UPDATES | {"isActive": False}])
    (before,) = await endpoints(server)
    assert before["subscriptions"] == [{"eventType": "ACTIVITY_UPDATES", "isActive": False}]
    for change in ({}, {"name": "new"}, {"isActive": False}, {"url": "https://a.com"}, {"isActive": True}):
        reply = await server.submit("UPDATE_WEBHOOK_ENDPOINT", {"endpointId": id_.upper()} | change)
        before |= change
        assert reply.result["webhookEndpoint"] == before
        assert await endpoints(server) == [before]


async def test_the_list_is_in_the_order_of_creation(server: ComposedServer) -> None:
    ids = [await make(server, subscriptions=[]) for _ in range(3)]
    assert [each["endpointId"] for each in await endpoints(server)] == ids
    assert (await endpoints(server))[0]["subscriptions"] == []


REFUSED: dict[str, tuple[dict[str, Any], tuple[int, int], str]] = {
    "no name": ({"name": ""}, (400, 3), "invalid request body: expected 1 to 255 characters, got 0 at `name`"),
    "http": ({"url": "http://example.com"}, (400, 3), "invalid webhook URL: "),
    "metadata": ({"url": "https://169.254.169.254"}, (400, 3), "invalid webhook URL: 169.254.169.254 is no public"),
    "unknown type": (
        {"subscriptions": [{"eventType": "ACTIVITY"}]},
        (400, 3),
        "invalid request body: expected one of ACTIVITY_UPDATES, BALANCE_CONFIRMED_UPDATES, BALANCE_FINALIZED_UPDATES,"
        " SEND_TRANSACTION_STATUS_UPDATES, got `ACTIVITY` at `subscriptions[0].eventType`",
    ),
    "twice": ({"subscriptions": [UPDATES] * 2}, (400, 3), "invalid request body: expected different types, got "),
    "eleven": ({"subscriptions": [UPDATES] * 11}, (400, 3), "invalid request body: expected at most 10 items at "),
}


@pytest.mark.parametrize(("parameters", "status", "message"), REFUSED.values(), ids=REFUSED)
async def test_refusals(
    server: ComposedServer, parameters: dict[str, Any], status: tuple[int, int], message: str
) -> None:
    reply = await create(server, **parameters)
    assert reply.error[:2] == status
    assert reply.message.startswith(message)
    assert await endpoints(server) == []


@pytest.mark.parametrize("event_type", OF_BILLING)
async def test_what_never_happens_here_is_not_promised(server: ComposedServer, event_type: str) -> None:
    given = [UPDATES, {"eventType": event_type}]
    reply = await create(server, subscriptions=given)
    assert reply.error == (501, 12, "")
    assert reply.message == f"`subscriptions[1].eventType` {event_type} is not implemented"
    (child,) = await server.add_sub_organization("child")
    reply = await create(server, by=child, subscriptions=given)
    assert reply.error == (403, 7, "REQUEST_NOT_AUTHORIZED")
    assert reply.message == f"a sub-organization cannot subscribe to {event_type}: its parent can"


ALL = {"types": [each.value for each in ActivityType], "statuses": [each.value for each in ActivityStatus]}
STATUS = ActivityStatus.COMPLETED.value


@pytest.mark.parametrize("filters", ["{}", "{ }", json.dumps({"statuses": [STATUS]}), json.dumps(ALL)])
async def test_filters_are_kept_as_they_are(server: ComposedServer, filters: str) -> None:
    await make(server, subscriptions=[UPDATES | {"filtersJson": filters}])
    assert (await endpoints(server))[0]["subscriptions"][0]["filtersJson"] == filters


@pytest.mark.parametrize(
    "filters",
    [
        *["", "[]", "1", "null", "{", '{"types":[]}', '{"types":"ACTIVITY_TYPE_CREATE_USERS"}', '{"types":[1]}'],
        *['{"types":["CREATE_USERS"]}', '{"statuses":["COMPLETED"]}', '{"other":["a"]}', '{"types":[null]}'],
        '{"types":["ACTIVITY_TYPE_CREATE_USERS","ACTIVITY_TYPE_CREATE_USERS"]}',
        '{"types":["ACTIVITY_TYPE_CREATE_USERS"],"types":["ACTIVITY_TYPE_CREATE_USERS"]}',
        '{"types":[{"a":[]}]}',
        "{}" + " " * FILTERS_CHARACTERS_MAX,
        "[" * 10_000,
    ],
)
async def test_other_filters_are_refused(server: ComposedServer, filters: str) -> None:
    reply = await create(server, subscriptions=[UPDATES | {"filtersJson": filters}])
    assert reply.error == (400, 3, "REQUEST_INVALID")
    assert "at `subscriptions[0].filtersJson" in reply.message


async def test_unknown_ids(server: ComposedServer) -> None:
    (child,) = await server.add_sub_organization("child")
    foreign = await make(server, by=child)
    for kind in ("UPDATE_WEBHOOK_ENDPOINT", "DELETE_WEBHOOK_ENDPOINT"):
        for id_, error in ((NOBODY, 404), (foreign, 404), ("x", 400), ("", 400)):
            assert (await server.submit(kind, {"endpointId": id_})).status == error
    assert [each["endpointId"] for each in await endpoints(server, by=child)] == [foreign]
    below = await endpoints(server, organizationId=child.organization_id)
    assert [each["endpointId"] for each in below] == [foreign], "a parent reads below"


async def test_the_limit_is_exact_whoever_asks_at_once(server: ComposedServer) -> None:
    replies = await asyncio.gather(*(create(server, f"hook {number}") for number in range(14)))
    assert sorted(reply.status for reply in replies) == [200] * 10 + [429] * 4
    assert {reply.error for reply in replies if reply.status != 200} == {(429, 8, "")}
    ids = [each["endpointId"] for each in await endpoints(server)]
    assert len(ids) == 10
    replies = await asyncio.gather(
        create(server), server.submit("DELETE_WEBHOOK_ENDPOINT", {"endpointId": ids[0]}), create(server), create(server)
    )
    assert [reply.status for reply in replies] == [429, 200, 200, 429]


async def test_one_endpoint_is_altered_by_many_at_once(server: ComposedServer) -> None:
    id_ = await make(server)
    changes = [{"name": "new"}, {"isActive": False}, {"url": "https://a.com"}, {"name": "newest"}]
    replies = await asyncio.gather(
        *(server.submit("UPDATE_WEBHOOK_ENDPOINT", {"endpointId": id_} | change) for change in changes)
    )
    assert [reply.status for reply in replies] == [200] * 4
    (shown,) = await endpoints(server)
    assert (shown["name"], shown["isActive"], shown["url"]) == ("newest", False, "https://a.com")
    replies = await asyncio.gather(*(server.submit("DELETE_WEBHOOK_ENDPOINT", {"endpointId": id_}) for _ in range(3)))
    assert sorted(reply.status for reply in replies) == [200, 404, 404]


async def test_policies_decide_by_resource_and_by_endpoint(office: Office) -> None:
    server = office.server
    one, other = await make(server, "one"), await make(server, "other")
    assert (await create(server, by=office.ann)).status == 403
    await office.allow("activity.resource == 'WEBHOOK_ENDPOINT' && activity.action == 'CREATE'")
    assert status_of(await create(server, by=office.ann)) == "COMPLETED"
    await office.allow(f"activity.kind == 'UPDATE_WEBHOOK_ENDPOINT' && activity.params.endpoint_id == '{one}'")
    for id_, status in ((one, 200), (other, 403)):
        reply = await server.submit("UPDATE_WEBHOOK_ENDPOINT", {"endpointId": id_, "name": "new"}, by=office.ann)
        assert reply.status == status


async def test_an_approval_hours_later_finds_what_is_there_then(office: Office) -> None:
    server = office.server
    await office.allow("activity.resource == 'WEBHOOK_ENDPOINT'", "approvers.count() >= 2")
    id_ = await make(server)
    bodies = {
        kind: server.activity_body(kind, {"endpointId": id_} | more)
        for kind, more in (("UPDATE_WEBHOOK_ENDPOINT", {"name": "late"}), ("DELETE_WEBHOOK_ENDPOINT", {}))
    }
    new = server.activity_body("CREATE_WEBHOOK_ENDPOINT", {"url": URL, "name": "eleventh"})

    async def post(kind: str, body: bytes, by: Actor) -> Reply:
        return await server.post(f"/public/v1/submit/{kind.lower()}", body, by=by)

    for kind, body in (*bodies.items(), ("CREATE_WEBHOOK_ENDPOINT", new)):
        assert status_of(await post(kind, body, office.ann)) == "CONSENSUS_NEEDED"
    assert (await endpoints(server))[0]["name"] == "hook", "nothing is done before it is allowed"
    await server.submit("UPDATE_WEBHOOK_ENDPOINT", {"endpointId": id_, "url": "https://a.com"})
    server.clock.advance(seconds=3 * 60 * 60)
    assert (
        status_of(await post("UPDATE_WEBHOOK_ENDPOINT", bodies["UPDATE_WEBHOOK_ENDPOINT"], office.bob)) == "COMPLETED"
    )
    (shown,) = await endpoints(server)
    assert (shown["name"], shown["url"]) == ("late", "https://a.com"), "what came in between stays"
    for number in range(9):
        await make(server, f"hook {number}")
    late = await post("CREATE_WEBHOOK_ENDPOINT", new, office.bob)
    assert status_of(late) == "FAILED"
    assert late.activity["failure"]["code"] == 8
    await server.submit("DELETE_WEBHOOK_ENDPOINT", {"endpointId": id_})
    late = await post("DELETE_WEBHOOK_ENDPOINT", bodies["DELETE_WEBHOOK_ENDPOINT"], office.bob)
    assert (status_of(late), late.activity["failure"]["code"]) == ("FAILED", 5)
    assert len(await endpoints(server)) == 9


async def test_a_dry_run_reads_rows_and_leaves_them(office: Office) -> None:
    server = office.server
    id_ = await make(server)
    for kind, parameters, said in (
        ("CREATE_WEBHOOK_ENDPOINT", {"url": URL, "name": "another"}, "OUTCOME_ALLOW"),
        ("UPDATE_WEBHOOK_ENDPOINT", {"endpointId": id_, "name": "new"}, "OUTCOME_ALLOW"),
        ("DELETE_WEBHOOK_ENDPOINT", {"endpointId": id_}, "OUTCOME_ALLOW"),
        ("DELETE_WEBHOOK_ENDPOINT", {"endpointId": NOBODY}, 404),
        ("DELETE_WEBHOOK_ENDPOINT", {"endpointId": "x"}, 400),
    ):
        answer = (await office.simulate(server.activity_body(kind, parameters), by=office.root)).json
        assert (answer.get("outcome") or answer["refusal"]["httpStatus"]) == said
    (shown,) = await endpoints(server)
    assert shown["name"] == "hook"
