"""``Timestamp`` and ``CronSpan`` (Turnkey docs, "Time-based policies").

A span is open when some fire instant f satisfies f <= now < f + duration. Fires are local wall-clock minutes of an IANA
zone; durations are elapsed time. Unpublished, and chosen here: a wall-clock minute that the zone skips does not fire,
one that it repeats fires the first time only; a duration is written d, h, m in this order, each at most once.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

_MAX_DURATION = timedelta(days=7)
_CLOCKS_GO_BACK_AT_MOST = 180  # minutes; no zone has moved back further within a day since 1970
_DURATION = re.compile(r"(?:(\d{1,5})d)?(?:(\d{1,5})h)?(?:(\d{1,5})m)?", re.ASCII)
_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+){0,2}")
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


class CronSpan(msgspec.Struct, frozen=True, kw_only=True):
    """``minutes`` are minutes of the day, ascending; days of the week count from Sunday, 0."""

    minutes: tuple[int, ...]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    either_day: bool
    duration: timedelta
    zone: ZoneInfo

    def is_open(self, now: datetime) -> bool:
        """Whether ``now`` (with its zone) lies in the span of some fire."""
        local = now.astimezone(self.zone)
        latest_minute = local.hour * 60 + local.minute + _CLOCKS_GO_BACK_AT_MOST
        for days_back in range(-1, self.duration.days + 3):
            day = local.date() - timedelta(days=days_back)
            if not self._fires_on(day):
                continue
            end = bisect_right(self.minutes, latest_minute + 24 * 60 * days_back)
            for minute in reversed(self.minutes[:end]):
                fire = self._fire(day, minute)
                if fire is not None and fire <= now:
                    return now < fire + self.duration
        return False

    def _fires_on(self, day: date) -> bool:
        if day.month not in self.months:
            return False
        on_day, on_weekday = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        return on_day or on_weekday if self.either_day else on_day and on_weekday

    def _fire(self, day: date, minute: int) -> datetime | None:
        """The instant of that wall-clock minute, the first if there are two; None if the zone skips it."""
        wall = datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=self.zone)
        instant = wall.astimezone(UTC)
        shown = instant.astimezone(self.zone)
        return instant if shown.replace(tzinfo=None) == wall.replace(tzinfo=None) else None


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
        minutes=tuple(sorted(hour * 60 + minute for hour in hours for minute in minutes)),
        days=days,
        months=months,
        weekdays=weekdays,
        either_day=fields[2] != "*" and fields[4] != "*",
        duration=_duration(duration),
        zone=_zone(zone),
    )


def _cron_field(text: str, *, name: str, low: int, high: int) -> frozenset[int]:
    if text == "*":
        return frozenset(range(low, high + 1))
    values: set[int] = set()
    for part in text.split(","):
        match = _PART.fullmatch(part)
        if match is None:
            raise InvalidCronSpan(found=f"'{text}' as {name}", expected="numbers, ranges, lists of them, or *")
        first = int(match[1])
        last = int(match[2]) if match[2] else first
        if not low <= first <= last <= high:
            raise InvalidCronSpan(found=f"'{part}' as {name}", expected=f"{low} to {high}, ascending")
        values.update(range(first, last + 1))
    return frozenset(values)


def _duration(text: str) -> timedelta:
    match = _DURATION.fullmatch(text)
    if match is None:
        raise InvalidCronSpan(found=f"'{text}' as duration", expected="days, hours, minutes like 8h or 1d12h30m")
    days, hours, minutes = (int(group or 0) for group in match.groups())
    duration = timedelta(days=days, hours=hours, minutes=minutes)
    if not timedelta(0) < duration <= _MAX_DURATION:
        raise InvalidCronSpan(found=f"'{text}' as duration", expected="more than nothing and at most 7d")
    return duration


def _zone(name: str) -> ZoneInfo:
    try:
        if _ZONE.fullmatch(name) and name != "localtime":
            return ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # ZoneInfoNotFoundError is a KeyError; a directory of zones is an OSError
        pass
    raise InvalidCronSpan(found=f"'{name}' as time zone", expected="an IANA name like America/New_York")
