"""How much memory values take, in bytes of CPython.

It is reckoned once, when a value is made, from what was given for it: a name of 255 characters weighs more than one of
five. A test compares it with what is really there.
"""

from __future__ import annotations

ID = 93
"""An id in a list of them; those that objects have of their own are in the figure of the object."""

_TEXT = 50


def texts(*given: str | None) -> int:
    """What texts take."""
    return sum(text(each) for each in given if each is not None)


def text(given: str) -> int:
    """A byte a character, if all are ASCII; else two or four for each, and UTF-8 once more when it is shown."""
    if given.isascii():
        return _TEXT + len(given)
    width = 2 if len(given.encode("utf-16-le")) == 2 * len(given) else 4
    return _TEXT + width * len(given) + len(given.encode())
