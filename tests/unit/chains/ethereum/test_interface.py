import json

import pytest

from counterseal.chains.ethereum import NO_CALL, call_of, parse_interface, refuse_unclear_call
from counterseal.chains.interface_text import FUNCTIONS_MAX, INTERFACE_CHARACTERS_MAX
from counterseal.contract.errors import InvalidRequest
from counterseal.crypto.hashes import keccak256


def function(*inputs, name="f", **more):
    return {"type": "function", "name": name, "inputs": list(inputs)} | more


def of(type_, name="a", **more):
    return {"name": name, "type": type_} | more


def interface(*entries):
    return parse_interface(json.dumps(entries))


def signatures(*entries):
    return [each.signature for each in interface(*entries).functions.values()]


def selector(signature):
    return keccak256(signature.encode())[:4]


def test_functions_are_known_by_the_hash_of_their_signature():
    found = interface(function(of("address", "dst"), of("uint256", "wad"), name="transfer"))
    assert list(found.functions) == [bytes.fromhex("a9059cbb")]
    assert found.functions[bytes.fromhex("a9059cbb")].keys == ("dst", "wad")


@pytest.mark.parametrize(
    ("input_", "text"),
    [
        (of("uint"), "uint256"),
        (of("int"), "int256"),
        (of("uint8[2][]"), "uint8[2][]"),
        (of("function"), "function"),
        (of("tuple", components=[of("bool"), of("bytes3")]), "(bool,bytes3)"),
        (of("tuple[2][]", components=[of("tuple", components=[of("string")])]), "((string))[2][]"),
        (of("address", internalType="address payable", indexed=True), "address"),
    ],
)
def test_signatures_are_written_as_they_are_hashed(input_, text):
    assert signatures(function(input_)) == [f"f({text})"]


def test_overloads_are_apart_and_everything_else_is_ignored():
    entries = (
        {"type": "constructor", "inputs": [of("mapping")]},
        {"type": "event", "name": "E", "inputs": "x"},
        {"type": "error", "name": "E"},
        {"type": "fallback"},
        function(of("uint8")),
        function(of("uint16")),
        {"name": "f", "inputs": [of("bool")]},
        function(of("uint8"), outputs=[of("nonsense")], stateMutability="view"),
    )
    assert signatures(*entries) == ["f(uint8)", "f(uint16)", "f(bool)"]


def test_inputs_without_a_name_are_known_by_their_position():
    found = interface(function(of("uint8", ""), of("uint8", "x"), {"type": "uint8"}))
    assert found.functions[selector("f(uint8,uint8,uint8)")].keys == ("0", "x", "2")


def nested(levels):
    found = of("bool")
    for _ in range(levels):
        found = of("tuple", components=[found])
    return found


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ({}, "expected an array, as compilers write it"),
        ([5], "[0]: expected an object"),
        ([{"type": "function", "inputs": []}], "[0]: expected the name of a function"),
        ([function(name="f(")], "[0]: expected the name of a function"),
        ([function(name="")], "[0]: expected the name of a function"),
        ([{"type": "function", "name": "f"}], "[0]: function `f`: expected an array of inputs or components"),
        ([function(5)], "expected an input with a type"),
        ([function({"name": "a"})], "expected an input with a type"),
        ([function(of("uint7"))], "`uint7` is no type that can be decoded"),
        ([function(of("uint264"))], "`uint264` is no type that can be decoded"),
        ([function(of("uint08"))], "`uint08` is no type that can be decoded"),
        ([function(of("bytes0"))], "`bytes0` is no type"),
        ([function(of("bytes33"))], "`bytes33` is no type"),
        ([function(of("fixed128x18"))], "is no type that can be decoded"),
        ([function(of("Struct storage"))], "is no type that can be decoded"),
        ([function(of(""))], "is no type that can be decoded"),
        ([function(of("uint8[0]"))], "has the length `0`, expected 1 or more"),
        ([function(of("uint8[01]"))], "has the length `01`"),
        ([function(of("uint8[-1]"))], "has brackets that are no array's"),
        ([function(of("uint8["))], "has brackets that are no array's"),
        ([function(of("uint8[]x"))], "has brackets that are no array's"),
        ([function(of("uint8" + "[]" * 33))], "has more than 32 dimensions"),
        ([function(of("tuple"))], "a tuple without components"),
        ([function(of("tuple", components=[]))], "a tuple without components"),
        ([function(of("tuple", components={"a": 1}))], "expected an array of inputs or components"),
        ([function(nested(33))], "more than 32 tuples and arrays inside each other"),
        ([function(of("bool", "x"), of("bool", "x"))], "two inputs `x`"),
        ([function(of("bool", "1"), of("bool", ""))], "two inputs `1`"),
        ([function(of("bool", 5))], "expected inputs whose names are texts"),
        ([function(of("bool", "x")), function(of("bool", "y"))], "[1]: f(bool) has the selector of f(bool)"),
        ([function(name=f"f{n}") for n in range(FUNCTIONS_MAX + 1)], f"more than {FUNCTIONS_MAX} functions"),
    ],
)
def test_what_is_no_interface_is_refused(entries, message):
    with pytest.raises(InvalidRequest) as refusal:
        parse_interface(json.dumps(entries))
    assert refusal.value.message.startswith("invalid smart contract interface: ")
    assert message in refusal.value.message


