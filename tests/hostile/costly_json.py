"""Bodies that are as much work to read as a megabyte can be, and as may be read at all: of a stranger, whom nobody
knows, and of a member. And parameters that are as much work to understand.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from counterseal.contract.parse import MAX_VALUES, values_at_most
from counterseal.crypto import Curve, generate_key_pair
from hostile.costly import BODY_MAX, CostlyCase, Stage, Tenant, query_body, stamped, user_params

WHOAMI = "/public/v1/query/whoami"
CREATE_USERS = "/public/v1/submit/create_users"
SIMULATE = "/counterseal/v1/query/simulate_activity"
USERS = 98
"""As many as have room beside those who are there already."""

STRANGERS_KEY = generate_key_pair(Curve.P256)

DONE, REFUSED, UNKNOWN, DENIED, LIMITED = ({status} for status in (200, 400, 401, 403, 429))

Content = Callable[[int, int], bytes]
"""JSON of at most that many bytes and that many values."""


def items(item: bytes) -> Content:
    """An array of as many as there is room for."""

    def content(room: int, values: int) -> bytes:
        return b"[" + b",".join([item] * min((room - 1) // (len(item) + 1), values // values_at_most(item))) + b"]"

    return content


def members(value: bytes) -> Content:
    """An object of as many members as there is room for, all of different names."""

    def content(room: int, values: int) -> bytes:
        return (
            b"{" + b",".join(b'"%06x":%b' % (at, value) for at in range(min(room // (len(value) + 10), values))) + b"}"
        )

    return content


def text(piece: bytes) -> Content:
    """A string of as many pieces as there is room for."""
    return lambda room, _values: b'"' + piece * ((room - 2) // len(piece)) + b'"'


def raw(piece: bytes) -> Content:
    """What is no JSON: the piece again and again."""
    return lambda room, values: piece * min(room // len(piece), values)


CONTENTS: dict[str, Content] = {
    "numbers": items(b"0"),
    "fractions": items(b"1.5"),
    "fractions that are hard to round": items(b"1.7976931348623157e308"),
    "empty arrays": items(b"[]"),
    "empty objects": items(b"{}"),
    "objects of one member": items(b'{"a":1}'),
    "objects of nothing": items(b'{"a":null}'),
    "empty strings": items(b'""'),
    "escaped strings": items(b'"\\u0061"'),
    "arrays of many levels": items(b"[" * 28 + b"]" * 28),
    "objects of many levels": items(b'{"a":' * 28 + b"1" + b"}" * 28),
    "members": members(b"0"),
    "members of nothing": members(b"null"),
    "opening brackets": raw(b"["),
    "opening objects": raw(b'{"a":'),
    "quotes": raw(b'"'),
    "commas": raw(b","),
}

LARGE: dict[str, Content] = {
    "one string of escapes": text(b"\\u0061"),
    "one string of quotes": text(b'\\"'),
    "one string of brackets": text(b"[{,"),
    "one string of backslashes": text(b"\\\\"),
    "one string of other alphabets": text("é".encode()),
    "one number": lambda room, _values: b"1" * room,
    "one fraction": lambda room, _values: b"1." + b"1" * (room - 2),
    "white space": lambda room, _values: b" " * (room - 1) + b"0",
    "a member twice": lambda room, _values: b'{"a":0,"a":"' + b"x" * (room - 14) + b'"}',
}


def body_with(tenant: Tenant, content: Content, *, values: int = BODY_MAX) -> bytes:
    """A query's body, as large as it may be, with ``content`` as a member that nobody has asked for."""
    start = query_body(tenant)[:-1] + b',"more":'
    return start + content(BODY_MAX - len(start) - 1, values - values_at_most(start) - 1) + b"}"


def _read_by(whose: str, name: str, content: Content, *, values: int = BODY_MAX) -> CostlyCase:
    is_stranger = whose == "a stranger"
    answers = UNKNOWN if is_stranger else DONE

    def send(stage: Stage, body: bytes) -> bytes:
        return stamped(WHOAMI, body, STRANGERS_KEY if is_stranger else stage.member.key)

    return CostlyCase(
        name=f"JSON of {whose}: {name}" + (" at the limit" if values == MAX_VALUES else ""),
        adversarial=lambda stage, _: send(stage, body_with(stage.member, content, values=values)),
        honest=lambda stage, _: send(stage, body_with(stage.member, text(b"honest"))),
        answers=frozenset(REFUSED | answers),
        honest_answers=frozenset(answers),
    )


def _parameters(name: str, users: Callable[[], Any]) -> CostlyCase:
    """Parameters of CREATE_USERS by a member who may not create any."""
    return CostlyCase(
        name=f"parameters: {name}",
        adversarial=lambda stage, _: _create_users(stage, users()),
        honest=lambda stage, _: _create_users(stage, [_user(apiKeys=keys(1)) | {"note": "x" * 3_000}]),
        answers=frozenset(REFUSED | DENIED | LIMITED),
        honest_answers=frozenset(DENIED | LIMITED),
    )


def _create_users(stage: Stage, users: Any) -> bytes:
    body = stage.body("CREATE_USERS_V4", {"users": users}, by=stage.member)
    return stamped(CREATE_USERS, body, stage.member.key)


def _simulated(stage: Stage, inner: bytes) -> bytes:
    body = query_body(stage.member, body=inner.decode())
    return stamped(SIMULATE, body, stage.member.key)


def _origins(stage: Stage, value: str) -> bytes:
    parameters = {"name": "FEATURE_NAME_WEBAUTHN_ORIGINS", "value": value}
    body = stage.body("SET_ORGANIZATION_FEATURE", parameters, by=stage.member)
    return stamped("/public/v1/submit/set_organization_feature", body, stage.member.key)


