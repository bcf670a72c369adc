"""A query's reader: bound to one organization, and a parent's right to what happened below it."""

from __future__ import annotations

from composed import Actor, ComposedServer
from counterseal.queries import Reader


async def activity_by(server: ComposedServer, actor: Actor) -> str:
    activity_id: str = (await server.submit("CREATE_READ_ONLY_SESSION", {}, by=actor)).activity["id"]
    return activity_id


async def reader_of(server: ComposedServer, actor: Actor) -> Reader:
    organization = await server.store.snapshot(actor.organization_id)
    assert organization is not None
    return Reader(server.store, organization)


async def test_a_parent_reads_below_and_nobody_reads_above_or_beside(server: ComposedServer) -> None:
    (child,) = await server.add_sub_organization("child")
    (sibling,) = await server.add_sub_organization("sibling")
    owners = (server.root, child, sibling)
    activities = [await activity_by(server, owner) for owner in owners]
    seen: dict[str, list[list[bool]]] = {"own": [], "family": []}
    for owner in owners:
        reader = await reader_of(server, owner)
        seen["own"].append([await reader.activity(id_) is not None for id_ in activities])
        seen["family"].append([await reader.activity_of_family(id_) is not None for id_ in activities])
    assert seen["own"] == [[True, False, False], [False, True, False], [False, False, True]]
    assert seen["family"] == [[True, True, True], [False, True, False], [False, False, True]]


async def test_lists_are_those_of_the_organization(server: ComposedServer) -> None:
    (child,) = await server.add_sub_organization("child")
    first = await activity_by(server, child)
    page = {"limit": 100, "before": None, "after": None}
    parent, below = await reader_of(server, server.root), await reader_of(server, child)
    assert await below.activity_ids(statuses=(), types=(), **page) == [first]  # type: ignore[arg-type]
    assert first not in await parent.activity_ids(statuses=(), types=(), **page)  # type: ignore[arg-type]
    assert await parent.sub_organization_ids(matching=None, **page) == [child.organization_id]  # type: ignore[arg-type]
    assert await below.sub_organization_ids(matching=None, **page) == []  # type: ignore[arg-type]
