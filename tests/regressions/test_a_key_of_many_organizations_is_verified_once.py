"""One public key may be registered in a hundred sub-organizations. A stamp of it that names their parent was verified a
hundred times, each time over the whole body: most of a second for a megabyte as Ethereum wallets sign it.
"""

from __future__ import annotations

import asyncio
from typing import Any
from unittest.mock import patch

import pytest

from composed import ComposedServer
from counterseal.contract.errors import Unauthenticated
from counterseal.crypto import Curve, generate_key_pair, sign_stamp
from counterseal.engine import claim
from passkey_holders import HEADER, sub_organization
from software_authenticator import SoftwareAuthenticator

SEVERAL = 5
PATH = "/public/v1/query/whoami"


@pytest.mark.parametrize("forged", [False, True])
async def test_a_stamp_of_a_key(server: ComposedServer, forged: bool) -> None:
    key = generate_key_pair(Curve.P256)
    for _ in range(SEVERAL):
        await server.add_sub_organization("ann", keys=[key])
    body = b'{"organizationId":"%b"}' % server.root.organization_id.encode()
    stamp = sign_stamp(key, body + b" " if forged else body)
    with patch.object(claim, "verify_stamp", side_effect=claim.verify_stamp) as verify:
        reply = await server.post(PATH, body, by=None, stamp=stamp)
    assert reply.error == (401, 16, "SIGNATURE_INVALID" if forged else "CREDENTIAL_CONFLICT")
    assert verify.call_count == 1


async def test_a_stamp_of_a_passkey(server: ComposedServer) -> None:
    """Each holder may have registered another key under the same id, so two must be found; no more than two are."""
    passkey = SoftwareAuthenticator()
    for _ in range(SEVERAL):
        await sub_organization(server, passkey)
    body = b'{"organizationId":"%b"}' % server.root.organization_id.encode()
    verified: list[Any] = []

    def verify(*arguments: Any, **named: Any) -> None:
        verified.append(arguments)
        original(*arguments, **named)

    original = claim.verify_webauthn_stamp
    with patch.object(claim, "verify_webauthn_stamp", verify):
        reply = await server.call("POST", PATH, body, [(HEADER, passkey.stamp(body))])
    assert reply.error == (401, 16, "CREDENTIAL_CONFLICT")
    assert len(verified) == 2


async def test_others_go_on_between_two_passkeys_that_do_not_hold(server: ComposedServer) -> None:
    passkey, turn = SoftwareAuthenticator(), 0
    for _ in range(SEVERAL):
        await sub_organization(server, passkey)
    tried_in: list[int] = []

    async def count_turns() -> None:
        nonlocal turn
        while True:
            turn += 1
            await asyncio.sleep(0)

    def refuse(*_: Any, **__: Any) -> None:
        tried_in.append(turn)
        raise Unauthenticated("it does not hold")

    body = b'{"organizationId":"%b"}' % server.root.organization_id.encode()
    counting = asyncio.create_task(count_turns())
    with patch.object(claim, "verify_webauthn_stamp", refuse):
        reply = await server.call("POST", PATH, body, [(HEADER, passkey.stamp(body))])
    counting.cancel()
    assert reply.status == 401
    assert len(set(tried_in)) == len(tried_in) == SEVERAL