def _sub_organization(stage: Stage, users: Any) -> bytes:
    """By somebody who may: it is carried out."""
    root = Tenant(stage.server.organization_id, stage.server.user_id, stage.server.key)
    parameters = {"subOrganizationName": "Sub", "rootUsers": users, "rootQuorumThreshold": 1}
    body = stage.body("CREATE_SUB_ORGANIZATION_V8", parameters, by=root)
    return stamped("/public/v1/submit/create_sub_organization", body, root.key)


def _user(**wrong: Any) -> dict[str, Any]:
    return user_params("a") | wrong


def keys(count: int, curve: Curve = Curve.P256, **more: Any) -> list[dict[str, Any]]:
    """So many different keys, as requests describe them."""
    made = (generate_key_pair(curve).public_key.hex() for _ in range(count))
    return [{"apiKeyName": "a", "publicKey": key, "curveType": curve.value} | more for key in made]


def _odd(member: str) -> list[dict[str, str]]:
    return [{"apiKeyName": "a", "publicKey": "02", "curveType": Curve.P256.value} | {member: "ab" * 490_000}]


def _zeros(member: str) -> list[dict[str, str]]:
    """That nearly are a number."""
    return [{"apiKeyName": "a", "publicKey": "02", "curveType": Curve.P256.value} | {member: "0" * 980_000 + "x"}]


CASES = (
    *[
        _read_by(whose, name, content, values=values)
        for whose in ("a stranger", "a member")
        for name, content in CONTENTS.items()
        for values in (BODY_MAX, MAX_VALUES)
    ],
    *[_read_by(whose, name, content) for whose in ("a stranger", "a member") for name, content in LARGE.items()],
    _parameters("a type of a megabyte", lambda: [_user(apiKeys=_odd("curveType"))]),
    _parameters("a public key of a megabyte", lambda: [_user(apiKeys=_odd("publicKey"))]),
    _parameters("a lifetime of a megabyte", lambda: [_user(apiKeys=_odd("expirationSeconds"))]),
    _parameters("a lifetime of a megabyte of zeros", lambda: [_user(apiKeys=_zeros("expirationSeconds"))]),
    _parameters("a public key of a megabyte of zeros", lambda: [_user(apiKeys=_zeros("publicKey"))]),
    _parameters("an e-mail address of a megabyte", lambda: [_user(userEmail="a." * 500_000)]),
    _parameters("e-mail addresses that nearly are some", lambda: [_user(userEmail="a@" + "a-" * 126)] * USERS),
    _parameters("a name of a megabyte", lambda: [_user(userName="ä" * 170_000)]),
    _parameters("a telephone number of a megabyte", lambda: [_user(userPhoneNumber="1" * 1_000_000)]),
    _parameters("tags of a kilobyte", lambda: [_user(userTags=["Ä" * 160] * 1000)]),
    _parameters("tags that are numbers", lambda: [_user(userTags=[1] * 9000)]),
    _parameters("a thousand keys of one user", lambda: [_user(apiKeys=keys(1000))]),
    _parameters("a thousand lifetimes as numbers", lambda: [_user(apiKeys=keys(1000, expirationSeconds=1))]),
    _parameters("two keys of Ed25519 each", lambda: [_user(apiKeys=keys(2, Curve.ED25519)) for _ in range(USERS)]),
    _parameters("two keys of Ethereum each", lambda: [_user(apiKeys=keys(2, Curve.SECP256K1)) for _ in range(USERS)]),
    _parameters("twenty keys of Ed25519 each", lambda: [_user(apiKeys=keys(20, Curve.ED25519)) for _ in range(USERS)]),
    _parameters("a thousand users", lambda: [_user()] * 1000),
    _parameters("nine thousand users", lambda: [{}] * 9000),
    _parameters("users who are numbers", lambda: [0] * 9000),
    CostlyCase(
        name="organizationId of a megabyte",
        adversarial=lambda _stage, _: stamped(WHOAMI, b'{"organizationId":"%b"}' % (b"a" * 1_000_000), STRANGERS_KEY),
        honest=lambda stage, _: stamped(WHOAMI, body_with(stage.member, text(b"honest")), STRANGERS_KEY),
        answers=frozenset(REFUSED),
        honest_answers=frozenset(UNKNOWN),
    ),
    CostlyCase(
        name="origins of a megabyte",
        adversarial=lambda stage, _: _origins(stage, "," * 1_000_000),
        honest=lambda stage, _: _origins(
            stage, ",".join(f"https://{'a' * 55}{number}.example" for number in range(100, 200))
        ),
        answers=frozenset(REFUSED),
        honest_answers=frozenset(DENIED | LIMITED),
    ),
    CostlyCase(
        name="a body to be simulated, of many values",
        adversarial=lambda stage, _: _simulated(stage, body_with(stage.member, CONTENTS["empty arrays"])[:-2000]),
        honest=lambda stage, _: _simulated(stage, body_with(stage.member, text(b"honest"))[:-2000]),
        answers=frozenset(DONE),
        honest_answers=frozenset(DONE),
    ),
    CostlyCase(
        name="a sub-organization of a hundred users with two keys each",
        adversarial=lambda stage, _: _sub_organization(stage, [_user(apiKeys=keys(2)) for _ in range(100)]),
        honest=lambda stage, _: _sub_organization(stage, [_user(apiKeys=keys(1))]),
        answers=frozenset(DONE),
        honest_answers=frozenset(DONE),
    ),
)
