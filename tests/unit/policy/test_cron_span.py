import random
from datetime import UTC, datetime, timedelta

import pytest

from counterseal.policy.language.cron_span import InvalidCronSpan, parse_cron_span, parse_timestamp
from counterseal.policy.language.zone import zone_of

NEW_YORK = "America/New_York"


def is_open(span, at):
    return parse_cron_span(*span).is_open(datetime.fromisoformat(at).astimezone(UTC))


@pytest.mark.parametrize(
    ("at", "open_"),
    [
        ("2026-01-05T13:59:59.999999Z", False),
        ("2026-01-05T14:00:00Z", True),
        ("2026-01-05T21:59:59.999999Z", True),
        ("2026-01-05T22:00:00Z", False),
        ("2026-01-04T15:00:00Z", False),  # a Sunday
        ("2026-07-06T13:00:00Z", True),  # summer time
    ],
)
def test_business_hours(at, open_):
    assert is_open(("0 9 * * 1-5", "8h", NEW_YORK), at) is open_


def test_duration_is_elapsed_time_when_the_clocks_change():
    overnight = ("0 22 * * *", "8h", NEW_YORK)
    assert is_open(overnight, "2026-03-08T10:59:00Z")  # 06:59 after spring-forward
    assert not is_open(overnight, "2026-03-08T11:00:00Z")
    assert is_open(overnight, "2026-11-01T09:59:00Z")  # 04:59 after fall-back
    assert not is_open(overnight, "2026-11-01T10:00:00Z")


def test_a_skipped_wall_clock_time_does_not_fire():
    span = ("30 2 * * *", "10m", NEW_YORK)
    assert is_open(span, "2026-03-07T07:35:00Z")
    assert not any(is_open(span, f"2026-03-08T{hour:02}:35:00Z") for hour in range(24))
    assert is_open(span, "2026-03-09T06:35:00Z")


def test_a_repeated_wall_clock_time_fires_the_first_time():
    span = ("30 1 * * *", "10m", NEW_YORK)
    assert is_open(span, "2026-11-01T05:35:00Z")
    assert not is_open(span, "2026-11-01T06:35:00Z")


def test_a_fire_before_the_clocks_went_back_is_remembered_over_the_wall_clock():
    assert is_open(("45 1 * * *", "1h", NEW_YORK), "2026-11-01T06:30:00Z")  # 01:30 for the second time


def test_clocks_that_went_back_over_midnight():
    """Vostok, 2023-12-17 19:00 UTC: two in the morning became midnight once more."""
    night = ("30 0 * * *", "3h", "Antarctica/Vostok")
    assert not is_open(night, "2023-12-17T17:29:00Z")
    assert is_open(night, "2023-12-17T17:30:00Z")
    assert is_open(night, "2023-12-17T20:29:00Z"), "elapsed time, whatever the clocks show"
    assert not is_open(night, "2023-12-17T20:30:00Z")
    assert not is_open(("30 0 * * *", "1h", "Antarctica/Vostok"), "2023-12-17T19:45:00Z"), "half past for a second time"


def test_clocks_that_went_back_a_week_after_they_went_forward():
    """Noronha, 2000: forward on October 8 at 02:00 UTC, back on October 15 at 01:00 UTC."""
    daily = ("30 23 * * *", "1h", "America/Noronha")
    assert is_open(daily, "2000-10-07T01:45:00Z")
    assert is_open(daily, "2000-10-09T00:45:00Z")
    assert not is_open(daily, "2000-10-09T01:45:00Z")
    assert is_open(daily, "2000-10-15T00:45:00Z"), "half past eleven, for the first time"
    assert not is_open(daily, "2000-10-15T01:45:00Z"), "and for the second"
    assert is_open(daily, "2000-10-16T01:45:00Z")
    for wall, shown in (("0 1", True), ("0 0", False)):  # midnight was skipped
        assert is_open((f"{wall} 8 10 *", "7d", "America/Noronha"), "2000-10-15T01:59:00Z") is shown
        assert not is_open((f"{wall} 8 10 *", "7d", "America/Noronha"), "2000-10-15T02:00:00Z")


def test_an_answer_is_remembered_for_its_minute_only():
    span = parse_cron_span("30 9 * * *", "1m", "UTC")
    minute = datetime(2026, 1, 1, 9, 30, tzinfo=UTC)
    second = timedelta(seconds=1)
    for at, open_ in ((minute - second, False), (minute, True), (minute + 59 * second, True), (minute - second, False),
                      (minute + 60 * second, False), (minute, True)):  # fmt: skip
        assert span.is_open(at) is open_


def test_a_zone_finds_its_changes_whatever_it_was_asked_before():
    """Forwards, backwards and at random: what is remembered of a zone must not show."""
    instants = [datetime(2026, 3, 1, tzinfo=UTC) + timedelta(hours=7 * step) for step in range(80)]
    chance = random.Random(1)
    mixed = chance.sample(instants, len(instants))
    spans = [("30 1,2 * * *", "90m", NEW_YORK), ("0 0 * * 0", "6d", "Europe/London"), ("30 2 * * *", "7d", NEW_YORK)]
    for span in spans:
        answers = []
        for order in (instants, instants[::-1], mixed):
            zone_of.cache_clear()
            made = parse_cron_span(*span)
            answers.append({at: made.is_open(at) for at in order})
        assert answers[0] == answers[1] == answers[2]


