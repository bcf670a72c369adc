"""A plausible value for every shape of the contract, so that what is spoilt afterwards is spoilt in one place only."""

from __future__ import annotations

import types
from dataclasses import dataclass
from enum import Enum
from random import Random
from typing import Annotated, Any, Union, get_args, get_origin

import msgspec

from counterseal.contract.shape import Shape

OPTIONAL_GIVEN = 0.4


@dataclass(frozen=True)
class Known:
    """What exists on the server, for members whose names ask for it."""

    organization_id: str
    ids: tuple[str, ...]
    public_keys: tuple[str, ...]

    def text_for(self, name: str, random: Random) -> str:
        """A string that would be in order for a member of this name, more often than not."""
        lower = name.lower()
        if lower == "organizationid":
            return self.organization_id
        if lower.endswith(("id", "ids")):
            return random.choice((*self.ids, fresh_uuid(random)))
        for part, make in _TEXTS:
            if part in lower:
                return make(self, random)
        return f"text {random.randrange(1000)}"


def fresh_uuid(random: Random) -> str:
    """A UUIDv4 that nothing has."""
    digits = f"{random.getrandbits(128):032x}"
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-8{digits[17:20]}-{digits[20:]}"


def specimen(expected: Any, name: str, known: Known, random: Random) -> Any:
    """A value of a type of the contract, as JSON has it."""
    origin = get_origin(expected)
    if origin is Annotated:
        return specimen(get_args(expected)[0], name, known, random)
    if origin is Union or origin is types.UnionType:
        options = [each for each in get_args(expected) if each is not types.NoneType]
        return specimen(random.choice(options), name, known, random)
    if origin is list:
        return [specimen(get_args(expected)[0], name, known, random) for _ in range(random.choice((0, 1, 1, 1, 2)))]
    if origin is dict:
        return {"key": specimen(get_args(expected)[1], name, known, random)}
    if isinstance(expected, type) and issubclass(expected, Shape):
        return {
            member.encode_name: specimen(member.type, member.encode_name, known, random)
            for member in msgspec.structs.fields(expected)
            if member.required or random.random() < OPTIONAL_GIVEN
        }
    return _scalar(expected, name, known, random)


def _scalar(expected: Any, name: str, known: Known, random: Random) -> Any:
    if isinstance(expected, type) and issubclass(expected, Enum):
        return str(random.choice(list(expected)).value)
    if get_args(expected):  # Literal
        return random.choice(get_args(expected))
    if expected is bool:
        return random.random() < 0.5
    if expected is int:
        return random.choice((0, 1, 2, 100))
    if expected is float:
        return 0.5
    return known.text_for(name, random)


_TEXTS: tuple[tuple[str, Any], ...] = (
    ("publickey", lambda known, random: random.choice(known.public_keys)),
    ("seconds", lambda known, random: random.choice(("60", "900", "1", "31536000"))),
    ("timestampms", lambda known, random: "1800000000000"),
    ("email", lambda known, random: f"user{random.randrange(1000)}@example.org"),
    ("phone", lambda known, random: f"+1321456{random.randrange(10_000):04}"),
    ("fingerprint", lambda known, random: f"sha256:{random.getrandbits(256):064x}"),
    ("limit", lambda known, random: "5"),
    ("challenge", lambda known, random: f"{random.getrandbits(128):x}"),
    ("consensus", lambda known, random: "approvers.any(user, true)"),
    ("condition", lambda known, random: "activity.type == 'ACTIVITY_TYPE_CREATE_USERS_V4'"),
    ("clientdatajson", lambda known, random: "eyJ0eXBlIjoid2ViYXV0aG4uY3JlYXRlIn0"),
    ("attestationobject", lambda known, random: "o2NmbXRkbm9uZWdhdHRTdG10oGhhdXRoRGF0YUA"),
    ("url", lambda known, random: f"https://hooks{random.randrange(1000)}.example.com/"),
    ("eventtype", lambda known, random: "ACTIVITY_UPDATES"),
    ("filtersjson", lambda known, random: '{"types":["ACTIVITY_TYPE_CREATE_USERS_V4"]}'),
    ("name", lambda known, random: f"name {random.randrange(10_000_000)}"),
)
