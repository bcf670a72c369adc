"""Passkeys whose registration is as much work as possible, by a member who may register none; and their stamps."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import rsa

from counterseal.crypto.cbor import BYTES_MAX, ITEMS_MAX
from counterseal.stamps.client_data import CLIENT_DATA_BYTES_MAX
from hostile.costly import CostlyCase, Stage, Tenant, post, query_body, stamped, user_params
from hostile.costly_json import USERS
from software_authenticator import HAS_CREDENTIAL, HAS_EXTENSIONS, RS256, USER_PRESENT, SoftwareAuthenticator, b64u

CREATE_AUTHENTICATORS = "/public/v1/submit/create_authenticators"
WHOAMI = "/public/v1/query/whoami"
ROOM = 760_000
"""Bytes of CBOR that have room in a body as base64."""

PASSKEY = SoftwareAuthenticator()
FLAGS = HAS_CREDENTIAL | USER_PRESENT
CLIENT_DATA_ROOM = 700_000

Item = Callable[[int], bytes]
"""CBOR of at most that many bytes."""


def head(major: int, argument: int) -> bytes:
    """The start of a CBOR item (RFC 8949, section 3)."""
    for information, size in ((None, 0), (24, 1), (25, 2), (26, 4), (27, 8)):
        if information is None and argument < 24:
            return bytes([major << 5 | argument])
        if information is not None and argument < 1 << 8 * size:
            return bytes([major << 5 | information]) + argument.to_bytes(size)
    raise ValueError(argument)


def pair(key: bytes, value: bytes) -> bytes:
    """A map of one member."""
    return head(5, 1) + key + value


def array_of(item: bytes) -> Item:
    """An array of as many as there is room for."""
    return lambda room: head(4, (room - 5) // len(item)) + item * ((room - 5) // len(item))


def map_of(key: Callable[[int], bytes]) -> Item:
    """A map of as many members of nothing as there is room for."""

    def made(room: int) -> bytes:
        length = len(key(1 << 14)) + 1
        keys = [key(at) for at in range((room - 5) // length)]
        return head(5, len(keys)) + b"".join(each + b"\xf6" for each in keys)

    return made


def colliding_array(at: int) -> bytes:
    """Two integers, which as a tuple have one hash in CPython, whatever ``at`` is: it mixes with constants only."""
    prime_1, prime_2, prime_5, mask = 0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x27D4EB2F165667C5, (1 << 64) - 1
    found, number = 0, at << 8
    while True:
        lane = (prime_5 + number * prime_2) & mask
        lane = ((lane << 31 | lane >> 33) * prime_1) & mask
        found = (0x123456789ABCDEF - lane) * pow(prime_2, -1, 1 << 64) & mask
        if found < (1 << 61) - 1:  # the hash of such an integer is itself
            return head(4, 2) + b"\x1b" + number.to_bytes(8) + b"\x1b" + found.to_bytes(8)
        number += 1


ITEMS: dict[str, Item] = {
    "arrays of one hash as keys": map_of(colliding_array),
    "numbers as keys": map_of(lambda at: b"\x1b" + (at << 40).to_bytes(8)),
    "fractions as keys": map_of(lambda at: b"\xfb" + (0x7FF0_0000_0000_0000 - 1 - at * 61).to_bytes(8)),
    "texts as keys": map_of(lambda at: b"\x65" + b"%05x" % at),
    "empty arrays": array_of(b"\x80"),
    "empty maps": array_of(b"\xa0"),
    "numbers": array_of(b"\x00"),
    "fractions": array_of(b"\xf9\x3c\x01"),
    "empty strings": array_of(b"\x40"),
    "certificates of a byte": array_of(b"\x41\x00"),
    "arrays of many levels": array_of(b"\x81" * 5 + b"\x00"),
    "numbers in tags": array_of(b"\xc2\x41\x01"),
    "a string in pieces": lambda room: b"\x5f" + b"\x41\x00" * ((room - 2) // 2) + b"\xff",
    "a text in pieces": lambda room: b"\x7f" + b"\x61a" * ((room - 2) // 2) + b"\xff",
    "an array without a length": lambda room: b"\x9f" + b"\x00" * (room - 2) + b"\xff",
    "one string": lambda room: head(2, room - 5) + bytes(room - 5),
    "a length beyond the end": lambda room: b"\x9b\x7f" + b"\xff" * 7 + b"\x00" * (room - 9),
}


def registration(attestation: bytes, client_data: bytes | None = None) -> dict[str, Any]:
    """``AuthenticatorParamsV2`` with this attestation object."""
    params = PASSKEY.registration()
    params["attestation"]["attestationObject"] = b64u(attestation)
    if client_data is not None:
        params["attestation"]["clientDataJson"] = b64u(client_data)
    return params


def in_the_statement(item: bytes) -> bytes:
    """An attestation object of format ``tpm`` with ``item`` as a member of its statement."""
    return envelope(form="tpm", statement=pair(b"\x63x5c", item), auth_data=PASSKEY.authenticator_data(FLAGS))


def in_the_key(item: bytes) -> bytes:
    """An attestation object with ``item`` as a member of the credential's key."""
    key = b"\xa6" + PASSKEY.cose_key[1:] + b"\x02" + item
    return envelope(auth_data=PASSKEY.authenticator_data(FLAGS, public_key=key))


