"""Clients that create sub-organizations, and send the same bytes again, to any server, until they are told what came of
them.
"""

from __future__ import annotations

import itertools
import json
import threading
import time
import urllib.error
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPException
from typing import Any

from counterseal.crypto import Curve, generate_key_pair, sign_stamp
from served import RunningServer, activity_body

_SUBMIT = "/public/v1/submit/create_sub_organization"
_PATIENCE = 600
_BETWEEN_SECONDS = 0.1


class Load:
    """``acknowledged``: by the name of each sub-organization the activity that a server said to be done."""

    def __init__(self, servers: Sequence[RunningServer]) -> None:
        self._servers = servers
        self._numbers = itertools.count()
        self._key = generate_key_pair(Curve.P256).public_key.hex()
        self._lock = threading.Lock()
        self._ends = threading.Event()
        self.acknowledged: dict[str, str] = {}
        self.statuses: Counter[int] = Counter()
        self.broken = 0
        """Connections that broke, and were refused."""
        self.faults: list[str] = []

    @contextmanager
    def running(self, clients: int = 4) -> Iterator[None]:
        """With so many clients at work; at the end each waits until its last one is done."""
        threads = [threading.Thread(target=self._send_all, args=(number,)) for number in range(clients)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._ends.set()
            for thread in threads:
                thread.join()
        assert not self.faults, self.faults[:3]

    def wait_for(self, count: int) -> None:
        """Until so many more are acknowledged."""
        wanted = len(self.acknowledged) + count
        for _ in range(_PATIENCE):
            if len(self.acknowledged) >= wanted:
                return
            time.sleep(_BETWEEN_SECONDS)
        raise TimeoutError(f"{len(self.acknowledged)} of {wanted}, and replies {self.statuses}")

    def require_each_once(self, server: RunningServer) -> None:
        """What was acknowledged is there, by the activity that was named, and nothing is there twice."""
        for name, activity_id in self.acknowledged.items():
            found = server.query("list_suborgs", filterType="NAME", filterValue=name)[1]["organizationIds"]
            assert len(found) == 1, name
            status, reply = server.query("get_activity", activityId=activity_id)
            assert status == 200, reply
            made = reply["activity"]["result"]["createSubOrganizationResultV8"]["subOrganizationId"]
            assert found == [made]

    def _send_all(self, client: int) -> None:
        try:
            while not self._ends.is_set():
                self._send(client)
        except BaseException as fault:
            self.faults.append(repr(fault))
            raise

    def _send(self, client: int) -> None:
        name = f"sub {next(self._numbers)}"
        body = self._body(name)
        stamp = sign_stamp(self._servers[0].key, body)
        for attempt in range(_PATIENCE):
            try:
                status, reply = self._servers[(client + attempt) % len(self._servers)].post(_SUBMIT, body, stamp)
            except (urllib.error.URLError, HTTPException, OSError, json.JSONDecodeError):
                self.broken += 1
            else:
                with self._lock:
                    self.statuses[status] += 1
                if status == 200:
                    self.acknowledged[name] = reply["activity"]["id"]
                    return
                if status != 503:
                    raise AssertionError(f"{status}: {reply}")
            time.sleep(_BETWEEN_SECONDS)
        raise TimeoutError(name)

    def _body(self, name: str) -> bytes:
        api_key = {"apiKeyName": "key", "publicKey": self._key, "curveType": "API_KEY_CURVE_P256"}
        root: dict[str, Any] = {"userName": "root", "apiKeys": [api_key], "authenticators": [], "oauthProviders": []}
        parameters = {"subOrganizationName": name, "rootUsers": [root], "rootQuorumThreshold": 1}
        return activity_body(self._servers[0].organization_id, "CREATE_SUB_ORGANIZATION_V8", parameters)
