"""A COSE key could have any members beside its own: a megabyte of them was stored with a passkey, shown with each vote
of its user, and kept as the key of a cache that was booked at 3 KB an entry.
"""

from __future__ import annotations

from typing import Any

import cbor2
import pytest

from composed import ComposedServer
from counterseal.crypto import cose
from software_authenticator import HAS_CREDENTIAL, USER_PRESENT, SoftwareAuthenticator


def registration(size: int) -> dict[str, Any]:
    passkey = SoftwareAuthenticator()
    members = cbor2.loads(passkey.cose_key) | {-70_000: b"x" * size}
    auth_data = passkey.authenticator_data(HAS_CREDENTIAL | USER_PRESENT, public_key=cbor2.dumps(members))
    return passkey.registration(auth_data=auth_data)


@pytest.mark.parametrize("size", [600, 10_000, 700_000])
async def test_it_is_refused(server: ComposedServer, size: int) -> None:
    cose.parse_public_key.cache_clear()
    parameters = {"userId": server.root.user_id, "authenticators": [registration(size)]}
    reply = await server.submit("CREATE_AUTHENTICATORS_V2", parameters)
    assert reply.error == (400, 3, "REQUEST_INVALID")
    assert "expected at most" in reply.message
    assert cose.parse_public_key.cache_info().currsize == 0
    shown = await server.query("get_authenticators", userId=server.root.user_id)
    assert shown.json["authenticators"] == []
