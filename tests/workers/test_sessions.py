"""A session opened at one worker is a session at all of them, and after a restart."""

from __future__ import annotations

from collections.abc import Callable

from counterseal.crypto import Curve, generate_key_pair
from served import RunningServer
from workers.connections import connections_to_all_workers, worker_of


def test_sessions_are_everywhere_and_outlive_the_processes(start_server: Callable[..., RunningServer]) -> None:
    server = start_server("--workers=2")
    key = generate_key_pair(Curve.P256)
    with connections_to_all_workers(server) as connections:
        first, *_ = connections
        _, login = first.submit("STAMP_LOGIN", "stamp_login", {"publicKey": key.public_key.hex()})
        assert login["activity"]["status"] == "ACTIVITY_STATUS_COMPLETED"
        _, opened = first.submit("CREATE_READ_ONLY_SESSION", "create_read_only_session", {}, key=key)
        token = opened["activity"]["result"]["createReadOnlySessionResult"]["session"]
        for connection in connections:
            assert connection.read("whoami", token)[1]["userId"] == server.user_id
            status, shown = connection.query("get_activity", key=key, activityId=opened["activity"]["id"])
            assert status == 200
            assert shown["activity"]["result"] == opened["activity"]["result"], "the token of one's own session"
            status, refused = connection.read("whoami", token[:-2])
            assert (status, refused["turnkeyErrorCode"]) == (401, "UNAUTHENTICATED")
        assert len({worker_of(server, connection.request_ids[-1]) for connection in connections}) == 2
    server.kill()
    server.start("--workers=2")
    with connections_to_all_workers(server) as connections:
        for connection in connections:
            assert connection.read("whoami", token)[1]["userId"] == server.user_id
            assert connection.query("whoami", key=key)[0] == 200
    assert server.stop() == 0
