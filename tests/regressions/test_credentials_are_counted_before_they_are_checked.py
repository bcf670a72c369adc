"""A thousand keys for one user, who may hold ten, were checked one by one before they were counted; and a request for a
hundred users could bring three thousand. Each is a point of a curve to be checked, also for somebody who may not.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest

from composed import ComposedServer, key_params, user_params
from counterseal.activities.api_keys import key_ring
from counterseal.activities.authenticators import new_authenticators
from counterseal.activities.users.new_users import CREDENTIALS_AT_ONCE_MAX
from counterseal.crypto import Curve, generate_key_pair
from software_authenticator import SoftwareAuthenticator

KEY = key_params(generate_key_pair(Curve.P256))
PASSKEY = SoftwareAuthenticator().registration()


@pytest.fixture
def checked() -> Iterator[list[Any]]:
    """Every credential that is looked at."""
    found: list[Any] = []

    def check(*arguments: Any) -> Any:
        found.append(arguments)
        raise AssertionError("it was not counted first")

    with (
        patch.object(key_ring, "validate_public_key", check),
        patch.object(new_authenticators, "parse_attestation", check),
    ):
        yield found


@pytest.mark.parametrize(
    "keys",
    [[KEY] * 11, [KEY | {"expirationSeconds": "60"}] * 11, [KEY] * 1000],
)
async def test_keys_of_one_user(server: ComposedServer, checked: list[Any], keys: list[Any]) -> None:
    reply = await server.submit("CREATE_API_KEYS_V2", {"userId": server.root.user_id, "apiKeys": keys})
    assert reply.error == (429, 8, "")
    assert not checked


async def test_authenticators_of_one_user(server: ComposedServer, checked: list[Any]) -> None:
    parameters = {"userId": server.root.user_id, "authenticators": [PASSKEY] * 11}
    assert (await server.submit("CREATE_AUTHENTICATORS_V2", parameters)).error == (429, 8, "")
    assert not checked


async def test_credentials_of_many_users(server: ComposedServer, checked: list[Any]) -> None:
    users = [user_params("a") | {"apiKeys": [KEY] * 2, "authenticators": [PASSKEY]} for _ in range(84)]
    reply = await server.submit("CREATE_USERS_V4", {"users": users})
    assert reply.error == (400, 3, "REQUEST_INVALID")
    assert f"expected at most {CREDENTIALS_AT_ONCE_MAX} credentials in one request, got 252" in reply.message
    root_users = {"subOrganizationName": "Sub", "rootUsers": users, "rootQuorumThreshold": 1}
    assert (await server.submit("CREATE_SUB_ORGANIZATION_V8", root_users)).error == (400, 3, "REQUEST_INVALID")
    assert not checked
