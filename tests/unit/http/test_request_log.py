"""The line that is logged for each request: ids to find things by, and nothing that was sent."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
import structlog
from structlog.testing import capture_logs

from composed import ComposedServer, Reply, user_params
from counterseal.crypto import Curve, generate_key_pair
from counterseal.logs import configure_logs
from counterseal.store import StoreError

Line = dict[str, Any]
Lines = Callable[[], Awaitable[list[Line]]]

COMMON = {"event", "method", "path", "status", "ms", "level", "timestamp"}


@pytest.fixture
def lines(server: ComposedServer, capsysbinary: pytest.CaptureFixture[bytes]) -> Iterator[Lines]:
    """Gives the lines that have been written since it was last asked."""
    server.app.http.log_request = configure_logs()

    async def written() -> list[Line]:
        await asyncio.sleep(0)  # lines are written when the turn of the event loop has ended
        return [json.loads(line) for line in capsysbinary.readouterr().err.splitlines()]

    yield written
    structlog.reset_defaults()


def ids_of(line: Line) -> Line:
    """Without what every line has."""
    return {name: value for name, value in line.items() if name not in COMMON}


async def create_user(server: ComposedServer, **members: Any) -> Reply:
    parameters = {"users": [user_params("somebody", generate_key_pair(Curve.P256))]}
    return await server.submit("CREATE_USERS_V4", parameters, **members)


async def test_a_write_names_its_activity(server: ComposedServer, lines: Lines) -> None:
    reply = await create_user(server)
    assert ids_of((await lines())[-1]) == {
        "request_id": reply.headers["x-request-id"],
        "organization_id": server.root.organization_id,
        "activity_id": reply.activity["id"],
        "activity_type": "ACTIVITY_TYPE_CREATE_USERS_V4",
    }


async def test_a_denied_write_names_its_activity_too(server: ComposedServer, lines: Lines) -> None:
    nobody = await server.add_user("nobody")
    reply = await create_user(server, by=nobody)
    assert reply.status == 403
    assert ids_of((await lines())[-1]).keys() == {"request_id", "organization_id", "activity_id", "activity_type"}


async def test_a_vote_names_what_it_is_about(server: ComposedServer, lines: Lines) -> None:
    one, two = await server.add_sub_organization("one", "two", threshold=2)
    activity = (await create_user(server, by=one)).activity
    await server.submit("APPROVE_ACTIVITY", {"fingerprint": activity["fingerprint"]}, by=two)
    line = (await lines())[-1]
    assert line["activity_id"] == activity["id"]
    assert line["activity_type"] == "ACTIVITY_TYPE_CREATE_USERS_V4"
    assert line["organization_id"] == one.organization_id


async def test_queries_and_refusals_name_the_organization_once_it_is_known(
    server: ComposedServer, lines: Lines
) -> None:
    await server.query("whoami")
    await server.submit("CREATE_USERS_V4", {"users": []})
    for line in await lines():
        assert ids_of(line).keys() == {"request_id", "organization_id"}
    reply = await server.post("/public/v1/query/whoami", b"{}", by=None)
    assert ids_of((await lines())[-1]) == {"request_id": reply.headers["x-request-id"]}


async def test_nothing_that_was_sent_is_logged(server: ComposedServer, lines: Lines) -> None:
    await create_user(server)
    said = str(await lines())
    assert "/public/v1/submit/create_users" in said
    assert "somebody" not in said
    assert server.root.public_key not in said


async def test_errors_name_the_request(server: ComposedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise StoreError("disk I/O error")

    replies = []
    with capture_logs() as said:
        monkeypatch.setattr(server.store, "commit", fail)
        replies.append(await create_user(server))
        monkeypatch.setattr(server.store, "known_fingerprints", fail)
        replies.append(await create_user(server))
        monkeypatch.setattr(server.store, "activity_ids", fail)
        replies.append(await server.query("list_activities"))
    errors = [line for line in said if line["log_level"] == "error"]
    assert [line["event"] for line in errors] == ["commit failed", "store failed", "store failed"]
    named = [line.get("request_id") or line["request_ids"][0] for line in errors]
    assert named == [reply.headers["x-request-id"] for reply in replies]


async def test_a_path_is_logged_within_a_bound_and_without_its_query(server: ComposedServer, lines: Lines) -> None:
    for path in f"/{'x' * 2000}", "/livez?secret", "/%1b%5b2J":
        await server.call("GET", path)
    assert [line["path"] for line in await lines()] == [f"/{'x' * 127}…", "/livez", "/%1b%5b2J"]
