"""An organization that is made with rows has them at once, and nobody else does."""

from __future__ import annotations

import pytest

import units_of_tests
from composed import Actor, ComposedServer


async def tags(server: ComposedServer, by: Actor) -> list[str]:
    found = (await server.query("list_private_key_tags", by=by)).json["privateKeyTags"]
    return [tag["tagName"] for tag in found]


async def test_a_new_organization_begins_with_its_rows(server: ComposedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    units_of_tests.founding(monkeypatch)
    (sub,) = await server.add_sub_organization("sub")
    (other,) = await server.add_sub_organization("other")
    assert [await tags(server, each) for each in (sub, other, server.root)] == [["first"], ["first"], []]
    taken = await server.submit("CREATE_PRIVATE_KEY_TAG", {"privateKeyTagName": "first", "privateKeyIds": []}, by=sub)
    assert taken.status == 400
