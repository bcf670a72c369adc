"""What an exception holds on to, and need not once it is known what it says."""

from __future__ import annotations

from typing import TypeVar

Error = TypeVar("Error", bound=BaseException)


def let_go(error: Error) -> Error:
    """``error`` without the way that it came, and without those that it came from.

    It holds the frames that it has passed through, and they hold the request: its body, and what was made for it. Where
    one of them holds the exception as well, as whoever awaited it does, only the cycle collector finds all that: it
    would be kept until ten thousand objects are, and freed in one piece, for which everybody waits.
    """
    left: list[BaseException | None] = [error]
    while left:
        each = left.pop()
        if each is not None:
            left += (each.__cause__, each.__context__)
            each.__traceback__ = each.__cause__ = each.__context__ = None
    return error
