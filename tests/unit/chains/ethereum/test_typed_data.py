"""What is sound is compared with viem, ethers and eth-account elsewhere; here are spellings, facts and refusals."""

import json

import pytest

from counterseal.chains.ethereum import read_typed_data
from counterseal.chains.ethereum.struct_types import TYPE_CHARACTERS_MAX
from counterseal.chains.ethereum.typed_data import DEPTH_MAX, PAYLOAD_CHARACTERS_MAX, VALUES_MAX
from counterseal.chains.values import HexText, Numeral
from counterseal.contract.errors import InvalidRequest
from counterseal.crypto.hashes import keccak256

ADDRESS = "0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826"
DOMAIN_TYPE = [
    {"name": "name", "type": "string"},
    {"name": "chainId", "type": "uint256"},
    {"name": "verifyingContract", "type": "address"},
]
DOMAIN = {"name": "Ether Mail", "chainId": 1, "verifyingContract": ADDRESS}


def members(**types):
    return [{"name": name, "type": type_} for name, type_ in types.items()]


def payload(type_="uint256", value=1, *, types=None, **others):
    types = {"A": members(x=type_)} | (types or {})
    return json.dumps({"types": types, "primaryType": "A", "domain": {}, "message": {"x": value}} | others)


def read(*arguments, **others):
    return read_typed_data(payload(*arguments, **others))


def refused(*arguments, **others):
    with pytest.raises(InvalidRequest) as refusal:
        read(*arguments, **others)
    assert refusal.value.message.startswith("invalid EIP-712 payload: ")
    return refusal.value.message.removeprefix("invalid EIP-712 payload: ")


@pytest.mark.parametrize("value", [16, "16", "0x10", "0x0010", "016"])
def test_an_integer_is_the_same_however_it_is_spelt(value):
    found = read("uint256", value)
    assert found == read("uint256", 16)
    fact = found.facts["message"]["x"]
    assert (type(fact), fact, fact.number) == (Numeral, "16", 16)


@pytest.mark.parametrize(("type_", "value"), [("int8", -128), ("int8", "-128"), ("int256", -(2**255)), ("int", -1)])
def test_integers_may_be_negative(type_, value):
    assert read(type_, value).facts["message"]["x"].number == int(value)


@pytest.mark.parametrize(
    ("type_", "value", "message"),
    [
        ("uint8", 256, "message.x: found 256, expected an integer from 0 to 255"),
        ("uint8", -1, "message.x: found -1, expected an integer from 0 to 255"),
        ("int8", 128, "message.x: found 128, expected an integer from -128 to 127"),
        ("int8", "0x80", "message.x: found 128, expected an integer from -128 to 127"),
        ("uint8", "", "message.x: found ``, expected an integer"),
        ("uint8", "0x", "message.x: found `0x`, expected an integer"),
        ("int8", "-0x1", "message.x: found `-0x1`, expected an integer"),
        ("uint8", "1_0", "message.x: found `1_0`, expected an integer"),
        ("uint8", "+1", "message.x: found `+1`, expected an integer"),
        ("uint8", " 1", "message.x: found ` 1`, expected an integer"),
        ("uint8", "1\n", "expected an integer"),
        ("uint8", "١", "expected an integer"),
        ("uint8", "1.0", "expected an integer"),
        ("uint8", "0b1", "expected an integer"),
        ("uint8", True, "message.x: found true, expected an integer"),
        ("uint8", None, "message.x: found null, expected an integer"),
        ("uint8", [1], "message.x: found an array, expected an integer"),
        ("uint8", {}, "message.x: found an object, expected an integer"),
        ("bool", 1, "message.x: found the number 1, expected true or false"),
        ("bool", "true", "message.x: found `true`, expected true or false"),
        ("bool", None, "message.x: found null, expected true or false"),
        ("string", 5, "message.x: found the number 5, expected text"),
        ("string", None, "message.x: found null, expected text"),
        ("address", ADDRESS[2:], "expected 0x and 40 hexadecimal digits"),
        ("address", ADDRESS[:-2], "message.x: found 19 bytes, expected 20"),
        ("address", "vitalik.eth", "message.x: found `vitalik.eth`, expected 0x and 40 hexadecimal digits"),
        ("address", 5, "message.x: found the number 5, expected 0x and 40 hexadecimal digits"),
        ("bytes4", "0xabcdef", "message.x: found 3 bytes, expected 4"),
        ("bytes4", "0xabcdef0102", "message.x: found 5 bytes, expected 4"),
        ("bytes4", "abcdef01", "expected 0x and 8 hexadecimal digits"),
        ("bytes", "text", "message.x: found `text`, expected 0x and an even number of hexadecimal digits"),
        ("bytes", "0xabc", "message.x: found `0xabc`, expected 0x and an even number of hexadecimal digits"),
        ("bytes", "0xzz", "expected 0x and an even number of hexadecimal digits"),
        ("bytes", "0x ab", "expected 0x and an even number of hexadecimal digits"),
        ("bytes", [1, 2], "message.x: found an array, expected 0x"),
        ("uint8[]", 1, "message.x: found the number 1, expected an array"),
        ("uint8[]", {"0": 1}, "message.x: found an object, expected an array"),
        ("uint8[2]", [1], "message.x: found 1 items, expected 2"),
        ("uint8[2]", [1, 2, 3], "message.x: found 3 items, expected 2"),
        ("uint8[][2]", [[1], [256]], "message.x[1][0]: found 256, expected an integer from 0 to 255"),
        ("A", 5, "message.x: found the number 5, expected an object, which is a `A`"),
        ("A", None, "message.x: found null, expected an object, which is a `A`"),
        ("A", {}, "message.x: the member `x` of a `A` is missing"),
        ("A[]", [{"x": []}, {}], "message.x[1]: the member `x` of a `A` is missing"),
    ],
)
def test_values_that_are_not_of_their_type(type_, value, message):
    assert message in refused(type_, value)


