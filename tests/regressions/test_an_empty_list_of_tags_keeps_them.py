"""An ``update_user`` with ``userTagIds: []`` took every tag away, and with it what policies allow by tags. The Rust
client sends that list with each update, because its type knows no absent one; ``@turnkey/sdk-browser`` sends it, too.
"""

from __future__ import annotations

import pytest

from composed import ComposedServer


@pytest.mark.parametrize("given", [{"userEmail": "ada@example.com"}, {"userName": "ada l."}, {}])
async def test_tags_are_kept(server: ComposedServer, given: dict[str, str]) -> None:
    ada = await server.add_user("ada")
    tag = {"userTagName": "team", "userIds": [ada.user_id]}
    tag_id = (await server.submit("CREATE_USER_TAG", tag)).result["userTagId"]
    update = {"userId": ada.user_id, "userTagIds": []} | given
    assert (await server.submit("UPDATE_USER", update)).status == 200
    user = (await server.query("get_user", by=ada, userId=ada.user_id)).json["user"]
    assert user["userTags"] == [tag_id]
    assert given.items() <= user.items()


async def test_the_last_tag_is_taken_away_by_update_user_tag(server: ComposedServer) -> None:
    ada = await server.add_user("ada")
    tag = {"userTagName": "team", "userIds": [ada.user_id]}
    tag_id = (await server.submit("CREATE_USER_TAG", tag)).result["userTagId"]
    update = {"userTagId": tag_id, "addUserIds": [], "removeUserIds": [ada.user_id]}
    assert (await server.submit("UPDATE_USER_TAG", update)).status == 200
    assert (await server.query("get_user", by=ada, userId=ada.user_id)).json["user"]["userTags"] == []