def in_the_extensions(item: bytes) -> bytes:
    """An attestation object with ``item`` as an extension of the authenticator."""
    extensions = pair(b"\x61x", item)
    return envelope(auth_data=PASSKEY.authenticator_data(FLAGS | HAS_EXTENSIONS, extensions=extensions))


def envelope(*, auth_data: bytes, form: str = "none", statement: bytes = b"\xa0") -> bytes:
    """An attestation object (WebAuthn Level 2, section 6.5)."""
    members = ((b"fmt", cbor2.dumps(form)), (b"attStmt", statement), (b"authData", cbor2.dumps(auth_data)))
    return head(5, 3) + b"".join(head(3, len(name)) + name + value for name, value in members)


PLACES = {"statement": in_the_statement, "key": in_the_key, "extensions": in_the_extensions}


def _register(stage: Stage, *authenticators: dict[str, Any], by: Tenant | None = None) -> bytes:
    """By somebody who may not: for another user."""
    parameters = {"userId": stage.adversary.user_id, "authenticators": authenticators}
    sender = by or stage.member
    body = stage.body("CREATE_AUTHENTICATORS_V2", parameters, by=sender)
    return stamped(CREATE_AUTHENTICATORS, body, sender.key)


def _honest(stage: Stage, _: Any) -> bytes:
    """One passkey, and a member that nobody has asked for: more than this is refused, and then it is no honest twin."""
    return _register(stage, PASSKEY.registration() | {"note": "x" * 3_000})


def _attested(place: str, name: str, item: Item) -> CostlyCase:
    return _case(f"{place}: {name}", lambda stage, _: _register(stage, registration(PLACES[place](item(ROOM)))))


def _case(name: str, adversarial: Callable[[Stage, Any], bytes]) -> CostlyCase:
    return CostlyCase(
        name=f"passkey, {name}",
        adversarial=adversarial,
        honest=_honest,
        answers=frozenset({400, 403, 429}),
        honest_answers=frozenset({403, 429}),
    )


