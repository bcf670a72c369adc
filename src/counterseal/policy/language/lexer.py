"""Policy text to tokens, and the limits that hold before any parsing (docs/policy-language.md, "Limits")."""

from __future__ import annotations

import re
from typing import NoReturn

import msgspec

MAX_BYTES = 8 * 1024
MAX_TOKENS = 2_500
MAX_DEPTH = 64
MAX_LIST_ITEMS = 1_000
MAX_INTEGER = 2**256 - 1
_MAX_DIGITS = 78  # 2^256 - 1 has 78 decimal digits; longer texts are refused before they are converted

_TOKEN = re.compile(
    r"""
    [ \t\r\n]*
    (?: ([0-9]+)
      | ('[^']*')
      | ([A-Za-z_][A-Za-z0-9_]*)
      | (\|\||&&|==|!=|<=|>=|\.\.|[<>!.,()\[\]])
      | (\Z)
    )
    """,
    re.VERBOSE,
)
_KINDS = ("", "int", "text", "name", "symbol", "end")


class Token(msgspec.Struct, frozen=True, gc=False):
    """``kind`` is int, text, name, symbol or end; ``at`` the offset in characters.

    ``text`` is as written, but for integers, which have no leading zeros: however many there were, it is short.
    """

    kind: str
    text: str
    at: int


class InvalidText(Exception):
    """The text is not a policy expression: what was found at ``at``, and what was expected there."""

    def __init__(self, *, at: int, found: str, expected: str, nearest: str | None = None) -> None:
        hint = f"; did you mean {nearest}?" if nearest else ""
        super().__init__(f"found {found}, expected {expected}{hint}")
        self.at = at
        self.found = found
        self.expected = expected
        self.nearest = nearest


class TooLong(InvalidText):
    """The text may be an expression, but one so long that it is not read."""


def line_and_column(text: str, at: int) -> tuple[int, int]:
    """Both from 1; a column is one character."""
    before = text[:at]
    return before.count("\n") + 1, at - (before.rfind("\n") + 1) + 1


def tokens(text: str) -> list[Token]:
    """All tokens and a closing ``end``.

    Raises ``InvalidText`` for an unknown character, an open string, a text over 8 KiB, brackets deeper than 64, an
    integer over 2^256 - 1; ``TooLong`` for more than 2,500 tokens.
    """
    length = len(text.encode("utf-8", "surrogatepass"))
    if length > MAX_BYTES:
        raise InvalidText(at=0, found=f"{length} bytes", expected=f"at most {MAX_BYTES}")
    found: list[Token] = []
    depth = at = 0
    while True:
        match = _TOKEN.match(text, at)
        if match is None:
            _refuse_character(text, at)
        group = match.lastindex or 0
        word, kind, begin, at = match[group], _KINDS[group], match.start(group), match.end()
        if word in ("(", "["):
            depth += 1
            if depth > MAX_DEPTH:
                raise InvalidText(at=begin, found=f"brackets nested {depth} deep", expected=f"at most {MAX_DEPTH}")
        elif word in (")", "]"):
            depth -= 1
        elif kind == "int":
            word = _without_leading_zeros(word, begin)
        found.append(Token(kind, word, begin))
        if kind == "end":
            return found
        if len(found) > MAX_TOKENS:
            raise TooLong(at=begin, found=f"more than {MAX_TOKENS} tokens", expected="fewer")


def _without_leading_zeros(digits: str, at: int) -> str:
    significant = digits.lstrip("0") or "0"
    if len(significant) > _MAX_DIGITS or int(significant) > MAX_INTEGER:
        raise InvalidText(at=at, found=f"an integer of {len(significant)} digits", expected="at most 2^256 - 1")
    return significant


_ADVICE = {
    "'": ("a string without its closing quote", "'"),
    '"': ('"', "a single quote: strings are written 'like this'"),
    "&": ("&", "&&"),
    "|": ("|", "||"),
    "=": ("=", "=="),
    "-": ("-", "a token: there are no negative numbers and no arithmetic"),
    "+": ("+", "a token: there is no arithmetic"),
    "*": ("*", "a token: there is no arithmetic"),
    "/": ("/", "a token: there is no arithmetic, and there are no comments"),
    "{": ("{", "a token: there are no struct literals"),
}


def _refuse_character(text: str, at: int) -> NoReturn:
    while text[at] in " \t\r\n":
        at += 1
    found, expected = _ADVICE.get(text[at], (repr(text[at]), "a name, a number, a string, an operator or a bracket"))
    raise InvalidText(at=at, found=found, expected=expected)
