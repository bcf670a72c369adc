"""The real evaluator and the second one agree (``make fuzz-policy`` does the same for longer)."""

import importlib.util
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

from counterseal.policy.language.cron_span import parse_cron_span

_SPEC = importlib.util.spec_from_file_location("policy_differential", Path(__file__).with_name("differential.py"))
differential = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(differential)

ZONES = (
    "UTC", "America/New_York", "Europe/London", "Australia/Lord_Howe", "America/St_Johns", "Pacific/Apia",
    "Antarctica/Vostok", "America/Noronha", "Asia/Gaza", "Africa/Casablanca", "Pacific/Kwajalein",
)  # fmt: skip
CHANGES = (
    datetime(2026, 3, 8, 7, tzinfo=UTC),
    datetime(2026, 11, 1, 6, tzinfo=UTC),
    datetime(2026, 3, 29, 1, tzinfo=UTC),
    datetime(2026, 4, 4, 15, tzinfo=UTC),
    datetime(2011, 12, 30, 10, tzinfo=UTC),
    datetime(2023, 12, 17, 19, tzinfo=UTC),  # Vostok
    datetime(2000, 10, 8, 2, tzinfo=UTC),  # Noronha
    datetime(2000, 10, 15, 1, tzinfo=UTC),
    datetime(2040, 10, 26, 23, tzinfo=UTC),  # Gaza
    datetime(2026, 2, 15, 2, tzinfo=UTC),  # Casablanca
    datetime(1993, 8, 21, 12, tzinfo=UTC),  # Kwajalein
)


def test_twenty_thousand_outcomes_agree():
    seen = differential.compare(20_000, seed=1)
    assert set(seen) == {
        "OUTCOME_ALLOW",
        "OUTCOME_DENY_EXPLICIT",
        "OUTCOME_DENY_IMPLICIT",
        "OUTCOME_ERROR",
        "OUTCOME_REQUIRES_CONSENSUS",
        "OUTCOME_TIME_INACTIVE",
    }
    assert min(seen.values()) > 100


def test_cron_spans_agree_around_changes_of_the_clocks():
    chance = random.Random(1)
    for _ in range(3000):
        cron = " ".join(field(chance, low, high) for low, high in ((0, 59), (0, 23), (1, 31), (1, 12), (0, 6)))
        span = (cron, chance.choice(("1m", "20m", "1h", "3h30m", "1d")), chance.choice(ZONES))
        step = timedelta(minutes=chance.randrange(-40 * 60, 40 * 60), seconds=chance.choice((0, 0, 59)))
        now = chance.choice(CHANGES) + step
        assert parse_cron_span(*span).is_open(now) is differential.reference.cron_span(now, *span), (span, now)


def field(chance, low, high):
    """Any value, a list of some, or a range."""
    pick = chance.random()
    if pick < 0.55 or high == 12:
        return "*"
    if pick < 0.8:
        return ",".join(str(chance.randint(low, high)) for _ in range(chance.choice((1, 3))))
    return "{}-{}".format(*sorted((chance.randint(low, high), chance.randint(low, high))))
