"""Users behind the official Python client, each in a small organization of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from turnkey_api_key_stamper import ApiKeyStamper, ApiKeyStamperConfig
from turnkey_http import TurnkeyClient
from turnkey_sdk_types import CreateSubOrganizationBody, CreateUsersBody

from counterseal.crypto import Curve, PrivateKey, generate_key_pair
from served import RunningServer

CURVE_TYPES = {
    Curve.P256: "API_KEY_CURVE_P256",
    Curve.SECP256K1: "API_KEY_CURVE_SECP256K1",
    Curve.ED25519: "API_KEY_CURVE_ED25519",
}


@dataclass(frozen=True)
class Member:
    """A user of ``organization_id`` with a P-256 ``key`` and the official client that signs with it."""

    server: RunningServer
    organization_id: str
    user_id: str
    key: PrivateKey

    @property
    def stamper(self) -> ApiKeyStamper:
        """The official stamper for its key."""
        return ApiKeyStamper(ApiKeyStamperConfig(self.key.public_key.hex(), self.key.secret.hex()))

    @property
    def client(self) -> TurnkeyClient:
        """The official client with its defaults, for its own organization."""
        return self.client_for(self.organization_id)

    def client_for(self, organization_id: str, **options: Any) -> TurnkeyClient:
        """The official client for any organization; ``options`` are those of its constructor."""
        return TurnkeyClient(self.server.url, self.stamper, organization_id, polling_interval_ms=10, **options)

    def with_key(self, key: PrivateKey) -> Member:
        """The same user with another P-256 key."""
        return Member(self.server, self.organization_id, self.user_id, key)


def root_of(server: RunningServer) -> Member:
    """The root user of the server's first organization."""
    return Member(server, server.organization_id, server.user_id, server.key)


def new_organization(server: RunningServer, *, root_users: int = 1, threshold: int = 1) -> list[Member]:
    """The root users of a new sub-organization."""
    keys = [generate_key_pair(Curve.P256) for _ in range(root_users)]
    created = root_of(server).client.create_sub_organization(
        CreateSubOrganizationBody(
            subOrganizationName="Family",
            rootQuorumThreshold=threshold,
            rootUsers=[user_parameters(f"root-{at}", key) for at, key in enumerate(keys)],
        )
    )
    return [
        Member(server, created.subOrganizationId, user_id, key)
        for user_id, key in zip(created.rootUserIds or [], keys, strict=True)
    ]


def new_user(owner: Member, name: str = "plain") -> Member:
    """A user without any right but the one over its own credentials, made by a root user who needs nobody else."""
    key = generate_key_pair(Curve.P256)
    created = owner.client.create_users(CreateUsersBody(users=[user_parameters(name, key) | {"userTags": []}]))
    return Member(owner.server, owner.organization_id, created.userIds[0], key)


def user_parameters(name: str, *keys: PrivateKey, **more: Any) -> dict[str, Any]:
    """A root user as requests describe one."""
    empty: dict[str, Any] = {"authenticators": [], "oauthProviders": []}
    return {"userName": name, "apiKeys": [key_parameters(key) for key in keys]} | empty | more


def key_parameters(key: PrivateKey, **more: Any) -> dict[str, Any]:
    """An API key as requests describe one."""
    return {"apiKeyName": "key", "publicKey": key.public_key.hex(), "curveType": CURVE_TYPES[key.curve]} | more
