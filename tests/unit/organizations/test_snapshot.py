"""Lifetimes, and the credential floor."""

from __future__ import annotations

import pytest

import sample
from counterseal.organizations import User, meets_credential_floor
from sample import NOW_MS, uuid

LOGINS = ["FEATURE_NAME_EMAIL_AUTH", "FEATURE_NAME_OTP_EMAIL_AUTH", "FEATURE_NAME_SMS_AUTH"]


def test_a_key_expires_at_the_very_millisecond() -> None:
    key = sample.api_key(created_ms=NOW_MS, seconds=900)
    assert key.is_expiring
    assert not key.is_expired(NOW_MS + 899_999)
    assert key.is_expired(NOW_MS + 900_000)


def test_a_long_lived_key_never_expires() -> None:
    key = sample.api_key(created_ms=0)
    assert not key.is_expiring
    assert not key.is_expired(NOW_MS * 1000)


@pytest.mark.parametrize(
    ("user", "features", "meets"),
    [
        (sample.user(), LOGINS, False),
        (sample.user(uuid(1), sample.api_key()), [], True),
        (sample.user(uuid(1), sample.api_key(seconds=10**9)), LOGINS, False),
        (sample.user(email="a@example.com"), [], False),
        (sample.user(email="a@example.com"), ["FEATURE_NAME_EMAIL_AUTH"], True),
        (sample.user(email="a@example.com"), ["FEATURE_NAME_OTP_EMAIL_AUTH"], True),
        (sample.user(email="a@example.com"), ["FEATURE_NAME_SMS_AUTH", "FEATURE_NAME_EMAIL_RECOVERY"], False),
        (sample.user(phone_number="+13214567890"), ["FEATURE_NAME_SMS_AUTH"], True),
        (sample.user(phone_number="+13214567890"), ["FEATURE_NAME_EMAIL_AUTH"], False),
        (sample.user(email=""), LOGINS, False),
    ],
)
def test_a_user_must_be_able_to_come_back(user: User, features: list[str], meets: bool) -> None:
    assert meets_credential_floor(user, dict.fromkeys(features, "")) is meets
