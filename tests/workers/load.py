"""Clients that write as fast as they are answered, and keep a record of it."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

from composed import user_params
from counterseal.crypto import Curve, generate_key_pair
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
        """Make sub-organizations, one after the other."""
        connection, key = Connection(self._server), generate_key_pair(Curve.P256)
        while not self.stopping.is_set():
            name = f"{client} {len(self.acknowledged)} {len(self.failures)}"
            parameters = {
                "subOrganizationName": name,
                "rootUsers": [user_params("root", key)],
                "rootQuorumThreshold": 1,
            }
            try:
                status, reply = connection.submit("CREATE_SUB_ORGANIZATION_V8", "create_sub_organization", parameters)
            except (OSError, http.client.HTTPException) as error:
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
