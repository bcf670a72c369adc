"""COSE keys with ``true`` for the curve and floating-point numbers for the rest were taken: Python finds them equal to
the integers that were asked for. And a statement could have ``true`` for its algorithm.
"""

from __future__ import annotations

import cbor2
import pytest

from composed import ComposedServer
from counterseal.crypto import cose
from counterseal.crypto.errors import InvalidPublicKey
from software_authenticator import ES256, HAS_CREDENTIAL, USER_PRESENT, SoftwareAuthenticator

PASSKEY = SoftwareAuthenticator()
MEMBERS = cbor2.loads(PASSKEY.cose_key)
FLAGS = HAS_CREDENTIAL | USER_PRESENT


@pytest.mark.parametrize("change", [{-1: True}, {1: 2.0}, {3: -7.0}])
def test_an_equal_value_of_another_type_makes_no_key(change: dict[int, object]) -> None:
    with pytest.raises(InvalidPublicKey):
        cose.decode_public_key(cbor2.dumps(MEMBERS | change))


def test_true_as_a_label_is_not_one() -> None:
    members = {True if label == 1 else label: value for label, value in MEMBERS.items()}
    with pytest.raises(InvalidPublicKey):
        cose.decode_public_key(cbor2.dumps(members))


async def test_a_passkey_with_such_a_key_or_statement_is_not_registered(server: ComposedServer) -> None:
    key = cbor2.dumps(MEMBERS | {-1: True})
    for authenticator in (
        PASSKEY.registration(auth_data=PASSKEY.authenticator_data(FLAGS, public_key=key)),
        PASSKEY.registration(form="packed", statement={"alg": True, "sig": b"\x00"}),
        PASSKEY.registration(form="packed", statement={"alg": float(ES256), "sig": b"\x00"}),
    ):
        parameters = {"userId": server.root.user_id, "authenticators": [authenticator]}
        assert (await server.submit("CREATE_AUTHENTICATORS_V2", parameters)).error == (400, 3, "REQUEST_INVALID")