@pytest.mark.parametrize("fields", ["0-59," * 1_500 + "0-59 * * * *", "* * * * " + "0-6," * 2_000 + "0"])
def test_a_field_however_long_is_as_small_as_any(fields):
    span = parse_cron_span(fields, "1h", "UTC")
    assert span.minutes.bit_length() <= 60
    assert span.weekdays.bit_length() <= 7


def test_day_of_month_or_weekday_when_both_are_restricted():
    span = ("0 9 1 * 1", "1h", "UTC")
    assert is_open(span, "2026-01-12T09:30:00Z")  # a Monday
    assert is_open(span, "2026-01-01T09:30:00Z")  # the first
    assert not is_open(span, "2026-01-13T09:30:00Z")
    assert not is_open(("0 9 1 * *", "1h", "UTC"), "2026-01-12T09:30:00Z")


def test_weekday_0_is_sunday():
    assert is_open(("0 0 * * 0", "1h", "UTC"), "2026-01-04T00:30:00Z")
    assert is_open(("0 0 * * 6", "1h", "UTC"), "2026-01-03T00:30:00Z")


def test_the_longest_span_reaches_back_a_week():
    span = ("0 0 1 1 *", "7d", "Pacific/Kiritimati")
    first = datetime(2025, 12, 31, 10, tzinfo=UTC)
    assert parse_cron_span(*span).is_open(first + timedelta(days=7, microseconds=-1))
    assert not parse_cron_span(*span).is_open(first + timedelta(days=7))


def test_a_day_that_never_comes_is_never_open():
    assert not is_open(("0 0 30 2 *", "7d", "UTC"), "2026-03-01T00:00:00Z")


def test_lists_and_ranges_mix():
    span = ("0,30 9-11,14 * * *", "1m", "UTC")
    assert is_open(span, "2026-01-01T10:30:30Z")
    assert is_open(span, "2026-01-01T14:00:00Z")
    assert not is_open(span, "2026-01-01T12:00:00Z")


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (("0 9 * *", "1h", "UTC"), "4 cron fields"),
        (("0 0 9 * * 1", "1h", "UTC"), "6 cron fields"),
        (("*/5 9 * * *", "1h", "UTC"), "'*/5' as minute"),
        (("60 9 * * *", "1h", "UTC"), "'60' as minute"),
        (("0 24 * * *", "1h", "UTC"), "'24' as hour"),
        (("0 9 0 * *", "1h", "UTC"), "'0' as day of month"),
        (("0 9 * 13 *", "1h", "UTC"), "'13' as month"),
        (("0 9 * * 7", "1h", "UTC"), "'7' as day of week"),
        (("0 9 * * MON", "1h", "UTC"), "'MON' as day of week"),
        (("0 17-9 * * *", "1h", "UTC"), "'17-9' as hour"),
        (("0 9,,10 * * *", "1h", "UTC"), "'9,,10' as hour"),
        (("0 *,9 * * *", "1h", "UTC"), "'*,9' as hour"),
        (("@daily", "1h", "UTC"), "1 cron fields"),
        (("٣ 9 * * *", "1h", "UTC"), "'٣' as minute"),
        (("0 9 * * *", "0h", "UTC"), "'0h' as duration"),
        (("0 9 * * *", "", "UTC"), "'' as duration"),
        (("0 9 * * *", "8d", "UTC"), "'8d' as duration"),
        (("0 9 * * *", "7d1m", "UTC"), "'7d1m' as duration"),
        (("0 9 * * *", "12h1d", "UTC"), "'12h1d' as duration"),
        (("0 9 * * *", "30s", "UTC"), "'30s' as duration"),
        (("0 9 * * *", "1.5h", "UTC"), "'1.5h' as duration"),
        (("0 9 * * *", "999999999h", "UTC"), "as duration"),
        (("0 9 * * *", "1h", "Mars/Base"), "'Mars/Base' as time zone"),
        (("0 9 * * *", "1h", ""), "'' as time zone"),
        (("0 9 * * *", "1h", "../etc/passwd"), "as time zone"),
        (("0 9 * * *", "1h", "/etc/localtime"), "as time zone"),
        (("0 9 * * *", "1h", "America"), "as time zone"),
    ],
)
def test_refused_arguments(arguments, found):
    with pytest.raises(InvalidCronSpan) as raised:
        parse_cron_span(*arguments)
    assert found in raised.value.found


@pytest.mark.parametrize("text", ["2026-03-01T00:00:00Z", "2026-03-01t00:00:00z", "2026-03-01T00:00:00-00:00"])
def test_timestamps_in_utc(text):
    assert parse_timestamp(text) == datetime(2026, 3, 1, tzinfo=UTC)


def test_fractions_of_a_second():
    assert parse_timestamp("2026-03-01T00:00:00.25Z").microsecond == 250_000


@pytest.mark.parametrize(
    "text",
    ["2026-03-01T00:00:00", "2026-03-01T00:00:00+01:00", "2026-13-01T00:00:00Z", "2026-03-01T24:00:00Z", "now", "",
     "2026-03-01 00:00:00Z", "2026-03-01T00:00:60Z", "2026-03-01T00:00:00.1234567Z"],
)  # fmt: skip
def test_refused_timestamps(text):
    with pytest.raises(InvalidCronSpan):
        parse_timestamp(text)
