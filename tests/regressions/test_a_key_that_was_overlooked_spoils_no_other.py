"""A unit that overlooks that a key is taken learns it from the database. On SQLite all that was to be stored together
with it was answered 503.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from composed import ComposedServer, Reply
from counterseal.store import RowKey


async def test_only_who_asks_for_it_is_not_served(server: ComposedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (await tag(server, "taken")).status == 200
    with monkeypatch.context() as overlooking:
        overlooking.setattr(server.store, "rows", nothing)
        replies = await asyncio.gather(*(tag(server, name) for name in ("one", "taken", "two", "three")))
    assert [reply.status for reply in replies] == [200, 503, 200, 200]
    listed = (await server.query("list_private_key_tags")).json["privateKeyTags"]
    assert sorted(each["tagName"] for each in listed) == ["one", "taken", "three", "two"]


async def tag(server: ComposedServer, name: str) -> Reply:
    return await server.submit("CREATE_PRIVATE_KEY_TAG", {"privateKeyTagName": name})


async def nothing(_organization_id: str, keys: Sequence[RowKey]) -> dict[RowKey, tuple[Any, ...]]:
    return dict.fromkeys(keys, ())