@pytest.mark.parametrize(
    ("type_", "message"),
    [
        ("uint7", "no struct `uint7`, and no type has that name"),
        ("uint264", "no struct `uint264`"),
        ("bytes33", "no struct `bytes33`"),
        ("bytes0", "no struct `bytes0`"),
        ("B", "no struct `B`"),
        ("", "no struct ``"),
        ("uint256 ", "no struct `uint256 `"),
        ("uint8[0]", "has the length `0`, expected 1 or more"),
        ("uint8[1", "has brackets that are no array's"),
        ("uint8" + "[]" * 33, "has more than 32 dimensions"),
    ],
)
def test_types_that_there_are_not(type_, message):
    assert message in refused(type_, [])


@pytest.mark.parametrize(
    "name", ["uint8", "uint", "uint7", "bytes", "bytes32", "bytes99", "address", "string", "bool", "function"]
)
def test_a_struct_may_not_be_taken_for_another_type(name):
    """Some readers look for structs first, others for the language's own types."""
    assert "cannot be the name of a struct" in refused(primaryType=name, types={name: []})


@pytest.mark.parametrize("name", ["A B", "A,B", "A(B", "A)B", "A[]", "A]", "\tA", ""])
def test_names_leave_one_reading_of_the_type_s_text(name):
    assert "cannot be the name of a struct" in refused(primaryType=name, types={name: []})


@pytest.mark.parametrize(
    ("written", "message"),
    [
        (None, "types.`A`: expected an array of members"),
        ({}, "types.`A`: expected an array of members"),
        ([5], "types.`A`: expected members with a name and a type"),
        ([{"name": "x"}], "types.`A`: expected members with a name and a type"),
        ([{"type": "bool"}], "types.`A`: expected members with a name and a type"),
        ([{"name": "", "type": "bool"}], "types.`A`: expected members with a name and a type"),
        ([{"name": "x,bool y", "type": "bool"}], "types.`A`: expected members with a name and a type"),
        ([{"name": "x)", "type": "bool"}], "types.`A`: expected members with a name and a type"),
        ([{"name": 5, "type": "bool"}], "types.`A`: expected members with a name and a type"),
        (members(x="bool") * 2, "types.`A`: two members `x`"),
    ],
)
def test_structs_that_are_none(written, message):
    assert message in refused(types={"A": written})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected JSON"),
        ("[]", "expected an object of types, primaryType, domain and message"),
        ("{}", "expected an object of types, primaryType, domain and message"),
        (payload(primaryType=5), "expected an object of types"),
        (payload(primaryType="B"), "no struct `B`"),
        ('{"primaryType":"A"}', "types: expected an object of structs"),
        ('{"primaryType":"A","types":[]}', "types: expected an object of structs"),
        (payload(message=None), "message: found null, expected an object"),
        (payload(message=[]), "message: found an array, expected an object"),
        (payload(value=1.0), "the number `1.0` has a fraction or an exponent"),
        (payload().replace("1}", "1e2}"), "the number `1e2` has a fraction or an exponent"),
        (payload().replace("1}", "NaN}"), "the number `NaN` has a fraction or an exponent"),
        (payload().replace("1}", "9" * 81 + "}"), "a number has 81 digits, expected at most 80"),
        (payload().replace('"x": 1', '"x": 1, "x": 2'), "duplicate key `x`"),
        (payload("string", "\ud800"), "half of a surrogate pair"),
        (payload("string", "\ud800").replace("\\ud800", "\ud800"), "half of a surrogate pair"),
        (payload("string", "x" * PAYLOAD_CHARACTERS_MAX), f"expected at most {PAYLOAD_CHARACTERS_MAX}"),
        (payload("uint8[]", [0] * VALUES_MAX), f"expected at most {VALUES_MAX} values"),
        (payload("A", json.loads("[" * DEPTH_MAX + "]" * DEPTH_MAX)), f"nested more than {DEPTH_MAX} levels deep"),
    ],
)
def test_payloads_that_are_none(text, message):
    with pytest.raises(InvalidRequest) as refusal:
        read_typed_data(text)
    assert message in refusal.value.message