def test_functions_whose_selectors_collide_are_refused():
    """42966c68 is the selector of both."""
    collision = function(of("bytes16"), name="collate_propagate_storage")
    with pytest.raises(
        InvalidRequest, match=r"collate_propagate_storage\(bytes16\) has the selector of burn\(uint256\)"
    ):
        interface(function(of("uint256"), name="burn"), collision)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected JSON"),
        ("[" * 200, "nested more than 80 levels deep"),
        ('[{"type":"function","type":"event"}]', "duplicate key `type`"),
        ("[" + "0," * 100_000 + "0]", "expected at most 100000 values"),
        ("[" + " " * INTERFACE_CHARACTERS_MAX + "]", "400002 characters, expected at most 400000"),
        ('["\\ud800"]', "half of a surrogate pair"),
    ],
)
def test_a_document_has_bounds(text, message):
    with pytest.raises(InvalidRequest) as refusal:
        parse_interface(text)
    assert message in refusal.value.message


def test_the_deepest_types_are_taken():
    assert signatures(function(nested(32))) == ["f(" + "(" * 32 + "bool" + ")" * 32 + ")"]


ONE = interface(function(of("uint8", "n")))
DATA = selector("f(uint8)") + bytes(31) + b"\5"


def test_a_call_has_its_arguments_by_name():
    call = call_of(ONE, DATA)
    assert (call.name, call.selector, call.arguments, call.fault) == ("f", f"0x{DATA[:4].hex()}", {"n": 5}, "")
    refuse_unclear_call(call)


def test_what_follows_the_arguments_changes_nothing():
    assert call_of(ONE, DATA + b"\xff" * 77) == call_of(ONE, DATA)


@pytest.mark.parametrize("data", [b"", b"\0", b"\1\2\3\4", b"\1\2\3\4" + bytes(64), bytes(3)])
def test_what_the_interface_does_not_know_is_no_call(data):
    assert call_of(ONE, data) is NO_CALL
    refuse_unclear_call(NO_CALL)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (DATA[:4], "in the data of f(uint8) it ends at byte 4, expected 1 words from byte 4 on"),
        (DATA[:-1], "in the data of f(uint8) it ends at byte 35, expected 1 words from byte 4 on"),
        (DATA[:-2] + b"\1\5", "in the data of f(uint8) the word at byte 4 is 261, expected a uint8"),
    ],
)
def test_arguments_that_are_not_understood(data, message):
    call = call_of(ONE, data)
    assert (call.arguments, call.fault) == (None, message)
    with pytest.raises(InvalidRequest, match=r"failed to pre-parse Ethereum transaction: in the data of") as refusal:
        refuse_unclear_call(call)
    assert refusal.value.code == "INVALID_TRANSACTION"


def test_a_selector_that_ends_in_zeros_may_be_short():
    """Behind the end of its data a contract reads zeros."""
    number = next(n for n in range(10**6) if selector(f"f{n}()")[3] == 0)
    found = interface(function(name=f"f{number}"))
    short = selector(f"f{number}()")[:3]
    assert call_of(found, short).fault == "3 bytes, expected 4 at least"
    assert call_of(found, short + b"\0").arguments == {}
    assert call_of(found, short[:2]) is NO_CALL
