"""What is kept under the object it was made from, and what it is booked at."""

from __future__ import annotations

from counterseal.engine.decide.kept import Kept


class Part:
    """Something that several values hold."""

    def __init__(self, size: int) -> None:
        self.bytes = size


def test_only_the_very_object_counts_and_not_one_that_equals_it() -> None:
    kept: Kept[str] = Kept(bytes_max=1_000)
    first, second = {"a": 1}, {"a": 1}
    kept.put("org", first, "made from the first", own_bytes=10)
    assert kept.get("org", first) == "made from the first"
    assert kept.get("org", second) is None
    assert kept.get("other", first) is None


def test_an_entry_holds_what_it_was_made_from_so_that_no_other_takes_its_place() -> None:
    kept: Kept[str] = Kept(bytes_max=1_000)
    kept.put("org", {"a": 1}, "made", own_bytes=10)
    assert all(kept.get("org", {"a": 1}) is None for _ in range(100))


def test_an_organization_has_one_entry() -> None:
    kept: Kept[int] = Kept(bytes_max=1_000)
    for number in range(10):
        kept.put("org", object(), number, own_bytes=10)
    assert (len(kept), kept.bytes) == (1, 10)


def test_the_least_used_goes_first() -> None:
    kept: Kept[str] = Kept(bytes_max=64 * 10)
    maps = {f"{number}": object() for number in range(64)}
    for name, made_from in maps.items():
        kept.put(name, made_from, name, own_bytes=10)
    assert kept.get("0", maps["0"]) == "0"
    kept.put("one more", object(), "", own_bytes=10)
    assert kept.get("0", maps["0"]) == "0"
    assert kept.get("1", maps["1"]) is None
    assert (len(kept), kept.bytes) == (64, 640)


def test_what_takes_much_goes_before_all_that_takes_little() -> None:
    kept: Kept[str] = Kept(bytes_max=6_400)
    small = {f"small {number}": object() for number in range(40)}
    for name, made_from in small.items():
        kept.put(name, made_from, name, own_bytes=100)
    for number in range(20):
        kept.put(f"large {number}", object(), "", own_bytes=2_000)
    assert all(kept.get(name, made_from) for name, made_from in small.items())
    assert kept.bytes <= 6_400


def test_what_several_hold_is_booked_once_and_as_long_as_somebody_holds_it() -> None:
    kept: Kept[str] = Kept(bytes_max=100_000)
    shared, own = Part(1_000), Part(10)
    kept.put("one", object(), "", own_bytes=1, parts=[shared, own])
    kept.put("two", object(), "", own_bytes=1, parts=[shared, shared])
    assert kept.bytes == 1_000 + 10 + 2
    kept.put("one", object(), "", own_bytes=1)
    assert kept.bytes == 1_000 + 2
    kept.put("two", object(), "", own_bytes=1)
    assert kept.bytes == 2


def test_one_value_may_be_larger_than_all_that_is_kept() -> None:
    kept: Kept[str] = Kept(bytes_max=10)
    made_from = object()
    kept.put("org", made_from, "value", own_bytes=1_000)
    assert kept.get("org", made_from) == "value"
    kept.put("next", object(), "", own_bytes=1)
    assert (len(kept), kept.bytes) == (1, 1)