def test_facts_are_by_type():
    types = {
        "A": members(to="address", data="bytes", hash="bytes2", note="string", ok="bool", inner="B", many="B[]"),
        "B": members(n="int8"),
    }
    message = {
        "to": ADDRESS,
        "data": "0xABCD",
        "hash": "0xABCD",
        "note": "0xABCD",
        "ok": True,
        "inner": {"n": -1, "extra": "is ignored"},
        "many": [{"n": 0}],
    }
    facts = read(types=types, message=message).facts["message"]
    expected = {"to": ADDRESS.lower(), "data": "0xabcd", "hash": "0xabcd", "note": "0xABCD", "ok": True}
    assert facts == expected | {"inner": {"n": "-1"}, "many": [{"n": "0"}]}
    assert [type(facts[name]) for name in ("to", "data", "hash", "note")] == [HexText, HexText, HexText, str]


def test_members_that_no_type_names_change_nothing():
    assert read(message={"x": 1, "more": 2}, more=[1]) == read()


def test_a_recursive_struct_ends_in_an_empty_array():
    types = {"A": members(x="A[]")}
    found = read(types=types, message={"x": [{"x": []}, {"x": [{"x": []}]}]})
    assert found.facts["message"] == {"x": [{"x": []}, {"x": [{"x": []}]}]}


def test_a_recursion_without_end_is_refused():
    assert refused("A", {"x": {"x": {"x": {}}}}) == "message.x.x.x.x: the member `x` of a `A` is missing"


def test_the_domain_shows_what_is_signed():
    found = read(types={"EIP712Domain": DOMAIN_TYPE}, domain=DOMAIN | {"version": "1"})
    assert found.facts["domain"] == {
        "name": "Ether Mail",
        "chain_id": 1,
        "verifying_contract": ADDRESS.lower(),
    }, "no version: it is not in the type, and so not signed"
    assert type(found.facts["domain"]["chain_id"]) is int


def test_without_a_type_nothing_of_the_domain_is_signed():
    found = read(domain=DOMAIN)
    assert found == read() == read(domain=None) == read(types={"EIP712Domain": []}, domain={})
    assert found.facts["domain"] == {}


@pytest.mark.parametrize(
    ("member", "type_", "value"),
    [
        ("chainId", "string", "1"),
        ("verifyingContract", "string", ADDRESS),
        ("name", "bytes", "0x"),
        ("chainId", "int256", 1),
    ],
)
def test_members_of_the_domain_of_another_type_are_signed_and_not_shown(member, type_, value):
    found = read(types={"EIP712Domain": members(**{member: type_})}, domain={member: value})
    assert found.facts["domain"] == {}
    assert found.digest != read().digest


@pytest.mark.parametrize("domain", [None, {}, {"name": "Ether Mail", "chainId": 1}])
def test_a_domain_must_have_what_its_type_names(domain):
    assert refused(types={"EIP712Domain": DOMAIN_TYPE}, domain=domain).startswith("domain: ")


def test_the_order_of_the_domain_s_type_counts():
    one = read(types={"EIP712Domain": DOMAIN_TYPE}, domain=DOMAIN)
    other = read(types={"EIP712Domain": DOMAIN_TYPE[::-1]}, domain=DOMAIN)
    assert one.digest != other.digest
    assert one.facts == other.facts


def test_a_domain_alone():
    types = {"EIP712Domain": DOMAIN_TYPE}
    found = read(types=types, domain=DOMAIN, primaryType="EIP712Domain", message={"is": "ignored"})
    assert found.facts["message"] == {}
    assert found == read(types=types, domain=DOMAIN, primaryType="EIP712Domain", message=None)


def test_the_digest_of_nothing():
    empty = keccak256(keccak256(b"EIP712Domain()"))
    assert read(primaryType="EIP712Domain").digest == keccak256(b"\x19\x01" + empty)
    assert read(types={"A": []}).digest == keccak256(b"\x19\x01" + empty + keccak256(keccak256(b"A()")))


def test_structs_that_nothing_reaches_are_not_looked_at():
    assert read(types={"Z": "nonsense", "uint8": []}) == read()


def test_names_may_hold_other_characters():
    name = "Hyper:Approve.Agent/é"
    found = read(types={name: members(**{"the value (no)": "bool"})[:0]}, primaryType=name, message={})
    assert found.facts["primary_type"] == name
    spaced = {"A": [{"name": "Wallet address", "type": "bool"}]}
    assert read(types=spaced, message={"Wallet address": True}).facts["message"] == {"Wallet address": True}


def test_the_text_of_types_has_a_bound():
    """Each struct's hash is that of all below it: so many of them in a row would take their square."""
    row = {f"S{n}": members(x=f"S{n + 1}[]") for n in range(700)} | {"S700": []}
    assert read(types=row, primaryType="S1", message={"x": []}).facts["message"] == {"x": []}
    wide = {"A": members(**{f"m{n}": f"S{n}" for n in range(200)})}
    message = {f"m{n}": {"x": []} for n in range(200)}
    assert f"more than {TYPE_CHARACTERS_MAX} characters are hashed" in refused(types=row | wide, message=message)
