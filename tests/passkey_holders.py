"""Users of a composed server who stamp with passkeys."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from composed import Actor, ComposedServer, Reply, path_of
from software_authenticator import SoftwareAuthenticator

HEADER = "X-Stamp-WebAuthn"


@dataclass(frozen=True)
class Holder:
    """A user with a passkey."""

    server: ComposedServer
    organization_id: str
    user_id: str
    passkey: SoftwareAuthenticator
    id: str = ""

    async def post(self, path: str, body: bytes, **wrong: Any) -> Reply:
        """Exactly these bytes; ``wrong`` is as for ``SoftwareAuthenticator.assertion``."""
        return await self.server.call("POST", path, body, [(HEADER, self.passkey.stamp(body, **wrong))])

    async def query(self, name: str, *, wrong: dict[str, Any] | None = None, **members: Any) -> Reply:
        """A query about the user's own organization unless ``organizationId`` is given."""
        body = json.dumps({"organizationId": self.organization_id} | members).encode()
        return await self.post(f"/public/v1/query/{name}", body, **(wrong or {}))

    async def submit(self, activity_type: str, parameters: Any, **members: Any) -> Reply:
        """A submit in the user's own organization unless ``organization_id`` is given."""
        members = {"organization_id": self.organization_id} | members
        body = self.server.activity_body(activity_type, parameters, **members)
        return await self.post(f"/public/v1/submit/{path_of(activity_type)}", body)

    async def whoami(self, organization_id: str | None = None) -> Reply:
        """Who the passkey is, asked under that organization's id."""
        return await self.query("whoami", organizationId=organization_id or self.organization_id)


async def register(server: ComposedServer, actor: Actor, passkey: SoftwareAuthenticator | None = None) -> Holder:
    """A passkey, a fresh one unless given, registered by the user itself."""
    passkey = passkey or SoftwareAuthenticator()
    parameters = {"userId": actor.user_id, "authenticators": [passkey.registration()]}
    result = (await server.submit("CREATE_AUTHENTICATORS_V2", parameters, by=actor)).result
    return Holder(server, actor.organization_id, actor.user_id, passkey, result["authenticatorIds"][0])


async def sub_organization(server: ComposedServer, passkey: SoftwareAuthenticator) -> Holder:
    """One whose only root user has this passkey and nothing else."""
    user = {"userName": "ann", "apiKeys": [], "authenticators": [passkey.registration()], "oauthProviders": []}
    parameters = {"subOrganizationName": "Sub", "rootUsers": [user], "rootQuorumThreshold": 1}
    result = (await server.submit("CREATE_SUB_ORGANIZATION_V8", parameters)).result
    return Holder(server, result["subOrganizationId"], result["rootUserIds"][0], passkey)


def found(reply: Reply) -> tuple[str, str]:
    """Organization and user of a ``whoami`` that must be a success."""
    assert reply.status == 200, reply.body
    return reply.json["organizationId"], reply.json["userId"]
