"""The base of everything that holds private bytes: it shows its type and nothing else, and cannot be taken along.

**Memory is not wiped.** Python ``bytes`` are immutable, the interpreter copies them freely, and dropping a reference
leaves the contents on the heap until it happens to be reused. So nothing here pretends to zero a key. What is done
instead: private bytes live in few objects and short calls, and core dumps are off (``core_dumps``). Whoever can read
this process's memory, or its swap, has its keys.
"""

from __future__ import annotations

from typing import NoReturn


class Confidential:
    """Refuses every way in which its contents leave by accident: repr, str, format, pickle, copy.

    A tool that prints the local variables of a traceback prints reprs, and so finds nothing either.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: contents hidden>"

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError(f"{type(self).__name__} holds secrets: it can be neither pickled nor copied")

    def __getstate__(self) -> NoReturn:
        raise TypeError(f"{type(self).__name__} holds secrets: it does not hand out its state")
