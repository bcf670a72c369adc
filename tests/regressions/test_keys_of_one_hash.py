"""A passkey's registration stopped the process for most of a minute: its attestation was a map whose keys were arrays.
The library made tuples of them, which have one hash if somebody wants it so, and a dictionary compared each with all
before it. Any user could send it, also one who may register nothing.
"""

from __future__ import annotations

import cbor2
import pytest

from composed import ComposedServer
from counterseal.crypto import cbor
from counterseal.crypto.errors import InvalidEncoding
from hostile.costly_passkeys import (
    colliding_array,
    in_the_extensions,
    in_the_key,
    in_the_statement,
    map_of,
    registration,
)

SIZE = 12_000


def test_the_keys_have_one_hash() -> None:
    """Or this file would show nothing."""
    keys = [tuple(cbor2.loads(colliding_array(at))) for at in range(100)]
    assert len(set(keys)) == 100
    assert len({hash(key) for key in keys}) == 1


def test_such_a_map_is_refused_at_its_first_key() -> None:
    with pytest.raises(InvalidEncoding, match="a key that is neither an integer nor text at byte"):
        cbor.decode(map_of(colliding_array)(SIZE))


@pytest.mark.parametrize("place", [in_the_statement, in_the_key, in_the_extensions])
async def test_a_registration_with_such_a_map_is_refused(server: ComposedServer, place: object) -> None:
    assert callable(place)
    bob = await server.add_user("bob")
    authenticators = [registration(place(map_of(colliding_array)(SIZE)))]
    reply = await server.submit(
        "CREATE_AUTHENTICATORS_V2", {"userId": server.root.user_id, "authenticators": authenticators}, by=bob
    )
    assert reply.error == (400, 3, "REQUEST_INVALID")
    assert "a key that is neither an integer nor text" in reply.message
