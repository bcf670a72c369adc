"""A server composed in this process: real rooms, a real store, and time and randomness in the test's hand.

Requests go through the ASGI application, so that nothing but the socket is missing. Tests of sockets, signals and
crashes use ``running_server`` instead.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest_asyncio

from counterseal.app import App
from counterseal.bootstrap import FirstOrganization, create_first_organization, create_keystore
from counterseal.crypto import Curve, PrivateKey, generate_key_pair, sign_stamp
from counterseal.data_directory import DataDirectory
from counterseal.http.request_head import ASKED_FOR
from counterseal.keystore import FileSeal, Keystore
from counterseal.organizations import STRICT, SigningRules
from counterseal.settings import Settings
from counterseal.store import Store
from counterseal.store.postgres import DatabaseUrl
from counterseal.world import ManualClock, Random, SeededRandom, World
from store_kinds import StoreKind

START_MS = 1_800_000_000_000
"""2027-01-15, 08:00 UTC: when every composed server is started."""

Header = tuple[str, str]

CURVE_NAMES = {
    Curve.P256: "API_KEY_CURVE_P256",
    Curve.SECP256K1: "API_KEY_CURVE_SECP256K1",
    Curve.ED25519: "API_KEY_CURVE_ED25519",
}


@dataclass(frozen=True)
class Actor:
    """A user who can stamp."""

    organization_id: str
    user_id: str
    key: PrivateKey

    @property
    def public_key(self) -> str:
        """As stamps carry it."""
        return self.key.public_key.hex()


@dataclass(frozen=True)
class Reply:
    """What the application answered."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, read."""
        return json.loads(self.body)

    @property
    def activity(self) -> dict[str, Any]:
        """The activity of a reply that must be a success."""
        assert self.status == 200, self.body
        found: dict[str, Any] = self.json["activity"]
        return found

    @property
    def result(self) -> Any:
        """The one result of an activity that must be completed."""
        assert self.activity["status"] == "ACTIVITY_STATUS_COMPLETED", self.body
        (result,) = self.activity["result"].values()
        return result

    @property
    def error(self) -> tuple[int, int, str]:
        """HTTP status, gRPC code and the service's own code of an error."""
        assert set(self.json) == {"code", "message", "details", "turnkeyErrorCode"}
        return self.status, self.json["code"], self.json["turnkeyErrorCode"]

    @property
    def message(self) -> str:
        """The sentence of an error."""
        text: str = self.json["message"]
        return text


def key_params(key: PrivateKey, name: str = "key", *, seconds: int | None = None) -> dict[str, Any]:
    """``key`` as a request registers it."""
    params = {"apiKeyName": name, "publicKey": key.public_key.hex(), "curveType": CURVE_NAMES[key.curve]}
    return params if seconds is None else params | {"expirationSeconds": str(seconds)}


def user_params(name: str, *keys: PrivateKey, **members: Any) -> dict[str, Any]:
    """A user as CREATE_USERS_V4 and CREATE_SUB_ORGANIZATION_V8 take it."""
    api_keys = [key_params(key, f"{name}'s key") for key in keys]
    return {"userName": name, "apiKeys": api_keys, "authenticators": [], "oauthProviders": [], "userTags": []} | members


