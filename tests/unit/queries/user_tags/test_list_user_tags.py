"""list_user_tags."""

from __future__ import annotations

from composed import START_MS, ComposedServer


async def test_all_tags_oldest_first(server: ComposedServer) -> None:
    assert (await server.query("list_user_tags")).json == {"userTags": []}
    made = [await server.submit("CREATE_USER_TAG", {"userTagName": name, "userIds": []}) for name in "ba"]
    at = {"seconds": str(START_MS // 1000), "nanos": "0"}
    expected = [
        {
            "tagId": reply.result["userTagId"],
            "tagName": name,
            "tagType": "TAG_TYPE_USER",
            "createdAt": at,
            "updatedAt": at,
        }
        for reply, name in zip(made, "ba", strict=True)
    ]
    assert (await server.query("list_user_tags")).json == {"userTags": expected}
    await server.restart()
    assert (await server.query("list_user_tags")).json == {"userTags": expected}
