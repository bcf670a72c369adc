"""Laws of ``decode`` and ``encode`` over every request of the API, with random instances and random nonsense."""

import types
from enum import Enum
from functools import cache
from typing import Annotated, Literal, Union, get_args, get_origin

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from counterseal.contract.decode import decode
from counterseal.contract.encode import encode
from counterseal.contract.errors import InvalidRequest, Refused
from counterseal.contract.generator.model import model
from counterseal.contract.operations import all_operations, variant
from counterseal.contract.parse import parse_json
from counterseal.contract.shape import Shape
from counterseal.contract.submit import intent_of
from counterseal.contract.upgrades import SubOrganizationWithPrivateKeys, can_upgrade, upgrade

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=6)
NONSENSE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT | st.integers(0, 10**19).map(str),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
VARIANTS = [entry["type"] for entry in model().variants()]
REQUESTS = [operation for operation in all_operations() if operation.request is not None]
UPGRADABLE = [name for name in VARIANTS if can_upgrade(variant(name)) and not variant(name).is_newest]

few = settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@cache
def values(annotation):
    """Random values of a member's type."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return values(get_args(annotation)[0])
    if origin is Union or origin is types.UnionType:
        return st.one_of([values(each) for each in get_args(annotation)])
    if origin is Literal:
        return st.sampled_from(get_args(annotation))
    if origin is list:
        return st.lists(values(get_args(annotation)[0]), max_size=2)
    if origin is dict:
        return st.dictionaries(TEXT, TEXT, max_size=2)
    if issubclass(annotation, Shape):
        return instances(annotation)
    if issubclass(annotation, Enum):
        return st.sampled_from(list(annotation))
    return {str: TEXT, int: st.integers(-(2**31), 2**31 - 1), bool: st.booleans(), types.NoneType: st.none()}[
        annotation
    ]


@cache
def instances(shape):
    """Random instances of ``shape``."""
    members = {member.name: values(member.type) for member in msgspec.structs.fields(shape)}
    return st.fixed_dictionaries(members).map(lambda given: shape(**given))


def replaced(tree, data):
    """``tree`` with one value somewhere in it replaced by nonsense."""
    if isinstance(tree, dict) and tree and data.draw(st.booleans()):
        name = data.draw(st.sampled_from(sorted(tree)))
        return tree | {name: replaced(tree[name], data)}
    if isinstance(tree, list) and tree and data.draw(st.booleans()):
        index = data.draw(st.integers(0, len(tree) - 1))
        return [*tree[:index], replaced(tree[index], data), *tree[index + 1 :]]
    return data.draw(NONSENSE)


def with_unknown_members(tree):
    """``tree`` with a member that no shape has in every object; the model's one free-form map is left alone."""
    if isinstance(tree, dict):
        known = {
            name: member if name == "oauthClientIds" else with_unknown_members(member) for name, member in tree.items()
        }
        return known | {"unknownToTheModel": [None]}
    if isinstance(tree, list):
        return [with_unknown_members(item) for item in tree]
    return tree


def with_null_members(tree, shape):
    """``tree`` with an explicit null for each member of ``shape`` that is not given."""
    return {member.encode_name: None for member in msgspec.structs.fields(shape)} | tree


@pytest.mark.parametrize("type_name", VARIANTS)
@few
@given(data=st.data())
def test_every_intent_survives_the_wire(type_name, data):
    kind = variant(type_name)
    intent = data.draw(instances(kind.intent))
    raw = encode({"parameters": intent})
    read = intent_of(parse_json(raw), kind)
    assert read == intent
    assert encode({"parameters": read}) == raw


@pytest.mark.parametrize("operation", REQUESTS, ids=lambda operation: operation.name)
@few
@given(data=st.data())
def test_every_query_survives_the_wire(operation, data):
    request = data.draw(instances(operation.request))
    raw = encode(request)
    assert decode(parse_json(raw), operation.request) == request
    assert encode(decode(parse_json(raw), operation.request)) == raw


@given(type_name=st.sampled_from(VARIANTS), data=st.data())
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_nonsense_anywhere_is_read_or_refused(type_name, data):
    kind = variant(type_name)
    tree = parse_json(encode({"parameters": data.draw(instances(kind.intent))}))
    try:
        intent = intent_of({"parameters": replaced(tree["parameters"], data)}, kind)
    except InvalidRequest as refused:
        assert refused.message.startswith("invalid request body: ")
    else:
        assert isinstance(intent, kind.intent)


@given(type_name=st.sampled_from(VARIANTS), data=st.data())
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_unknown_members_and_explicit_nulls_change_nothing(type_name, data):
    kind = variant(type_name)
    intent = data.draw(instances(kind.intent))
    tree = parse_json(encode(intent))
    assert decode(with_unknown_members(tree), kind.intent) == intent
    raw = msgspec.json.encode(with_null_members(tree, kind.intent))
    assert decode(parse_json(raw), kind.intent) == intent


@given(seconds=st.integers(0, 2**63 - 1), threshold=st.integers(-(2**31), 2**31 - 1))
def test_integers_and_decimal_strings_stand_for_each_other(seconds, threshold):
    session = variant("ACTIVITY_TYPE_CREATE_READ_WRITE_SESSION_V2").intent
    quorum = variant("ACTIVITY_TYPE_UPDATE_ROOT_QUORUM").intent
    for given_seconds in (seconds, str(seconds)):
        tree = {"targetPublicKey": "04", "expirationSeconds": given_seconds}
        assert decode(tree, session).expiration_seconds == str(seconds)
    for given_threshold in (threshold, str(threshold)):
        assert decode({"threshold": given_threshold, "userIds": []}, quorum).threshold == threshold


@pytest.mark.parametrize("type_name", UPGRADABLE)
@few
@given(data=st.data())
def test_an_older_intent_is_upgraded_to_the_newest_or_refused(type_name, data):
    old = variant(type_name)
    newest = next(each.intent for each in map(variant, VARIANTS) if each.kind == old.kind and each.is_newest)
    try:
        upgraded = upgrade(data.draw(instances(old.intent)), old)
    except Refused as refused:
        assert any(reason in refused.message for reason in ("privateKey", "walletAuthenticators", "same user"))
        return
    assert type(upgraded) in (newest, SubOrganizationWithPrivateKeys)
    assert decode(parse_json(encode(upgraded)), type(upgraded)) == upgraded
