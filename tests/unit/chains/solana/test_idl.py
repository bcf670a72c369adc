"""Anchor IDLs in both spellings, what they refuse, and what instructions say by them."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

import pytest

from counterseal.chains import solana
from counterseal.chains.interface_text import FUNCTIONS_MAX, INTERFACE_CHARACTERS_MAX
from counterseal.chains.refusal import NotUnderstood
from counterseal.chains.solana.borsh import ITEMS_MAX, decode
from counterseal.chains.solana.idl_types import ARRAY_LENGTH_MAX, TYPE_NESTING_MAX
from counterseal.contract.errors import InvalidRequest

ACT = [1, 2, 3, 4, 5, 6, 7, 8]
KEY = "11111111111111111111111111111111"


def instruction(*args: Any, name: str = "act", **more: Any) -> dict[str, Any]:
    written = [{"name": f"a{at}", "type": each} for at, each in enumerate(args)]
    return {"name": name, "discriminator": ACT, "accounts": [], "args": written} | more


def named(name: str, definition: Any, **more: Any) -> dict[str, Any]:
    return {"name": name, "type": definition} | more


def struct_of(*types: Any) -> dict[str, Any]:
    return {"kind": "struct", "fields": [{"name": f"f{at}", "type": each} for at, each in enumerate(types)]}


def idl(*instructions: Any, types: Any = ()) -> solana.ProgramInterface:
    return solana.parse_interface(json.dumps({"instructions": instructions, "types": list(types)}))


def said(interface: solana.ProgramInterface, data: bytes) -> dict[str, Any]:
    function = interface.function_of(bytes(ACT) + data)
    assert function is not None
    return decode(function.arguments, bytes(ACT) + data, at=8, definition=interface.definition)


@pytest.mark.parametrize("name", ["initialize", "transferTokens", "transfer_tokens", "swapV2", "depositSOLNow"])
def test_a_discriminator_is_the_hash_of_the_name_in_snake_case(name: str) -> None:
    snake = {"transferTokens": "transfer_tokens", "swapV2": "swap_v2", "depositSOLNow": "deposit_sol_now"}
    data = sha256(f"global:{snake.get(name, name)}".encode()).digest()[:8]
    assert name != "initialize" or data.hex() == "afaf6d1f0d989bed", "as Anchor has it"
    found = idl({"name": name, "accounts": [], "args": []}).function_of(data)
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize(
    ("types", "definition"),
    [
        ([named("T", {"kind": "struct", "fields": ["u8", "bool"]})], [7, True]),
        ([named("T", {"kind": "struct", "fields": [{"name": "a", "type": "u8"}, {"name": "b", "type": "bool"}]})], 0),
        ([named("T", {"kind": "type", "alias": "u16"})], 263),
        ([named("T", {"kind": "alias", "value": "u16"})], 263),
    ],
)
@pytest.mark.parametrize("spelling", ["T", {"name": "T"}])
def test_types_in_both_spellings(types: Any, definition: Any, spelling: Any) -> None:
    expected = definition or {"a": 7, "b": True}
    assert said(idl(instruction({"defined": spelling}), types=types), b"\x07\x01") == {"a0": expected}


def test_values_as_policies_see_them() -> None:
    choice = {"kind": "enum", "variants": [{"name": "No"}, {"name": "Yes", "fields": ["u8"]}]}
    interface = idl(
        instruction({"defined": "C"}, {"option": "u8"}, {"defined": "C"}, {"vec": {"option": "u8"}}, "bytes", "pubkey"),
        types=[named("C", choice)],
    )
    data = b"\x00" + b"\x00" + b"\x01\x05" + b"\x02\0\0\0\x00\x01\x09" + b"\x02\0\0\0\xab\xcd" + bytes(32)
    found = said(interface, data)
    assert found.pop("a3")[1] == 9
    assert found == {"a0": "No", "a2": {"Yes": [5]}, "a4": "abcd", "a5": KEY}


def test_recursion_behind_a_vec_is_read() -> None:
    node = struct_of({"vec": {"defined": "N"}})
    interface = idl(instruction({"defined": "N"}), types=[named("N", node)])
    leaf = b"\0\0\0\0"
    assert said(interface, b"\x02\0\0\0" + leaf * 2) == {"a0": {"f0": [{"f0": []}, {"f0": []}]}}
    with pytest.raises(NotUnderstood, match=f"{TYPE_NESTING_MAX} inside each other"):
        said(interface, b"\x01\0\0\0" * 40 + leaf)


@pytest.mark.parametrize(
    ("types", "data", "message"),
    [
        (("u8",), b"", "a number at byte 8 needs 1 bytes, and 0 are left"),
        (("u8",), b"\0\0", "1 bytes behind the end"),
        (("bool",), b"\x02", "2 at byte 8, expected 0 or 1"),
        (({"option": "u8"},), b"\x02\x00", "2 at byte 8, expected 0 or 1"),
        (("string",), b"\x01\0\0\0\xff", "text at byte 8 that is no UTF-8"),
        (("string",), b"\xff\xff\xff\xff", "text at byte 12 needs 4294967295 bytes"),
        (("f64",), b"\0\0\0\0\0\0\xf8\x7f", "the number at byte 8 is none"),
        (({"vec": {"array": ["u8", 0]}},), b"\xff\xff\xff\xff", f"more than {ITEMS_MAX} values"),
        (({"defined": "E"},), b"\x01", "variant 1 at byte 8, expected one of 0 to 0"),
    ],
)
def test_other_data_are_not_understood(types: tuple[Any, ...], data: bytes, message: str) -> None:
    interface = idl(instruction(*types), types=[named("E", {"kind": "enum", "variants": [{"name": "A"}]})])
    with pytest.raises(NotUnderstood) as refused:
        said(interface, data)
    assert message in str(refused.value)


def deep(levels: int) -> Any:
    return {"vec": deep(levels - 1)} if levels else "u8"


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ([], "expected an object with instructions and types"),
        ({"types": []}, "instructions is missing, expected an array"),
        ({"instructions": []}, "types is missing, expected an array"),
        ({"instructions": [], "types": {}}, "types: expected an array"),
        ({"instructions": [5], "types": []}, "instructions[0]: expected an object with the name of an instruction"),
        ({"instructions": [], "types": [{"type": {}}]}, "types[0]: expected an object with a name of its own"),
        ({"instructions": [], "types": [named("T", {}), named("T", {})]}, "types[1]: expected an object with a name"),
        ({"instructions": [instruction("u7")], "types": []}, "`u7` is no type that can be decoded"),
        ({"instructions": [instruction({"map": "u8"})], "types": []}, "`map` is no type that can be decoded"),
        ({"instructions": [instruction({"vec": "u8", "option": "u8"})], "types": []}, "object with one member"),
        ({"instructions": [instruction({"array": ["u8"]})], "types": []}, "an array of a type and a length"),
        ({"instructions": [instruction({"array": ["u8", ARRAY_LENGTH_MAX + 1]})], "types": []}, "an array of 10001"),
        ({"instructions": [instruction({"defined": "T"})], "types": []}, "there is no type `T`"),
        ({"instructions": [instruction(deep(TYPE_NESTING_MAX + 1))], "types": []}, "more than 32 types inside"),
        ({"instructions": [instruction(args=5)], "types": []}, "expected an array of names and types"),
        ({"instructions": [instruction(args=[{"name": "a"}])], "types": []}, "expected a type: a name"),
        ({"instructions": [instruction(discriminator=[])], "types": []}, "a discriminator of 1 to 8 bytes"),
        ({"instructions": [instruction(discriminator=[256])], "types": []}, "a discriminator of 1 to 8 bytes"),
        ({"instructions": [instruction(discriminator=[True])], "types": []}, "a discriminator of 1 to 8 bytes"),
        ({"instructions": [instruction(), instruction(name="b")], "types": []}, "could be of two instructions"),
        (
            {"instructions": [instruction(), instruction(name="b", discriminator=[1, 2])], "types": []},
            "data that begin with 0102 could be of two instructions",
        ),
        (
            {"instructions": [instruction(discriminator=[1, 2]), instruction()], "types": []},
            "data that begin with 0102030405060708 could be of two instructions",
        ),
        ({"instructions": [instruction(accounts=5)], "types": []}, "expected an array of accounts"),
        ({"instructions": [instruction(accounts=[{"name": "a"}] * 2)], "types": []}, "two accounts `a`"),
        (
            {"instructions": [instruction({"defined": "T"})], "types": [named("T", struct_of({"defined": "T"}))]},
            "`T` has itself in it",
        ),
        (
            {
                "instructions": [instruction({"defined": "A"})],
                "types": [
                    named("A", struct_of({"vec": {"defined": "B"}}, {"defined": "B"})),
                    named("B", struct_of({"array": [{"defined": "A"}, 1]})),
                ],
            },
            "has itself in it",
        ),
        (
            {"instructions": [instruction({"defined": "T"})], "types": [named("T", struct_of(), generics=["x"])]},
            "expected a type without generics",
        ),
        (
            {"instructions": [instruction({"defined": "T"})], "types": [named("T", {"kind": "enum", "variants": []})]},
            "1 to 256 variants",
        ),
        (
            {
                "instructions": [
                    instruction(name=f"f{at}", discriminator=[*at.to_bytes(2)]) for at in range(FUNCTIONS_MAX + 1)
                ],
                "types": [],
            },
            f"more than {FUNCTIONS_MAX} instructions",
        ),
        ({"instructions": [instruction(*["u8"] * 2000)], "types": []}, "expected at most 2000 values"),
    ],
)
def test_what_is_no_interface_is_refused(document: Any, message: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        solana.parse_interface(json.dumps(document))
    assert refused.value.message.startswith("invalid smart contract interface: ")
    assert message in refused.value.message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected JSON"),
        ("{", "expected JSON, got no name of a member at position 1"),
        ('{"a":1,}', "expected JSON, got no name of a member at position 7"),
        ('{"a" 1}', "expected JSON, got no `:` at position 5"),
        ('{"a":[1 2]}', "expected JSON, got no `,` at position 8"),
        ('{"instructions":[],"types":[],"types":[]}', "duplicate key `types`"),
        ('{"instructions":[],"types":[]} x', "expected JSON, got more behind its end at position 31"),
        ('{"instructions":[],"types":[],"a":"\\ud800"}', "half of a surrogate pair"),
        (" " * (INTERFACE_CHARACTERS_MAX + 1), "400001 characters, expected at most 400000"),
    ],
)
def test_a_document_has_bounds(text: str, message: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        solana.parse_interface(text)
    assert message in refused.value.message


def test_what_no_instruction_reaches_is_not_looked_at() -> None:
    unreadable = [named("Z", {"kind": "struct", "fields": [{"name": "a", "type": {"generic": "T"}}]}, generics=[1])]
    assert idl(instruction("u8"), types=unreadable).function_of(bytes(ACT)) is not None


def transaction(data: bytes, accounts: bytes = b"\x01") -> solana.UnsignedTransaction:
    """Keys 61…, 62… and a program 63…"""
    keys = bytes([0x61]) * 32 + bytes([0x62]) * 32 + bytes([0x63]) * 32
    message = b"\x01\x00\x01\x03" + keys + bytes([0x68]) * 32 + b"\x01\x02"
    message += bytes([len(accounts)]) + accounts + bytes([len(data)]) + data
    return solana.parse_transaction(b"\x01" + bytes(64) + message)


def parsed(interface: solana.ProgramInterface, data: bytes, accounts: bytes = b"\x01") -> Any:
    found = transaction(data, accounts)
    program = found.addresses[2]
    said, fault = solana.parsed_instructions(found, {program: interface})
    solana.refuse_unclear_instructions(fault)
    return solana.transaction_facts(found, parsed=said)["instructions"][0].get("parsed_instruction_data")


def test_facts_of_an_instruction() -> None:
    accounts = [
        {"name": "from", "isMut": True, "isSigner": True},
        {"name": "group", "accounts": [{"name": "to", "writable": True}, {"name": "referrer", "optional": True}]},
        {"name": "last", "isOptional": True},
    ]
    interface = idl(instruction("u64", accounts=accounts))
    found = parsed(interface, bytes(ACT) + (5).to_bytes(8, "little"), b"\x00\x01\x02")
    named = {"from": transaction(b"").addresses[0], "to": transaction(b"").addresses[1]}
    assert found == {
        "instruction_name": "act",
        "discriminator": "0102030405060708",
        "named_accounts": named,
        "named_account": named,
        "program_call_args": {"a0": 5},
    }
    assert parsed(interface, b"\x09" * 9) is None
    assert parsed(interface, b"") is None
    for data, places in (
        (bytes(ACT), b"\x00\x01"),
        (bytes(ACT) + bytes(9), b"\x00\x01"),
        (bytes(ACT) + bytes(8), b"\x00"),
    ):
        with pytest.raises(InvalidRequest, match="instruction 0: in the data of act ") as refused:
            parsed(interface, data, places)
        assert refused.value.code == "INVALID_TRANSACTION"
