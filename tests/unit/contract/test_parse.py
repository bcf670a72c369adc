import json

import pytest

from counterseal.contract.errors import InvalidRequest
from counterseal.contract.generator.model import model, reference
from counterseal.contract.parse import MAX_DEPTH, MAX_VALUES, parse_json, values_at_most


def refusal(raw: bytes) -> str:
    with pytest.raises(InvalidRequest) as refused:
        parse_json(raw)
    assert refused.value.http == 400
    assert refused.value.message.startswith("invalid request body: ")
    return refused.value.message


def nested(depth: int) -> bytes:
    return b'{"a":' + b"[" * (depth - 1) + b"]" * (depth - 1) + b"}"


def test_an_object_as_plain_values():
    raw = b' {"text": "\xc3\xa9\\u00e9", "n": -3, "f": 1.5, "yes": true, "list": [1, "x", {}], "o": {"p": "q"}}\n'
    assert parse_json(raw) == {
        "text": "éé",
        "n": -3,
        "f": 1.5,
        "yes": True,
        "list": [1, "x", {}],
        "o": {"p": "q"},
    }


def test_null_members_are_left_out_at_every_depth():
    assert parse_json(b'{"a":null,"b":{"c":null,"d":[{"e":null,"f":0}]}}') == {"b": {"d": [{"f": 0}]}}


def test_nulls_in_arrays_stay():
    assert parse_json(b'{"a":[null,1]}') == {"a": [None, 1]}


@pytest.mark.parametrize(
    "raw",
    [
        b'{"userId":"a","userId":"a"}',
        b'{"userId":null,"userId":"a"}',
        b'{"p":[{"userId":1,"x":2,"userId":3}]}',
        b'{"userId":1,"user\\u0049d":2}',
    ],
)
def test_a_duplicate_key_is_refused_by_name(raw):
    assert refusal(raw) == "invalid request body: duplicate key `userId`"


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b'{"a":"\xff"}', "expected UTF-8, got byte 0xff at position 6"),
        (b'{"a":"\xed\xa0\x80"}', "expected UTF-8"),
        (b'\xef\xbb\xbf{"a":1}', "expected JSON"),
        (b'{"a":1}'.decode().encode("utf-16"), "expected UTF-8"),
        (b"", "expected JSON"),
        (b'{"a":1', "expected JSON"),
        (b'{"a":1} x', "expected JSON"),
        (b"{'a':1}", "expected JSON"),
        (b'{"a":"\n"}', "expected JSON"),
        (b'{"a":NaN}', "NaN is not JSON"),
        (b'{"a":Infinity}', "Infinity is not JSON"),
        (b'{"a":[-Infinity]}', "-Infinity is not JSON"),
        (b'{"a":1e400}', "number `1e400` is out of range"),
        (b'{"a":123456789012345678901}', "at most 20 digits, got 21"),
        (b'{"a":' + b"9" * 100_000 + b"}", "at most 20 digits, got 100000"),
        (b'"text"', "expected a JSON object"),
        (b"[]", "expected a JSON object"),
        (b"null", "expected a JSON object"),
        (b'{"a":"\\ud800"}', "lone surrogate"),
        (b'{"a":["\\udc00\\ud800"]}', "lone surrogate"),
        (b'{"\\ud800":1}', "lone surrogate"),
        (b'{"a":"x\\u0000y"}', "U+0000"),
    ],
)
def test_what_is_refused(raw, says):
    assert says in refusal(raw)


def test_escapes_that_are_text():
    assert parse_json(b'{"a":"\\ud83d\\ude00","b":"\\\\u0000\\\\ud800"}') == {"a": "😀", "b": "\\u0000\\ud800"}


def test_the_largest_integers():
    assert parse_json(b'{"a":18446744073709551615,"b":-9223372036854775808}') == {"a": 2**64 - 1, "b": -(2**63)}


def test_nesting_up_to_the_limit():
    assert parse_json(nested(MAX_DEPTH))
    assert "nested more than 32 levels" in refusal(nested(MAX_DEPTH + 1))


