"""The same history on both stores gives the same replies, to the byte, but for ids, keys and signatures."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from test_the_past_can_be_read import STEPS, Life, histories

from composed import ComposedServer, Reply
from postgres_server import PostgresServer
from replies import Names
from store_kinds import StoreKind

QUERIES = (
    "list_users",
    "list_user_tags",
    "list_policies",
    "list_private_key_tags",
    "list_smart_contract_interfaces",
    "list_webhook_endpoints",
    "list_activities",
    "get_organization",
    "whoami",
)


@dataclass
class Recorded(ComposedServer):
    """Remembers what it has said to each request."""

    said: list[str] = field(default_factory=list)
    names: Names = field(default_factory=Names)

    async def call(self, *arguments: Any, **members: Any) -> Reply:
        reply = await super().call(*arguments, **members)
        self.said.append(self.names.without(reply))
        return reply


async def make_rows(life: Life, number: int) -> None:
    """And alter, and remove: what is no part of a snapshot."""
    name = {"privateKeyTagName": f"tag {number % 3}"}
    await life.server.submit("CREATE_PRIVATE_KEY_TAG", name, by=life.root)
    endpoint = {"url": "https://hooks.example.com/", "name": f"hook {number % 4}"}
    await life.server.submit("CREATE_WEBHOOK_ENDPOINT", endpoint, by=life.root)
    texts = {"smartContractInterface": "[]", "label": "contract", "type": "SMART_CONTRACT_INTERFACE_TYPE_ETHEREUM"}
    interface = texts | {"smartContractAddress": f"0x{number % 3:040x}"}
    await life.server.submit("CREATE_SMART_CONTRACT_INTERFACE", interface, by=life.root)
    tags = (await life.server.query("list_private_key_tags", by=life.root)).json["privateKeyTags"]
    if tags and number % 5 == 0:
        await life.server.submit("DELETE_PRIVATE_KEY_TAGS", {"privateKeyTagIds": [tags[-1]["tagId"]]}, by=life.root)


async def vote_twice(life: Life, number: int) -> None:
    """The same user on the same activity."""
    for _ in range(2):
        await Life.vote(life, number)


ALL_STEPS = [*STEPS, make_rows, make_rows, vote_twice]

longer_histories = st.lists(st.tuples(st.integers(0, len(ALL_STEPS) - 1), st.integers(0, 2**16)), max_size=40)


@pytest.mark.slow
@settings(
    max_examples=20,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[
        Phase.explicit,
        Phase.reuse,
        Phase.generate,
    ],  # a history takes a second: to make it shorter would take long
)
@given(history=st.one_of(longer_histories, histories))
def test_whatever_has_been(postgres: PostgresServer, history: list[tuple[int, int]]) -> None:
    kinds = StoreKind(), StoreKind(postgres)
    one, other = (asyncio.run(_said(kind, history)) for kind in kinds)
    assert len(one) > len(QUERIES)
    for each, as_well in zip(one, other, strict=True):
        assert each == as_well
    kinds[1].clear()


async def _said(store_kind: StoreKind, history: list[tuple[int, int]]) -> list[str]:
    with TemporaryDirectory() as directory:
        server = await Recorded.start(Path(directory), database=store_kind.new_database())
        (root,) = await server.add_sub_organization("root of sub")
        life = Life(server, root)
        await life.add_user(1)
        await life.change_policies(0)
        for which, number in history:
            await life.look()
            await ALL_STEPS[which](life, number)
        for query in QUERIES:
            for reader in (root, *life.users[:2]):
                await server.query(query, by=reader)
        page = {"paginationOptions": {"limit": "100"}}
        for activity in (await server.query("list_activities", by=root, **page)).json["activities"]:
            for query in ("get_activity", "get_policy_evaluations"):
                await server.query(query, by=root, activityId=activity["id"])
        await server.app.stop()
        return server.said