@dataclass
class ComposedServer:
    """One server and its first root user. Every body it makes is one millisecond younger than the one before."""

    app: App
    clock: ManualClock
    random: Random
    store: Store
    keystore: Keystore = field(repr=False)
    directory: DataDirectory
    root: Actor
    address: str = "127.0.0.1"
    """From where requests come."""
    signing: SigningRules = STRICT
    """From the next start on."""
    proofs: bool = False
    """Whether it makes proofs, for which each start has something to store; from the next start on."""

    @classmethod
    async def start(
        cls,
        path: Path,
        *,
        wrap_store: Callable[[Store], Store] = lambda store: store,
        database: DatabaseUrl | None = None,
        proofs: bool = False,
    ) -> ComposedServer:
        """A fresh server in ``path``, or with its store in a ``database``.

        ``wrap_store`` may put something between the engine and the store.
        """
        directory, clock, random = DataDirectory(path, database), ManualClock(START_MS), SeededRandom(20270115)
        store: Store = await directory.create_store()
        keystore = await create_keystore(store, FileSeal(path), now_ms=START_MS)
        key = generate_key_pair(Curve.P256)
        first = FirstOrganization(
            name="Parent", user_name="root", user_email=None, public_key=key.public_key.hex(), curve=key.curve
        )
        made = await create_first_organization(store, first, World(clock.now_ms(), random))
        store = wrap_store(store)
        return cls(
            app=_compose(directory, store, keystore, clock, random, proofs=proofs),
            clock=clock,
            random=random,
            store=store,
            keystore=keystore,
            directory=directory,
            root=Actor(organization_id=made.organization_id, user_id=made.user_id, key=key),
            proofs=proofs,
        )

    async def restart(self) -> None:
        """Forget all that is only in memory."""
        await self.app.stop()
        await self.start_again()

    async def start_again(self) -> None:
        """After ``app.stop``."""
        self.store = await self.directory.open_store()
        self.app = _compose(
            self.directory,
            self.store,
            self.keystore,
            self.clock,
            self.random,
            signing=self.signing,
            proofs=self.proofs,
        )

    async def call(
        self, method: str, path: str, body: bytes = b"", headers: Iterable[Header] = (), *, chunks: int = 1
    ) -> Reply:
        """One HTTP exchange; the body comes in that many parts."""
        size = max(1, -(-len(body) // chunks))
        parts = [body[at : at + size] for at in range(0, len(body), size)] or [b""]
        incoming = [
            {"type": "http.request", "body": part, "more_body": at + 1 < len(parts)} for at, part in enumerate(parts)
        ]
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return incoming.pop(0) if incoming else await asyncio.Future()

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "method": method,
            ASKED_FOR: path,
            "client": (self.address, 49152) if self.address else None,
            "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in headers],
        }
        await self.app(scope, receive, send)
        start, *rest = sent
        names = [name.decode() for name, _ in start["headers"]]
        assert len(set(names)) == len(names), f"repeated headers: {names}"
        return Reply(
            status=start["status"],
            headers={name.decode(): value.decode("latin-1") for name, value in start["headers"]},
            body=b"".join(message.get("body", b"") for message in rest),
        )

    async def post(self, path: str, body: bytes, *, by: Actor | PrivateKey | None, stamp: str | None = None) -> Reply:
        """Exactly these bytes, stamped by somebody, by a ready-made ``stamp``, or by nobody."""
        if stamp is None and by is not None:
            stamp = sign_stamp(by.key if isinstance(by, Actor) else by, body)
        return await self.call("POST", path, body, [] if stamp is None else [("X-Stamp", stamp)])

    async def query(self, name: str, *, by: Actor | None = None, **members: Any) -> Reply:
        """A query of ``by`` (the root user), about its own organization unless ``organizationId`` is given."""
        actor = by or self.root
        body = json.dumps({"organizationId": actor.organization_id} | members).encode()
        return await self.post(f"/public/v1/query/{name}", body, by=actor)

    def activity_body(
        self, activity_type: str, parameters: Any, *, organization_id: str | None = None, **members: Any
    ) -> bytes:
        """The body of a submit of now; ``activity_type`` goes without ``ACTIVITY_TYPE_``."""
        self.clock.advance(seconds=0.001)
        envelope = {
            "type": f"ACTIVITY_TYPE_{activity_type}",
            "timestampMs": str(self.clock.now_ms()),
            "organizationId": organization_id or self.root.organization_id,
            "parameters": parameters,
        }
        return json.dumps(envelope | members).encode()

    async def submit(
        self, activity_type: str, parameters: Any, *, by: Actor | None = None, path: str | None = None, **members: Any
    ) -> Reply:
        """A submit of ``by`` (the root user) in its own organization unless ``organizationId`` is given."""
        actor = by or self.root
        body = self.activity_body(activity_type, parameters, organization_id=actor.organization_id, **members)
        return await self.post(f"/public/v1/submit/{path or path_of(activity_type)}", body, by=actor)

    async def add_user(self, name: str, *, by: Actor | None = None, curve: Curve = Curve.P256, **members: Any) -> Actor:
        """A user with one long-lived key, who is not in the root quorum."""
        actor, key = by or self.root, generate_key_pair(curve)
        reply = await self.submit("CREATE_USERS_V4", {"users": [user_params(name, key, **members)]}, by=actor)
        return Actor(organization_id=actor.organization_id, user_id=reply.result["userIds"][0], key=key)

    async def add_key(self, actor: Actor, *, seconds: int | None = None, curve: Curve = Curve.P256) -> Actor:
        """Another key of the same user, registered by itself."""
        key = generate_key_pair(curve)
        parameters = {"userId": actor.user_id, "apiKeys": [key_params(key, seconds=seconds)]}
        assert (await self.submit("CREATE_API_KEYS_V2", parameters, by=actor)).result
        return Actor(organization_id=actor.organization_id, user_id=actor.user_id, key=key)

    async def add_sub_organization(
        self, *names: str, threshold: int = 1, keys: Iterable[PrivateKey] = ()
    ) -> list[Actor]:
        """The root users of a new sub-organization, with these keys or fresh ones."""
        own = list(keys) or [generate_key_pair(Curve.P256) for _ in names]
        parameters = {
            "subOrganizationName": "Sub",
            "rootUsers": [user_params(name, key) for name, key in zip(names, own, strict=True)],
            "rootQuorumThreshold": threshold,
        }
        result = (await self.submit("CREATE_SUB_ORGANIZATION_V8", parameters)).result
        return [
            Actor(organization_id=result["subOrganizationId"], user_id=user_id, key=key)
            for user_id, key in zip(result["rootUserIds"], own, strict=True)
        ]

    async def set_root_quorum(self, threshold: int, *members: Actor) -> None:
        """By the root user, while it may."""
        parameters = {"threshold": threshold, "userIds": [member.user_id for member in members]}
        assert (await self.submit("UPDATE_ROOT_QUORUM", parameters)).status == 200


@pytest_asyncio.fixture
async def server(tmp_path: Path, store_kind: StoreKind) -> AsyncIterator[ComposedServer]:
    """A fresh server, composed in this process, for this test alone."""
    composed = await ComposedServer.start(tmp_path, database=store_kind.new_database())
    yield composed
    await composed.app.stop()


def path_of(activity_type: str) -> str:
    """The last part of the path that takes an activity type."""
    name, _, version = activity_type.rpartition("_")
    return (name if version.startswith("V") and version[1:].isdigit() else activity_type).lower()


def _compose(
    directory: DataDirectory,
    store: Store,
    keystore: Keystore,
    clock: ManualClock,
    random: Random,
    *,
    signing: SigningRules = STRICT,
    proofs: bool = False,
) -> App:
    settings = Settings(data=directory.path, signing=signing, proofs=proofs)
    return App.compose(settings, directory=directory, store=store, keystore=keystore, clock=clock, random=random)
