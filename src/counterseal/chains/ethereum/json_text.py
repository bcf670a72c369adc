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

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def read_json_text(text: str, *, values_max: int, depth_max: int) -> Any:
    """The value that ``text`` is, of at most so many values and levels. A null is None.

    Raises ``NotUnderstood``; nothing is made of a text before it is known to be within these bounds.
    """
    try:
        check_structure(text.encode(), values_max=values_max, depth_max=depth_max)
        value = _DECODER.decode(text)
        if _SURROGATE.search(text):  # only escapes can bring half of a pair
            json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise NotUnderstood("it has half of a surrogate pair, which is no text") from None
    except json.JSONDecodeError as fault:
        raise NotUnderstood(f"expected JSON, got an error at position {fault.pos}: {fault.msg}") from None
    except NotStrictJson as fault:
        raise NotUnderstood(str(fault)) from None
    return value


def _integer(digits: str) -> int:
    if len(digits) > DIGITS_MAX:
        raise NotUnderstood(f"a number has {len(digits)} digits, expected at most {DIGITS_MAX}")
    return int(digits)


def _no_integer(number: str) -> NoReturn:
    raise NotUnderstood(f"the number {quoted(number)} has a fraction or an exponent, expected an integer")


_DECODER = json.JSONDecoder(
    object_pairs_hook=named_once, parse_int=_integer, parse_float=_no_integer, parse_constant=_no_integer
)
