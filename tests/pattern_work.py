"""Whether a regular expression may go over the same characters again and again: told from the expression, not timed.

Python's engine tries every way to part a text between two repetitions that can both take the same characters before it
says that there is no match: the square of the text's length, or worse. ``regrets`` finds such pairs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from re import _constants, _parser  # type: ignore[attr-defined]
from typing import Any

ALPHABET = frozenset(map(chr, range(0x250))) | {"\N{ARABIC-INDIC DIGIT ONE}", "\N{GRINNING FACE}", "\u2028"}
MANY = 1_000
"""What is repeated fewer times than this is bounded."""

Item = tuple[Any, Any]
Characters = frozenset[str]


def regrets(pattern: re.Pattern[str] | re.Pattern[bytes]) -> list[str]:
    """The pairs of repetitions of ``pattern`` that can take the same characters, in words; none if it is linear."""
    text = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    parsed = _parser.parse(text, pattern.flags & ~re.DEBUG if isinstance(pattern.pattern, str) else 0)
    return [f"{text!r}: {first} and {second}" for path in _paths(list(parsed)) for first, second in _pairs(path)]


def _pairs(items: Sequence[Item]) -> Iterator[tuple[str, str]]:
    """Of the repetitions that follow each other, with nothing in between that would tell where one ends."""
    for at, item in enumerate(items):
        if not _is_long(item):
            continue
        taken = _characters(item)
        for later in items[at + 1 :]:
            if _is_long(later) and taken & _characters(later):
                yield _words(item), _words(later)
                break
            if not _is_optional(later) and not taken & _characters(later):
                break


def _paths(items: list[Item]) -> list[list[Item]]:
    """Each way through ``items``, flat: groups are opened, of a choice each branch is one way, and what repeats a
    repetition comes twice, so that its end meets its beginning."""
    paths: list[list[Item]] = [[]]
    for operation, argument in items:
        if operation is _constants.SUBPATTERN:
            ways = _paths(list(argument[-1]))
        elif operation is _constants.BRANCH:
            ways = [way for branch in argument[1] for way in _paths(list(branch))]
        elif operation in _REPEATS and not _is_single(argument[2]):
            once = _paths(list(argument[2]))
            ways = [[*way, *again] for way in once for again in once] if argument[1] > 1 else once
            ways = [*ways, []] if argument[0] == 0 else ways
        elif operation in (_constants.AT, _constants.ASSERT, _constants.ASSERT_NOT):
            ways = [[]]
        else:
            ways = [[(operation, argument)]]
        paths = [[*path, *way] for path in paths for way in ways]
    return paths


_REPEATS = (_constants.MAX_REPEAT, _constants.MIN_REPEAT)


def _is_single(repeated: Any) -> bool:
    return len(repeated) == 1 and repeated[0][0] in (
        _constants.LITERAL,
        _constants.NOT_LITERAL,
        _constants.IN,
        _constants.ANY,
    )


def _is_long(item: Item) -> bool:
    return item[0] in _REPEATS and item[1][1] >= MANY


def _is_optional(item: Item) -> bool:
    return item[0] in _REPEATS and item[1][0] == 0


def _characters(item: Item) -> Characters:
    operation, argument = item
    if operation in _REPEATS:
        return _characters(argument[2][0])
    if operation is _constants.LITERAL:
        return frozenset({chr(argument)})
    if operation is _constants.NOT_LITERAL:
        return ALPHABET - {chr(argument)}
    if operation is _constants.ANY:
        return ALPHABET
    if operation is _constants.RANGE:
        return frozenset(map(chr, range(argument[0], min(argument[1], 0x250) + 1)))
    if operation is _constants.CATEGORY:
        return frozenset(each for each in ALPHABET if re.match(_CATEGORIES[argument], each))
    if operation is _constants.IN:
        members = [each for each in argument if each[0] is not _constants.NEGATE]
        found = frozenset[str]().union(*map(_characters, members))
        return found if len(members) == len(argument) else ALPHABET - found
    raise NotImplementedError(operation)


_CATEGORIES = {
    _constants.CATEGORY_DIGIT: r"\d",
    _constants.CATEGORY_NOT_DIGIT: r"\D",
    _constants.CATEGORY_SPACE: r"\s",
    _constants.CATEGORY_NOT_SPACE: r"\S",
    _constants.CATEGORY_WORD: r"\w",
    _constants.CATEGORY_NOT_WORD: r"\W",
}


def _words(item: Item) -> str:
    taken = sorted(_characters(item))
    return f"a repetition of {''.join(taken[:20])!r}"