def test_wide_is_not_deep():
    wide = {"a": [{"b": ["[[[[[[", '"}{{{\\"']} for _ in range(500)]}
    assert parse_json(json.dumps(wide).encode()) == wide


HOSTILE = {
    "arrays": b"[" * 1_000_000,
    "objects": b'{"a":' * 200_000,
    "closing": b"]" * 1_000_000,
    "commas": b"," * 1_000_000,
    "quotes": b'{"a":[' + b'"\\"' * 300_000,
    "nothing but quotes": b'"' * 1_000_000,
    "unfinished string": b'{"a":"' + b'\\"[{' * 250_000,
    "unfinished quotes": b"{" * 40 + b'"' + b'\\"' * 500_000,
    "backslashes": b'{"a":"' + b"\\" * 1_000_001 + b'"}',
    "flat": b'{"a":[' + b"[]," * 300_000 + b"1]}x",
    "names": b'{"a' + b'":"' * 300_000 + b'"}',
}


@pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE)
def test_hostile_bodies_are_refused_in_linear_time_and_without_deep_recursion(raw):
    refusal(raw)


@pytest.mark.parametrize(("item", "each"), [("0", 1), ('"a"', 1), ("null", 1), ("[0]", 2), ('{"a":0}', 2), ("[]", 2)])
def test_there_may_be_as_many_values_as_have_room(item, each):
    """The body and the array are two of them; an empty array counts as one with a value."""

    def array(size):
        return f'{{"a":[{",".join([item] * size)}]}}'.encode()

    fits = (MAX_VALUES - 2) // each
    assert len(parse_json(array(fits))["a"]) == fits
    assert refusal(array(fits + 1)) == f"invalid request body: expected at most {MAX_VALUES} values, got more"


def test_members_are_values():
    def members(count):
        return json.dumps({f"{at}": at for at in range(count)}).encode()

    assert len(parse_json(members(MAX_VALUES - 1))) == MAX_VALUES - 1
    assert "expected at most 10000 values, got more" in refusal(members(MAX_VALUES + 1))


@pytest.mark.parametrize("text", ["[", "{", ",", '"', '"[', "\\", '\\"', '\\\\",[', "a,b"])
def test_what_is_in_strings_is_no_value(text):
    """Policies, contracts' interfaces and bodies to be simulated are such texts."""
    tree = {"a": text * 300_000, text: [text * 20_000]}
    assert parse_json(json.dumps(tree).encode()) == tree


def test_the_limit_leaves_room_for_the_largest_bodies():
    """A thousand accounts of a wallet; a hundred users with two keys and a passkey each: all with every member."""
    definitions = model().definitions

    def values_of(name, **lists):
        members = definitions[name]["properties"]
        return 1 + sum(lists.get(member, 1) for member in members)

    account = values_of("WalletAccountParams")
    attestation = values_of("Attestation", transports=3)
    passkey = values_of("AuthenticatorParamsV2", attestation=attestation)
    key = values_of("ApiKeyParamsV2")
    user = values_of("UserParamsV4", apiKeys=1 + 2 * key, authenticators=1 + passkey, userTags=1 + 10)
    assert 1000 * account + 10 < MAX_VALUES
    assert 100 * user + 10 < MAX_VALUES


def test_values_are_counted_at_once():
    assert values_at_most(b"0") == 1
    assert values_at_most(b'{"a":[1,2],"b":3}') == 5
    assert values_at_most(b'{"a":"[,"}') == 4, "strings are not told apart"


def test_the_limit_leaves_room_for_the_deepest_body():
    definitions = model().definitions

    def depth(name: str) -> int:
        members = definitions[name].get("properties", {}).values()
        return 1 + max(map(member_depth, members), default=0)

    def member_depth(schema: dict) -> int:
        if "items" in schema:
            return 1 + member_depth(schema["items"])
        other = reference(schema)
        return depth(other) if other and "enum" not in definitions[other] else 0

    deepest = 1 + max(depth(name) for name in model().requested())
    assert deepest == 9
    assert deepest < MAX_DEPTH
