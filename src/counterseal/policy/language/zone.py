"""How far the clocks of an IANA zone are from UTC, and since when. All instants are seconds since the Unix epoch."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

_MINUTE, _DAY = 60, 86_400
_FOUR_DAYS = 4 * _DAY  # no zone has changed its clocks twice within six days since 1970, nor will by the rules of today
_ZONES_MAX = 1_024  # there are 600; each that was used stays, at a few KiB
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+){0,2}")


class Zone:
    """One zone. It remembers its last change of the clocks: to find one takes longer than all else."""

    def __init__(self, info: ZoneInfo) -> None:
        self._info = info
        self._change = (0, 0, -1)  # from when to when the offset is known to stay the same, and what it was before

    def offset(self, second: int) -> int:
        """By how many seconds the wall clock is ahead of UTC."""
        shift = datetime.fromtimestamp(second, self._info).utcoffset() or timedelta(0)
        return shift.days * _DAY + shift.seconds

    def constant_since(self, end: int, offset: int, *, limit: int) -> tuple[int, int]:
        """Since when the offset is what it is at ``end``, and what it was before; ``limit`` if it has been so longer.

        Clocks change at whole minutes.
        """
        begin, until, before = self._change
        if begin <= end <= until + _FOUR_DAYS and (end <= until or self.offset(until) == offset):
            self._change = begin, max(until, end), before
            return (begin, before) if begin > limit else (limit, offset)
        later = end
        while later > limit:
            earlier = max(later - _FOUR_DAYS, limit)
            before = self.offset(earlier)
            if before != offset:
                begin = self._changed(earlier, later, offset)
                self._change = begin, end, before
                return begin, before
            later = earlier
        return limit, offset

    def _changed(self, earlier: int, later: int, offset: int) -> int:
        """The first second of ``offset``, which holds at ``later`` and not yet at ``earlier``."""
        first, last = earlier // _MINUTE, later // _MINUTE
        while last - first > 1:
            middle = (first + last) // 2
            if self.offset(middle * _MINUTE) == offset:
                last = middle
            else:
                first = middle
        return last * _MINUTE


@lru_cache(maxsize=_ZONES_MAX)
def zone_of(name: str) -> Zone:
    """The zone of that name. Raises ``KeyError``, ``ValueError`` or ``OSError`` for none; that is not remembered."""
    if not _NAME.fullmatch(name) or name == "localtime":
        raise KeyError(name)
    return Zone(ZoneInfo(name))