def _client_data(name: str, piece: bytes, room: int = CLIENT_DATA_ROOM) -> CostlyCase:
    more = b"[" + piece * (room // len(piece)) + b"0]"
    client_data = b'{"type":"webauthn.create","more":' + more + b',"challenge":"","origin":""}'
    return _case(f"client data: {name}", lambda stage, _: _register(stage, registration(b"\xa0", client_data)))


def _at_the_limit(name: str, item: Item) -> CostlyCase:
    """Ten attestations, as large as may be and with as many items."""
    attestation = in_the_statement(item(min(BYTES_MAX - 300, ITEMS_MAX * 6)))
    return _case(
        f"ten at the limit: {name}", lambda stage, _: _register(stage, *[registration(attestation) for _ in range(10)])
    )


def _of_a_megabyte(member: str) -> dict[str, Any]:
    params = PASSKEY.registration()
    params["attestation"][member] = "=" * 1_000_000
    return params


def _users(name: str, passkey: Callable[[], SoftwareAuthenticator], each: int) -> CostlyCase:
    """A hundred users with passkeys, by a member who may not create any."""

    def adversarial(stage: Stage, _: Any) -> bytes:
        users = [user_params(f"{at}", authenticators=made[at * each : (at + 1) * each]) for at in range(USERS)]
        body = stage.body("CREATE_USERS_V4", {"users": users}, by=stage.member)
        return stamped("/public/v1/submit/create_users", body, stage.member.key)

    made = [passkey().registration("a", challenge=b"a", transports=()) for _ in range(USERS * each)]
    return _case(f"a hundred users, {name}", adversarial)


def _many(passkey: Callable[[], SoftwareAuthenticator], count: int) -> Callable[[Stage, Any], bytes]:
    made = [passkey().registration("a", challenge=b"a", transports=()) for _ in range(count)]
    return lambda stage, _: _register(stage, *made)


def _stamp_case(name: str, spoil: Callable[[dict[str, str]], str]) -> CostlyCase:
    def adversarial(stage: Stage, passkey: SoftwareAuthenticator) -> bytes:
        body = query_body(stage.adversary)
        return post(WHOAMI, body, x_stamp_webauthn=spoil(passkey.assertion(body)))

    def honest(stage: Stage, passkey: SoftwareAuthenticator) -> bytes:
        body = query_body(stage.adversary)
        return post(WHOAMI, body, x_stamp_webauthn=passkey.stamp(body))

    return CostlyCase(
        name=f"stamp of a passkey, {name}",
        set_up=_registered,
        adversarial=adversarial,
        honest=honest,
        answers=frozenset({200, 401}),
        honest_answers=frozenset({200}),
    )


def _registered(stage: Stage) -> SoftwareAuthenticator:
    passkey = SoftwareAuthenticator()
    parameters = {"userId": stage.adversary.user_id, "authenticators": [passkey.registration()]}
    stage.submit("create_authenticators", "CREATE_AUTHENTICATORS_V2", parameters)
    return passkey


def _rsa_of_4096_bits() -> SoftwareAuthenticator:
    passkey = SoftwareAuthenticator(algorithm=RS256)
    passkey.key = _RSA_KEY
    return passkey


_RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=4096)

_ELSEWHERE = ("arrays of one hash as keys", "empty arrays", "texts as keys")

CASES = (
    *[_attested("statement", name, item) for name, item in ITEMS.items()],
    *[_attested(place, name, ITEMS[name]) for place in ("key", "extensions") for name in _ELSEWHERE],
    *[_at_the_limit(name, item) for name, item in ITEMS.items()],
    _client_data("numbers", b"0,"),
    _client_data("fractions", b"1.7976931348623157e308,"),
    _client_data("objects", b'{"a":1},'),
    _client_data("numbers at the limit", b"0,", CLIENT_DATA_BYTES_MAX - 100),
    _client_data("fractions at the limit", b"1.7976931348623157e308,", CLIENT_DATA_BYTES_MAX - 100),
    _case("base64 of nothing", lambda stage, _: _register(stage, _of_a_megabyte("attestationObject"))),
    _case("a credential id of a megabyte", lambda stage, _: _register(stage, _of_a_megabyte("credentialId"))),
    _case("a thousand of one user", _many(SoftwareAuthenticator, 1000)),
    _case("nine hundred of RSA of one user", _many(_rsa_of_4096_bits, 900)),
    _users("two passkeys each", SoftwareAuthenticator, 2),
    _users("ten passkeys each", SoftwareAuthenticator, 10),
    _users("two passkeys of RSA each", _rsa_of_4096_bits, 2),
    _stamp_case("members of nothing", lambda stamp: json.dumps(stamp | {f"{at}": 0 for at in range(600)})),
    _stamp_case("fractions", lambda stamp: json.dumps(stamp)[:-1] + ',"a":[' + "1.7976931348623157e308," * 300 + "0]}"),
    _stamp_case("a long signature", lambda stamp: json.dumps(stamp | {"signature": "MI" * 3500})),
)
