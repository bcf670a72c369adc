"""Python takes True, 1 and 1.0 for one value. Whatever is read from a request counts by its type: an equal value of
another type is refused, or ignored, exactly as any other value of the wrong type is.
"""

from __future__ import annotations

from typing import Any

import cbor2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_contract_decode import REQUESTS, VARIANTS, instances

from composed import ComposedServer
from counterseal.activities.authenticators.attestation import parse_attestation
from counterseal.contract import decode, encode, parse_json, timestamp_ms_of, variant
from counterseal.contract.body import LITTLE_VALUES
from counterseal.contract.errors import InvalidRequest, Refused
from counterseal.crypto import cose
from counterseal.crypto.errors import InvalidPublicKey
from software_authenticator import ES256, FORMATS, RS256, SoftwareAuthenticator, b64u, cose_key, new_key

SHAPES = [variant(name).intent for name in VARIANTS] + [operation.request for operation in REQUESTS]
WRONG = {"no": "type that anything has"}
"""What any other value of the wrong type is like."""


def others(value: Any) -> list[Any]:
    """Equal values of other types, as Python sees it."""
    if type(value) is bool:
        return [int(value), float(value)]
    if type(value) is int and abs(value) < 2**53:
        return [float(value), *([bool(value)] if value in (0, 1) else [])]
    return []


def places(tree: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where a value has equals of another type."""
    if isinstance(tree, dict):
        return [place for name, member in tree.items() for place in places(member, (*here, name))]
    if isinstance(tree, list):
        return [place for at, item in enumerate(tree) for place in places(item, (*here, at))]
    return [here] if others(tree) else []


def replaced(tree: Any, place: tuple[Any, ...], value: Any) -> Any:
    """A copy of ``tree`` with ``value`` in that place."""
    if not place:
        return value
    copy = dict(tree) if isinstance(tree, dict) else list(tree)
    copy[place[0]] = replaced(tree[place[0]], place[1:], value)
    return copy


def at(tree: Any, place: tuple[Any, ...]) -> Any:
    for step in place:
        tree = tree[step]
    return tree


@pytest.mark.parametrize("algorithm", [ES256, RS256])
def test_members_of_a_key(algorithm: int) -> None:
    members = cbor2.loads(cose_key(new_key(algorithm)))
    for label, value in members.items():
        for other in [*others(value), cbor2.CBORTag(2, b"\x01"), WRONG]:
            with pytest.raises(InvalidPublicKey):
                cose.decode_public_key(cbor2.dumps(members | {label: other}))
        for name in others(label):
            rest = {each: member for each, member in members.items() if each != label}
            with pytest.raises(InvalidPublicKey):
                cose.decode_public_key(cbor2.dumps(rest | {name: value}))


@pytest.mark.parametrize("form", [form for form in FORMATS if form != "none"])
def test_members_of_a_statement(form: str) -> None:
    passkey = SoftwareAuthenticator()
    auth_data = passkey.authenticator_data(0x41)
    whole = passkey._statement(form, auth_data, b"{}")
    for name, value in whole.items():
        wrong = [True, 1.0, WRONG] if type(value) is int else [list(value), WRONG]
        if type(value) in (str, bytes):
            wrong.append(value.encode() if type(value) is str else value.decode("latin-1"))
        if type(value) is list:
            wrong = [["text"], [1], [True], [], {0: value[0]}, WRONG]
        for other in wrong:
            statement = whole | {name: other}
            with pytest.raises(InvalidRequest):
                attested = cbor2.dumps({"fmt": form, "attStmt": statement, "authData": auth_data})
                parse_attestation(b64u(attested), "attestationObject")


@given(shape=st.sampled_from(SHAPES), data=st.data())
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
def test_members_of_requests(shape: Any, data: st.DataObject) -> None:
    tree = parse_json(encode(data.draw(instances(shape))))
    found = places(tree)
    if not found:
        return
    place = data.draw(st.sampled_from(found))
    other = data.draw(st.sampled_from(others(at(tree, place))))
    assert outcome(replaced(tree, place, other), shape) == outcome(replaced(tree, place, WRONG), shape)


def outcome(tree: Any, shape: Any) -> Any:
    """The value, or where it was refused."""
    try:
        return decode(tree, shape)
    except Refused as refused:
        return refused.message.rpartition(" at `")[2]


@pytest.mark.parametrize("value", [True, False, 1.0, 1800000000000.0])
def test_the_time_of_a_body(value: Any) -> None:
    with pytest.raises(InvalidRequest):
        timestamp_ms_of({"timestampMs": value})


@pytest.mark.parametrize("value", [False, True, 0, 0.0, [], {}, 1, ["00000000-0000-0000-0000-000000000000"]])
@pytest.mark.parametrize("more", [0, 2 * LITTLE_VALUES])
async def test_an_organization_is_left_out_or_it_is_text(server: ComposedServer, value: Any, more: int) -> None:
    """``get_activity`` may leave it out, and nothing that Python takes for false is the same as that."""
    reply = await server.query("get_activity", organizationId=value, activityId=server.root.user_id, more=[0] * more)
    assert reply.error == (400, 3, "INVALID_ORGANIZATION_ID")


@pytest.mark.parametrize("value", [None, ""])
@pytest.mark.parametrize("more", [0, 2 * LITTLE_VALUES])
async def test_an_organization_that_is_left_out(server: ComposedServer, value: Any, more: int) -> None:
    reply = await server.query("get_activity", organizationId=value, activityId=server.root.user_id, more=[0] * more)
    assert reply.error == (404, 5, "")
