from datetime import UTC, datetime, timedelta

import pytest

from counterseal.policy.cron_span import InvalidCronSpan, parse_cron_span, parse_timestamp

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
