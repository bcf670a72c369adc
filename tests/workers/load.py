"""Clients that write as fast as they are answered, and keep a record of it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

from served import RunningServer
from workers.connections import Connection, wait_until


class Load:
    """What has been acknowledged, and what went wrong."""

    def __init__(self, server: RunningServer) -> None:
        self._server = server
        self.acknowledged: list[str] = []
        """Ids of activities."""
        self.failures: list[str] = []
        self.stopping = threading.Event()

    def run(self, client: int) -> None:
        """Make user tags of different names, one after the other."""
        connection, made = Connection(self._server), 0
        while not self.stopping.is_set():
            made += 1
            parameters = {"userTagName": f"tag {client} {made} {len(self.failures)}", "userIds": []}
            try:
                status, reply = connection.submit("CREATE_USER_TAG", "create_user_tag", parameters)
            except OSError as error:
                self.failures.append(f"{type(error).__name__}: {error}")
                connection.close()
                self.stopping.wait(0.05)
                continue
            if status == 200:
                self.acknowledged.append(reply["activity"]["id"])
            else:
                self.failures.append(f"{status}: {reply}")
        connection.close()

    def wait_for_more(self, count: int = 20) -> None:
        """Until so many more are acknowledged."""
        enough = len(self.acknowledged) + count
        wait_until(lambda: len(self.acknowledged) >= enough)

    def lost(self) -> list[str]:
        """Acknowledged activities that the server does not show."""
        with closing(Connection(self._server)) as connection:
            return [id_ for id_ in self.acknowledged if connection.query("get_activity", activityId=id_)[0] != 200]


@contextmanager
def load_on(server: RunningServer, *, clients: int = 6) -> Iterator[Load]:
    """Some clients at work; they have stopped at the end."""
    load = Load(server)
    threads = [threading.Thread(target=load.run, args=(client,)) for client in range(clients)]
    for thread in threads:
        thread.start()
    try:
        load.wait_for_more()
        yield load
    finally:
        load.stopping.set()
        for thread in threads:
            thread.join(60)
