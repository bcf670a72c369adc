"""Bodies: what of them is read when."""

import json
from unittest.mock import patch

import pytest

from counterseal.contract import Body, body, organization_id_of
from counterseal.contract.body import LITTLE_VALUES
from counterseal.contract.errors import InvalidRequest

ID = "0f8fad5b-d9cb-469f-a165-70867728950e"


def large(**members):
    return json.dumps(members | {"more": [0] * LITTLE_VALUES}).encode()


def refusal(raw):
    with pytest.raises(InvalidRequest) as refused:
        Body(raw)
    return refused.value.message


def test_a_small_body_is_read_once():
    raw = json.dumps({"organizationId": ID, "a": [None, {"b": None}]}).encode()
    with patch.object(body, "parse_json", side_effect=body.parse_json) as parse:
        read = Body(raw)
        assert read.envelope == read.tree() == {"organizationId": ID, "a": [None, {}]}
    assert parse.call_count == 1
    assert read.raw is raw


def test_of_a_large_body_only_the_organization_is_read_at_first():
    raw = large(organizationId=ID, a=1)
    with patch.object(body, "parse_json", side_effect=body.parse_json) as parse:
        read = Body(raw)
        assert read.envelope == {"organizationId": ID}
        assert parse.call_count == 0
        assert read.tree() == read.tree() == json.loads(raw)
    assert parse.call_count == 1


@pytest.mark.parametrize("value", [None, "", ID, ID.upper(), "é", "mine"])
def test_an_organization_that_is_text_or_left_out(value):
    read = Body(large(organizationId=value))
    assert read.envelope.get("organizationId") == read.tree().get("organizationId") == value


@pytest.mark.parametrize("value", [0, 1.5, True, False, [], [ID], {}, {"a": ID}])
def test_an_organization_that_is_something_else(value):
    for raw in (large(organizationId=value), json.dumps({"organizationId": value}).encode()):
        with pytest.raises(InvalidRequest, match="malformed organization ID"):
            organization_id_of(Body(raw).envelope)


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"[" + b"0," * LITTLE_VALUES + b"0]", "expected a JSON object"),
        (large()[:-1], "expected JSON, got an error: Input data was truncated"),
        (large() + b"x", "expected JSON, got an error: JSON is malformed: trailing characters"),
        (large(a="A").replace(b'"A"', b'"\xff"'), "expected UTF-8, got byte 0xff at position 7"),
        (large(a="A").replace(b'"A"', b"[" * 33 + b"]" * 33), "nested more than 32 levels deep"),
        (large() + b",[" * 10_000, "expected at most 10000 values, got more"),
        (b'{"a":[' + b"0," * 10_000 + b"0]}", "expected at most 10000 values, got more"),
    ],
)
def test_what_is_no_json_is_refused_at_first(raw, says):
    assert refusal(raw).startswith(f"invalid request body: {says}")
