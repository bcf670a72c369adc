"""The same JSON value in other bytes: order of members, spacing, escapes, members that nobody reads."""

from __future__ import annotations

import json
from random import Random
from typing import Any


def spelled(value: Any, random: Random) -> str:
    """``value`` as JSON text, one of very many."""
    if isinstance(value, dict):
        members = list(value.items())
        random.shuffle(members)
        pairs = [
            f"{_text(name, random)}{_space(random)}:{_space(random)}{spelled(each, random)}" for name, each in members
        ]
        return _space(random) + "{" + ",".join(_space(random) + pair for pair in pairs) + _space(random) + "}"
    if isinstance(value, list):
        return "[" + ",".join(spelled(each, random) for each in value) + _space(random) + "]"
    if isinstance(value, str):
        return _text(value, random)
    return json.dumps(value)


def _space(random: Random) -> str:
    return "".join(random.choices(" \t\r\n", k=random.choice((0, 0, 0, 1, 3))))


def _text(text: str, random: Random) -> str:
    return '"' + "".join(_character(character, random) for character in text) + '"'


def _character(character: str, random: Random) -> str:
    if character in '"\\' or ord(character) < 0x20 or (random.random() < 0.1 and ord(character) < 0x10000):
        return f"\\u{ord(character):04x}"
    return r"\/" if character == "/" and random.random() < 0.5 else character
