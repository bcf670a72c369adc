"""What a case of the soak is made of: a stage with three tenants, and requests that are sent as the bytes they are.

A case is a set-up, an adversary's request that wants to be as much work as its size allows, and its honest twin: a
request of the same size as a client in earnest would send it. Modules named ``costly_*`` in this directory have tuples
of them under the name ``CASES``; ``soak`` runs them all.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from typing import Any, TypeVar

from composed import key_params, path_of
from counterseal.crypto import Curve, PrivateKey, generate_key_pair, sign_stamp
from served import RunningServer, activity_body

BODY_MAX = 1024 * 1024
"""The largest body that is taken, in bytes; the server under test has its default settings."""

Maker = Callable[["Stage", Any], bytes]
"""Makes one request, whole HTTP; a fresh one at every call. It is given what the case's set-up gave."""


@dataclass(frozen=True)
class Tenant:
    """A user who can stamp."""

    organization_id: str
    user_id: str
    key: PrivateKey


@dataclass
class Stage:
    """A server as shipped, and who is on it: two organizations that know nothing of each other.

    ``adversary`` may do everything in its organization, ``member`` is a user of it who may do nothing; ``bystander`` is
    the other organization, which wants to be served meanwhile.
    """

    server: RunningServer
    adversary: Tenant
    member: Tenant
    bystander: Tenant
    _numbers: count[int] = field(default_factory=count)

    @classmethod
    def build(cls, server: RunningServer) -> Stage:
        """The stage on a running server."""
        adversary, bystander = (_organization(server, name) for name in ("adversary", "bystander"))
        key = generate_key_pair(Curve.P256)
        parameters = {"users": [user_params("member", key)]}
        body = activity_body(adversary.organization_id, "CREATE_USERS_V4", parameters)
        result = _result(server.post("/public/v1/submit/create_users", body, sign_stamp(adversary.key, body)))
        member = Tenant(adversary.organization_id, result["userIds"][0], key)
        return cls(server, adversary, member, bystander)

    def body(self, activity_type: str, parameters: Any, *, by: Tenant | None = None) -> bytes:
        """A submit's body of now, different from every other; ``activity_type`` goes without ``ACTIVITY_TYPE_``."""
        organization_id = (by or self.adversary).organization_id
        return activity_body(organization_id, activity_type, parameters, soak=next(self._numbers))

    def submit(self, name: str, activity_type: str, parameters: Any, *, by: Tenant | None = None) -> Any:
        """Submit in earnest and give the result: for set-ups."""
        who = by or self.adversary
        body = self.body(activity_type, parameters, by=who)
        return _result(self.server.post(f"/public/v1/submit/{name}", body, sign_stamp(who.key, body)))

    def wait_for_consensus(self, activity_type: str, parameters: Any, *, by: Tenant) -> str:
        """Submit what others have to approve, and give its id: for set-ups."""
        body = self.body(activity_type, parameters, by=by)
        path = f"/public/v1/submit/{path_of(activity_type)}"
        status, reply = self.server.post(path, body, sign_stamp(by.key, body))
        if status != 200 or reply["activity"]["status"] != "ACTIVITY_STATUS_CONSENSUS_NEEDED":
            raise RuntimeError(f"a set-up failed: {status} {str(reply)[:500]}")
        activity_id: str = reply["activity"]["id"]
        return activity_id

    def number(self) -> int:
        """One that has not been given yet."""
        return next(self._numbers)


@dataclass(frozen=True)
class CostlyCase:
    """One adversary. ``answers`` and ``honest_answers`` are the statuses that may come back; none, if none need come.

    ``connections`` is how many send it at the same time, each on a connection of its own.
    """

    name: str
    adversarial: Maker
    honest: Maker
    answers: frozenset[int]
    honest_answers: frozenset[int]
    set_up: Callable[[Stage], Any] = field(default=lambda _stage: None)
    connections: int = 1


State = TypeVar("State")


@cache
def once_a_stage(set_up: Callable[[Stage], State]) -> Callable[[Stage], State]:
    """``set_up``, which runs once for each stage, however many cases and crowds need what it gives."""
    made: dict[int, State] = {}

    def known(stage: Stage) -> State:
        if id(stage) not in made:
            made[id(stage)] = set_up(stage)
        return made[id(stage)]

    return known


def post(path: str, body: bytes, **headers: str) -> bytes:
    """A POST as it is sent. Underscores in names of headers stand for hyphens."""
    lines = [f"POST {path} HTTP/1.1", "host: localhost", "connection: close", f"content-length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join((*lines, "", "")).encode("latin-1") + body


def stamped(path: str, body: bytes, key: PrivateKey) -> bytes:
    """A POST with the ``X-Stamp`` of ``key``."""
    return post(path, body, x_stamp=sign_stamp(key, body))


def user_params(name: str, *keys: PrivateKey, **members: Any) -> dict[str, Any]:
    """A user as CREATE_USERS_V4 and CREATE_SUB_ORGANIZATION_V8 take it."""
    api_keys = [key_params(key) for key in keys]
    return {"userName": name, "apiKeys": api_keys, "authenticators": [], "oauthProviders": [], "userTags": []} | members


def query_body(tenant: Tenant, **members: Any) -> bytes:
    """A query's body."""
    return json.dumps({"organizationId": tenant.organization_id} | members).encode()


def _organization(server: RunningServer, name: str) -> Tenant:
    key = generate_key_pair(Curve.P256)
    parameters = {
        "subOrganizationName": f"{name} {time.time_ns()}",
        "rootUsers": [user_params(name, key)],
        "rootQuorumThreshold": 1,
    }
    result = _result(server.submit("create_sub_organization", "CREATE_SUB_ORGANIZATION_V8", parameters))
    return Tenant(result["subOrganizationId"], result["rootUserIds"][0], key)


def _result(answer: tuple[int, dict[str, Any]]) -> Any:
    status, reply = answer
    if status != 200 or reply["activity"]["status"] != "ACTIVITY_STATUS_COMPLETED":
        raise RuntimeError(f"a set-up failed: {status} {str(reply)[:500]}")
    (result,) = reply["activity"]["result"].values()
    return result
