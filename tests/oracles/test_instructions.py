"""Anchor's own coder writes instructions of random types and values; what is read of them here is what was written."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from random import Random
from typing import Any

from counterseal.chains.solana import parse_interface
from counterseal.chains.solana.borsh import decode
from counterseal.crypto import base58
from node_process import answers_of

INSTRUCTIONS = 150
_NUMBERS = tuple(f"{sign}{bits}" for sign in "iu" for bits in (8, 16, 32, 64, 128))
_PLAIN = (*_NUMBERS, "bool", "pubkey", "string", "bytes", "f32", "f64")


def written_by_anchor(questions: list[dict[str, Any]]) -> list[str]:
    """One node process for all."""
    return answers_of(Path(__file__).with_name("instructions.mjs"), questions)


class Samples:
    """Random types, and values of them as they are asked for and as policies see them."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.types: list[dict[str, Any]] = []

    def type_of(self, depth: int) -> Any:
        """A type, which may be a new one with a name."""
        kind = self.random.choice(("plain", "plain", "option", "vec", "array", "struct", "enum")) if depth else "plain"
        match kind:
            case "option":
                return {"option": self.type_of(0)}
            case "vec":
                return {"vec": self.type_of(depth - 1)}
            case "array":
                return {"array": [self.type_of(depth - 1), self.random.randint(1, 3)]}
            case "struct":
                return self.named({"kind": "struct", "fields": self.fields(depth - 1)})
            case "enum":
                variants = [{"name": "nothing"}, {"name": "some", "fields": self.fields(depth - 1)}]
                return self.named({"kind": "enum", "variants": variants})
        return self.random.choice(_PLAIN)

    def named(self, definition: dict[str, Any]) -> dict[str, Any]:
        name = f"named{len(self.types)}"
        self.types.append({"name": name, "type": definition})
        return {"defined": {"name": name}}

    def fields(self, depth: int) -> list[dict[str, Any]]:
        return [{"name": f"field{at}", "type": self.type_of(depth)} for at in range(self.random.randint(1, 3))]

    def values(self, fields: list[dict[str, Any]]) -> tuple[dict[str, Any], dict[str, Any]]:
        asked, seen = {}, {}
        for field in fields:
            asked[field["name"]], value = self.value(field["type"])
            if value is not None:
                seen[field["name"]] = value
        return asked, seen

    def value(self, type_: Any) -> tuple[Any, Any]:
        """As it is asked for, and as it is seen: None where an option is empty."""
        if isinstance(type_, str):
            return self.plain(type_)
        [(kind, inner)] = type_.items()
        match kind:
            case "option":
                return self.value(inner) if self.random.random() < 0.5 else (None, None)
            case "vec" | "array":
                item, count = (inner, self.random.randint(0, 3)) if kind == "vec" else inner
                if "option" in item:
                    return self.full(item["option"], count)
                return self.full(item, count)
        definition = next(each["type"] for each in self.types if each["name"] == inner["name"])
        if definition["kind"] == "struct":
            return self.values(definition["fields"])
        if self.random.random() < 0.5:
            return {"nothing": {}}, "nothing"
        asked, seen = self.values(definition["variants"][1]["fields"])
        return {"some": asked}, {"some": seen}

    def full(self, item: Any, count: int) -> tuple[list[Any], list[Any]]:
        pairs = [self.value(item) for _ in range(count)]
        return [asked for asked, _ in pairs], [seen for _, seen in pairs]

    def plain(self, name: str) -> tuple[Any, Any]:
        random = self.random
        match name:
            case "bool":
                found: Any = random.random() < 0.5
            case "pubkey":
                found = base58.encode(random.randbytes(32))
            case "string":
                found = random.choice(("", "text", "\N{GRINNING FACE}é", "0"))
            case "bytes":
                found = random.randbytes(random.randint(0, 9)).hex()
            case "f32" | "f64":
                number = struct.unpack("<f", struct.pack("<f", random.uniform(-1e6, 1e6)))[0]
                return number, repr(number)
            case _:
                bits, signed = int(name[1:]), name[0] == "i"
                low = -(1 << bits - 1) if signed else 0
                number = random.choice((low, low + (1 << bits) - 1, random.randint(low, low + (1 << bits) - 1)))
                return str(number), number
        return found, found


def test_what_anchor_writes_is_read() -> None:
    questions, expected = [], []
    for seed in range(INSTRUCTIONS):
        samples = Samples(Random(seed))
        arguments = samples.fields(3)
        asked, seen = samples.values(arguments)
        instruction = {"name": "act", "discriminator": [seed, 1, 2, 3, 4, 5, 6, 7], "accounts": [], "args": arguments}
        head = {"address": base58.encode(bytes(32)), "metadata": {"name": "p", "version": "0.1.0", "spec": "0.1.0"}}
        questions.append({"idl": head | {"instructions": [instruction], "types": samples.types}, "name": "act"})
        questions[-1]["args"] = asked
        expected.append(seen)
    for question, hex_data, seen in zip(questions, written_by_anchor(questions), expected, strict=True):
        interface, data = parse_interface(json.dumps(question["idl"])), bytes.fromhex(hex_data)
        function = interface.function_of(data)
        assert function is not None
        assert decode(function.arguments, data, at=8, definition=interface.definition) == seen
