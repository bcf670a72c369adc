"""Keys and attestations were checked in the decision, while everybody's writes waited: up to 30 ms for one request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from composed import ComposedServer, key_params
from counterseal.activities.authenticators import attestation
from counterseal.contract import intent_of
from counterseal.crypto import Curve, ed25519, generate_key_pair, keys, p256
from counterseal.engine.decide import reading
from counterseal.engine.decide.decider import Decider
from hostile.costly import user_params
from software_authenticator import SoftwareAuthenticator

USERS = 30


def with_keys(curve: Curve) -> list[dict[str, Any]]:
    return [user_params(f"user {at}", *(generate_key_pair(curve) for _ in range(2))) for at in range(USERS)]


def with_passkeys() -> list[dict[str, Any]]:
    return [
        user_params(f"user {at}", authenticators=[SoftwareAuthenticator().registration("passkey")])
        for at in range(USERS)
    ]


class Watched:
    """Counts calls while something is decided, and while nothing is."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        self._is_deciding = False
        self.before = self.in_decisions = 0
        decide = Decider.decide

        async def watched(*arguments: Any) -> Any:
            self._is_deciding = True
            try:
                return await decide(*arguments)
            finally:
                self._is_deciding = False

        monkeypatch.setattr(Decider, "decide", watched)

    def count(self, where: Any, name: str) -> None:
        self._monkeypatch.setattr(where, name, self._counted(getattr(where, name)))

    def _counted(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: Any, **named: Any) -> Any:
            self.in_decisions += self._is_deciding
            self.before += not self._is_deciding
            return function(*arguments, **named)

        return counted


@pytest.mark.parametrize("kind", ["CREATE_USERS_V4", "CREATE_SUB_ORGANIZATION_V8"])
@pytest.mark.parametrize("what", ["Ed25519", "P-256", "passkeys"])
async def test_its_decision_finds_them_checked(
    server: ComposedServer, monkeypatch: pytest.MonkeyPatch, kind: str, what: str
) -> None:
    watched = Watched(monkeypatch)
    watched.count(ed25519, "check_public_key")
    watched.count(attestation.cose, "decode_public_key")
    monkeypatch.setitem(keys._COMPRESS, Curve.P256, watched._counted(p256.compress))
    users = {"Ed25519": lambda: with_keys(Curve.ED25519), "P-256": lambda: with_keys(Curve.P256)}
    made = users.get(what, with_passkeys)()
    named = {"users": made} if kind == "CREATE_USERS_V4" else {"rootUsers": made, "rootQuorumThreshold": 1}
    reply = await server.submit(kind, {"subOrganizationName": "below"} | named)
    assert reply.status == 200, reply.body
    assert (watched.before, watched.in_decisions) == (USERS if what == "passkeys" else 2 * USERS, 0)


async def test_its_body_is_read_before_too_and_once(server: ComposedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    watched = Watched(monkeypatch)
    monkeypatch.setattr(reading, "intent_of", watched._counted(intent_of))
    reply = await server.submit("CREATE_USERS_V4", {"users": with_keys(Curve.P256)})
    assert reply.status == 200, reply.body
    assert watched.in_decisions == 0


async def test_what_is_wrong_is_told_by_the_decision(server: ComposedServer) -> None:
    users = with_keys(Curve.ED25519)
    users[7]["apiKeys"][1] = key_params(generate_key_pair(Curve.ED25519)) | {"publicKey": "ab" * 32}
    reply = await server.submit("CREATE_USERS_V4", {"users": users})
    assert reply.status == 400
    assert "apiKeys[1].publicKey" in reply.body.decode()
