"""``Timestamp`` and ``CronSpan`` (Turnkey docs, "Time-based policies").

A span is open when some fire instant f satisfies f <= now < f + duration. Fires are local wall-clock minutes of an IANA
zone; durations are elapsed time. Unpublished, and chosen here: a wall-clock minute that the zone skips does not fire,
one that it repeats fires the first time only; a duration is written d, h, m in this order, each at most once.

Only the last fire matters. It is computed: minutes, hours, days are bits of integers, and between two changes of a
zone's clocks wall and instant differ by a constant. So the work is the same for every span, and so is its size.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

from counterseal.policy.language.zone import Zone, zone_of

_MINUTE, _DAY = 60, 86_400  # seconds
_SECOND = timedelta(seconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_ORDINAL = _EPOCH.toordinal()
_MAX_DURATION = 7 * _DAY
_DURATION = re.compile(r"(?:(\d{1,5})d)?(?:(\d{1,5})h)?(?:(\d{1,5})m)?", re.ASCII)
_PART = re.compile(r"(\d{1,2})(?:-(\d{1,2}))?", re.ASCII)
_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d{1,6})?(Z|z|[+-]\d\d:\d\d)", re.ASCII)
_FIELDS = (("minute", 0, 59), ("hour", 0, 23), ("day of month", 1, 31), ("month", 1, 12), ("day of week", 0, 6))


class InvalidCronSpan(ValueError):
    """An argument of ``Timestamp`` or ``CronSpan``: what was found, and what was expected."""

    def __init__(self, *, found: str, expected: str) -> None:
        super().__init__(f"found {found}, expected {expected}")
        self.found = found
        self.expected = expected


def parse_timestamp(text: str) -> datetime:
    """An RFC 3339 instant whose offset is zero. Raises ``InvalidCronSpan``."""
    match = _TIMESTAMP.fullmatch(text)
    if match is None:
        raise InvalidCronSpan(found=f"'{text}'", expected="an RFC 3339 time like 2026-03-01T00:00:00Z")
    if match[1] not in ("Z", "z", "+00:00", "-00:00"):
        raise InvalidCronSpan(found=f"the offset {match[1]}", expected="UTC: Z or +00:00")
    try:
        return datetime.fromisoformat(text[: match.start(1)].upper()).replace(tzinfo=UTC)
    except ValueError:
        raise InvalidCronSpan(found=f"'{text}'", expected="a date and a time that exist") from None


class CronSpan:
    """``minutes``, ``hours``, ``days``, ``months`` and ``weekdays`` (from Sunday, 0) are sets of bits, bit n for n;
    ``duration`` is in seconds.

    The answer holds for the whole minute, as long as the zone is a whole number of minutes from UTC, and is remembered.
    """

    __slots__ = ("_known", "days", "duration", "either_day", "hours", "minutes", "months", "weekdays", "zone")

    def __init__(
        self, *, minutes: int, hours: int, days: int, months: int, weekdays: int, either_day: bool, duration: int,
        zone: Zone,
    ) -> None:  # fmt: skip
        self.minutes, self.hours, self.days, self.months, self.weekdays = minutes, hours, days, months, weekdays
        self.either_day = either_day
        self.duration = duration
        self.zone = zone
        self._known = (-1, False)

    def is_open(self, now: datetime) -> bool:
        """Whether ``now`` (with its zone; years 1970 to 8999) lies in the span of some fire."""
        second = (now - _EPOCH) // _SECOND
        minute = second // _MINUTE
        remembered, answer = self._known
        if remembered != minute:
            offset = self.zone.offset(second)
            answer = self._is_open_at(second, offset)
            if offset % _MINUTE == 0:
                self._known = (minute, answer)
        return answer

    def _is_open_at(self, now: int, offset: int) -> bool:
        """From the present back to the last fire, from one change of the clocks to the one before."""
        end, oldest = now, now - self.duration
        while end > oldest:
            begin, before = self.zone.constant_since(end, offset, limit=oldest - _DAY)
            first_shown = begin + max(offset, before)  # what the clocks show again after they went back is no fire
            fire = self._last_shown(first_shown, end + offset)
            if fire is not None:
                return fire - offset > oldest
            end, offset = begin - 1, before
        return False

    def _last_shown(self, first: int, last: int) -> int | None:
        """The last matching wall-clock minute from ``first`` to ``last``, all as seconds since 1970 on that wall."""
        day, second = divmod(last, _DAY)
        minute = second // _MINUTE
        while (day + 1) * _DAY > first:
            if self._fires_on(day):
                shown = self._last_minute(minute)
                if shown is not None and day * _DAY + shown * _MINUTE >= first:
                    return day * _DAY + shown * _MINUTE
            day, minute = day - 1, 24 * 60 - 1
        return None

    def _last_minute(self, limit: int) -> int | None:
        """The last minute of the day that fires, not after ``limit``."""
        hour, minute = divmod(limit, 60)
        in_this_hour = self.minutes & ((2 << minute) - 1)
        if self.hours >> hour & 1 and in_this_hour:
            return hour * 60 + in_this_hour.bit_length() - 1
        earlier = self.hours & ((1 << hour) - 1)
        return (earlier.bit_length() - 1) * 60 + self.minutes.bit_length() - 1 if earlier else None

    def _fires_on(self, day: int) -> bool:
        shown = date.fromordinal(_EPOCH_ORDINAL + day)
        if not self.months >> shown.month & 1:
            return False
        on_day, on_weekday = self.days >> shown.day & 1, self.weekdays >> shown.isoweekday() % 7 & 1
        return bool(on_day | on_weekday if self.either_day else on_day & on_weekday)


def parse_cron_span(cron: str, duration: str, zone: str) -> CronSpan:
    """``CronSpan('0 9 * * 1-5', '8h', 'America/New_York')``. Raises ``InvalidCronSpan``."""
    fields = cron.split()
    if len(fields) != len(_FIELDS):
        raise InvalidCronSpan(found=f"{len(fields)} cron fields", expected="5: minute hour day month weekday")
    minutes, hours, days, months, weekdays = (
        _cron_field(text, name=name, low=low, high=high)
        for text, (name, low, high) in zip(fields, _FIELDS, strict=True)
    )
    return CronSpan(
        minutes=minutes,
        hours=hours,
        days=days,
        months=months,
        weekdays=weekdays,
        either_day=fields[2] != "*" and fields[4] != "*",
        duration=_duration(duration),
        zone=_zone(zone),
    )


def _cron_field(text: str, *, name: str, low: int, high: int) -> int:
    if text == "*":
        return _bits(low, high)
    values = 0
    for part in text.split(","):
        match = _PART.fullmatch(part)
        if match is None:
            raise InvalidCronSpan(found=f"'{text}' as {name}", expected="numbers, ranges, lists of them, or *")
        first = int(match[1])
        last = int(match[2]) if match[2] else first
        if not low <= first <= last <= high:
            raise InvalidCronSpan(found=f"'{part}' as {name}", expected=f"{low} to {high}, ascending")
        values |= _bits(first, last)
    return values


def _bits(first: int, last: int) -> int:
    return (2 << last) - (1 << first)


def _duration(text: str) -> int:
    match = _DURATION.fullmatch(text)
    if match is None:
        raise InvalidCronSpan(found=f"'{text}' as duration", expected="days, hours, minutes like 8h or 1d12h30m")
    days, hours, minutes = (int(group or 0) for group in match.groups())
    duration = ((days * 24 + hours) * 60 + minutes) * _MINUTE
    if not 0 < duration <= _MAX_DURATION:
        raise InvalidCronSpan(found=f"'{text}' as duration", expected="more than nothing and at most 7d")
    return duration


def _zone(name: str) -> Zone:
    try:
        return zone_of(name)
    except (ValueError, OSError, KeyError):  # ZoneInfoNotFoundError is a KeyError; a directory of zones is an OSError
        raise InvalidCronSpan(found=f"'{name}' as time zone", expected="an IANA name like America/New_York") from None
