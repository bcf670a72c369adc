"""JSON that is a text inside a request: typed data, authorizations, interfaces of contracts. Read once, strictly.

What is signed is worked out from such a text, so it must have one reading: no name twice, no number that a reader may
round. Integers may have any size that a word of 256 bits can hold, unlike those of a body.
"""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

from counterseal.chains.refusal import NotUnderstood
from counterseal.contract.errors import quoted
from counterseal.contract.parse import NotStrictJson, check_structure, named_once

DIGITS_MAX = 80
"""Of an integer, with its sign. The largest of 256 bits has 78."""

_HALF_A_PAIR = "it has half of a surrogate pair, which is no text"
_SPACE = re.compile(r"[ \t\n\r]*")
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def read_json_text(text: str, *, values_max: int, depth_max: int) -> Any:
    """The value that ``text`` is, of at most so many values and levels. A null is None.

    Raises ``NotUnderstood``; nothing is made of a text before it is known to be within these bounds.
    """
    cursor = JsonCursor(text, values_max=values_max, depth_max=depth_max)
    value = cursor.value()
    cursor.finish()
    return value


class JsonCursor:
    """Reads a text value by value where all of it at once would take long: others can go on in between.

    Nothing is made of it before it is known to have at most so many values and levels. Each method raises
    ``NotUnderstood``.
    """

    __slots__ = ("_at", "_is_first", "_text")

    def __init__(self, text: str, *, values_max: int, depth_max: int) -> None:
        try:
            check_structure(text.encode(), values_max=values_max, depth_max=depth_max)
        except UnicodeEncodeError:
            raise NotUnderstood(_HALF_A_PAIR) from None
        except NotStrictJson as fault:
            raise NotUnderstood(str(fault)) from None
        self._text = text
        self._at = _behind_space(text, 0)
        self._is_first = False

    @property
    def at(self) -> int:
        """Where the next value begins: behind the last one and white space."""
        return self._at

    def opens(self, bracket: str) -> bool:
        """Whether an array or object begins here; then it is entered."""
        if not self._text.startswith(bracket, self._at):
            return False
        self._move(self._at + 1)
        self._is_first = True
        return True

    def more(self, bracket: str) -> bool:
        """Whether another item or member follows; if not, ``bracket`` ends what was entered, and it is left."""
        first, self._is_first = self._is_first, False
        if self._text.startswith(bracket, self._at):
            self._move(self._at + 1)
            return False
        if not first:
            self._expect(",")
        return True

    def name(self) -> str:
        """The name of the next member."""
        if not self._text.startswith('"', self._at):
            raise NotUnderstood(f"expected JSON, got no name of a member at position {self._at}")
        name: str = self.value()
        self._expect(":")
        return name

    def value(self) -> Any:
        """The next value, whole."""
        try:
            value, end = _DECODER.raw_decode(self._text, self._at)
            if _SURROGATE.search(self._text, self._at, end):  # only escapes can bring half of a pair
                json.dumps(value, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            raise NotUnderstood(_HALF_A_PAIR) from None
        except json.JSONDecodeError as fault:
            raise NotUnderstood(f"expected JSON, got an error at position {fault.pos}: {fault.msg}") from None
        except NotStrictJson as fault:
            raise NotUnderstood(str(fault)) from None
        self._move(end)
        return value

    def finish(self) -> None:
        """Refuse what stands behind the end."""
        if self._at < len(self._text):
            raise NotUnderstood(f"expected JSON, got more behind its end at position {self._at}")

    def _expect(self, mark: str) -> None:
        if not self._text.startswith(mark, self._at):
            raise NotUnderstood(f"expected JSON, got no {quoted(mark)} at position {self._at}")
        self._move(self._at + 1)

    def _move(self, to: int) -> None:
        self._at = _behind_space(self._text, to)


def _behind_space(text: str, at: int) -> int:
    return _SPACE.match(text, at).end()  # type: ignore[union-attr]  # it takes nothing, too


def _integer(digits: str) -> int:
    if len(digits) > DIGITS_MAX:
        raise NotUnderstood(f"a number has {len(digits)} digits, expected at most {DIGITS_MAX}")
    return int(digits)


def _no_integer(number: str) -> NoReturn:
    raise NotUnderstood(f"the number {quoted(number)} has a fraction or an exponent, expected an integer")


_DECODER = json.JSONDecoder(
    object_pairs_hook=named_once, parse_int=_integer, parse_float=_no_integer, parse_constant=_no_integer
)
