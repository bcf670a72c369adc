"""Which key signs, and which are published: no receiver is ever shown a signature by a key it cannot know."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.webhooks import keys_at, max_age_seconds, signs_from

AGE_S = 100
AGE_MS = AGE_S * 1000
KEYS = [(0, "a"), (10 * AGE_MS, "b")]


@pytest.mark.parametrize(
    ("at", "signing", "published"),
    [
        (9.9, "a", "ab"),
        (10.0, "a", "ab"),
        (11.99, "a", "ab"),
        (12.0, "b", "ba"),
        (13.99, "b", "ba"),
        (14.0, "b", "b"),
    ],
)
def test_a_new_key_is_published_before_it_signs_and_an_old_one_after(at: float, signing: str, published: str) -> None:
    found = keys_at(round(at * AGE_MS), KEYS, max_age_seconds=AGE_S)
    assert (found.signing, "".join(found.published)) == (signing, published)


def test_the_first_signs_from_the_beginning() -> None:
    assert keys_at(0, KEYS[:1], max_age_seconds=AGE_S).published == ("a",)
    assert signs_from(KEYS[:1], max_age_seconds=AGE_S) == 0
    assert signs_from(KEYS, max_age_seconds=AGE_S) == 12 * AGE_MS
    assert max_age_seconds(is_development=True) < max_age_seconds(is_development=False)


@given(
    gaps=st.lists(st.integers(2 * AGE_MS, 10 * AGE_MS), max_size=4),
    at=st.integers(0, 60 * AGE_MS),
    later=st.integers(0, 2 * AGE_MS),
)
def test_whoever_keeps_a_key_set_for_twice_its_age_knows_what_signs(gaps: list[int], at: int, later: int) -> None:
    """Both ways: a set that was fetched before, and one that is fetched when an older event arrives."""
    keys, since = [(0, 0)], 0
    for number, gap in enumerate(gaps, 1):
        since += gap
        keys.append((since, number))

    def published(now_ms: int) -> tuple[int, ...]:
        """As it was published: no key before its time."""
        there = [each for each in keys if each[0] <= now_ms]
        return keys_at(now_ms, there, max_age_seconds=AGE_S).published

    def signing(now_ms: int) -> int:
        return keys_at(now_ms, [each for each in keys if each[0] <= now_ms], max_age_seconds=AGE_S).signing

    assert signing(at + later) in published(at)
    assert signing(at) in published(at + later)
