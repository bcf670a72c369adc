"""Consensus against a model: random votes of random users at random times lead to the same end in both."""

from __future__ import annotations

import asyncio
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from composed import Actor, ComposedServer, user_params
from counterseal.crypto import Curve, generate_key_pair
from store_kinds import StoreKind

WINDOW_SECONDS = 24 * 60 * 60
PATH = "/public/v1/submit/create_users"

users = st.integers(0, 3)
"""Three members of a quorum of two, and one who is not."""
pauses = st.one_of(
    st.just(0), st.integers(0, WINDOW_SECONDS), st.sampled_from([WINDOW_SECONDS - 1, WINDOW_SECONDS + 1])
)
steps = st.lists(st.tuples(st.sampled_from(["approve", "resend", "reject"]), users, pauses), max_size=8)


@dataclass
class Model:
    """What should happen, said another way than in the server: an open window with the approvals in it."""

    clock: float = 0
    opened: float = 0
    submitted: float = 0
    approving: set[int] = field(default_factory=set)
    voted: set[int] = field(default_factory=set)
    votes: int = 0
    status: str = "CONSENSUS_NEEDED"

    def step(self, how: str, user: int) -> int:
        """The HTTP status of one request."""
        if self.clock - self.opened > WINDOW_SECONDS:
            self.approving.clear()
        is_member = user < 3
        if how == "reject":
            return self._reject(user, is_member=is_member)
        if self.status != "CONSENSUS_NEEDED" or user in (self.voted if how == "resend" else self.approving):
            return 200
        if how == "resend" and self.clock - self.submitted > WINDOW_SECONDS:
            return 400
        if not is_member:
            return 403
        if not self.approving:
            self.opened = self.clock
        self.approving.add(user)
        self._count(user)
        if len(self.approving) == 2:
            self.status = "COMPLETED"
        return 200

    def _reject(self, user: int, *, is_member: bool) -> int:
        if self.status == "REJECTED":
            return 200
        if self.status == "COMPLETED":
            return 400
        if not is_member:
            return 403
        self._count(user)
        self.status = "REJECTED"
        return 200

    def _count(self, user: int) -> None:
        self.voted.add(user)
        self.votes += 1


def test_votes_lead_where_the_model_says(store_kind: StoreKind) -> None:
    @store_kind.examples(40, suppress_health_check=[HealthCheck.too_slow])
    @given(steps)
    def they_do(history: list[tuple[str, int, int]]) -> None:
        with tempfile.TemporaryDirectory() as directory:
            asyncio.run(_replay(Path(directory), store_kind, history))

    they_do()


async def _replay(path: Path, store_kind: StoreKind, history: list[tuple[str, int, int]]) -> None:
    server = await ComposedServer.start(path, database=store_kind.new_database())
    actors = [server.root, *[await server.add_user(name) for name in ("second", "third", "outsider")]]
    await server.set_root_quorum(2, *actors[:3])
    parameters = {"users": [user_params("new", generate_key_pair(Curve.P256))]}
    body = server.activity_body("CREATE_USERS_V4", parameters)
    fingerprint = {"fingerprint": (await server.post(PATH, body, by=server.root)).activity["fingerprint"]}
    now = server.clock.now_ms() / 1000
    model = Model(clock=now, opened=now, submitted=now)
    assert model.step("approve", 0) == 200
    for how, user, pause in history:
        server.clock.advance(seconds=pause)
        actor: Actor = actors[user]
        if how == "resend":
            model.clock = server.clock.now_ms() / 1000
            reply = await server.post(PATH, body, by=actor)
        else:
            model.clock = (server.clock.now_ms() + 1) / 1000  # bodies are one millisecond younger each
            reply = await server.submit(f"{how.upper()}_ACTIVITY", fingerprint, by=actor)
        assert reply.status == model.step(how, user)
        if reply.status == 200:
            assert reply.activity["status"] == f"ACTIVITY_STATUS_{model.status}"
            assert len(reply.activity["votes"]) == model.votes
    names = [user["userName"] for user in (await server.query("list_users")).json["users"]]
    assert ("new" in names) == (model.status == "COMPLETED")
    await server.app.stop()
