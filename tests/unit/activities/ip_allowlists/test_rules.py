"""The networks of an IP allow-list: their one spelling, their sizes, their number."""

from __future__ import annotations

import pytest

from counterseal.activities.ip_allowlists.rules import rules_from
from counterseal.contract.errors import InvalidRequest
from counterseal.contract.shapes import IpAllowlistIntentRule
from counterseal.organizations import ANY_ADDRESS, IpAllowlist, IpRules
from sample import NOW_MS, uuid


def rules(*cidrs: str) -> list[str]:
    given = [IpAllowlistIntentRule(cidr=cidr, label=f"label {at}") for at, cidr in enumerate(cidrs)]
    return [rule.cidr for rule in rules_from(given, now_ms=NOW_MS)]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("192.0.2.0/24", "192.0.2.0/24"),
        ("192.0.2.77/24", "192.0.2.0/24"),
        ("192.0.2.77", "192.0.2.77/32"),
        ("192.0.0.0/20", "192.0.0.0/20"),
        ("192.0.2.0/255.255.255.0", "192.0.2.0/24"),
        ("2001:DB8:0:1::5/64", "2001:db8:0:1::/64"),
        ("2001:db8::/48", "2001:db8::/48"),
        ("::1", "::1/128"),
        ("::ffff:192.0.2.77/120", "192.0.2.0/24"),
    ],
)
def test_a_network_has_one_spelling(given: str, kept: str) -> None:
    assert rules(given) == [kept]


@pytest.mark.parametrize(
    "given",
    [
        "",
        "office",
        "0.0.0.0/0",
        "192.0.0.0/19",
        "2001:db8::/47",
        "::/0",
        "::ffff:0:0/96",
        "192.0.2.0/33",
        "192.0.2.0/-1",
        " 192.0.2.0/24",
        "192.0.2.0/24/24",
        "fe80::1%eth0/128",
        "3221225985",
        "1" * 100,
    ],
)
def test_what_is_none_or_too_large_is_named_with_its_place(given: str) -> None:
    with pytest.raises(InvalidRequest, match=r"^invalid CIDR at index 1: "):
        rules("192.0.2.0/24", given)


def test_what_comes_twice_has_its_first_label() -> None:
    given = [
        IpAllowlistIntentRule(cidr="192.0.2.1/24", label=None),
        IpAllowlistIntentRule(cidr="192.0.2.0/24", label="b"),
    ]
    (rule,) = rules_from(given, now_ms=NOW_MS)
    assert (rule.cidr, rule.label, rule.created_ms) == ("192.0.2.0/24", None, NOW_MS)


def test_there_are_ten_of_each_kind() -> None:
    four, six = [f"192.0.2.{at}" for at in range(11)], [f"2001:db8::{at}" for at in range(11)]
    assert len(rules(*four[:10], *six[:10], *four[:10])) == 20
    for more in four, six:
        with pytest.raises(InvalidRequest, match="at most 10 of IPv"):
            rules(*more)


def test_however_often_they_are_repeated_there_is_an_end() -> None:
    assert len(rules(*["192.0.2.0/24"] * 100)) == 1
    with pytest.raises(InvalidRequest, match="expected at most 100 in a request, got 101"):
        rules(*["192.0.2.0/24"] * 101)


def listed(*cidrs: str, admits_unknown: bool = False) -> IpRules:
    given = [IpAllowlistIntentRule(cidr=cidr) for cidr in cidrs]
    return IpRules(rules=rules_from(given, now_ms=NOW_MS), admits_unknown=admits_unknown)


@pytest.mark.parametrize(
    ("address", "admitted"),
    [
        ("192.0.2.1", True),
        ("::ffff:192.0.2.1", True),
        ("192.0.3.1", False),
        ("2001:db8::1", True),
        ("2001:db9::1", False),
        ("", False),
        ("unknown", False),
        (ANY_ADDRESS, True),
    ],
)
def test_who_is_admitted(address: str, admitted: bool) -> None:
    allowlist = IpAllowlist(id=uuid(1), rules=listed("192.0.2.0/24", "2001:db8::/48"), enabled=True)
    assert allowlist.admits(address, None) is admitted


def test_rules_of_a_key_count_instead_and_only_while_the_list_does() -> None:
    allowlist = IpAllowlist(id=uuid(1), rules=listed("192.0.2.0/24"), enabled=True)
    key = listed("198.51.100.0/24")
    assert not allowlist.admits("192.0.2.1", key)
    assert allowlist.admits("198.51.100.1", key)
    assert allowlist.admits("192.0.2.1", listed()), "none fall back"
    off = IpAllowlist(id=uuid(1), rules=listed(), enabled=False)
    assert off.admits("203.0.113.1", key)


def test_an_unknown_address_is_a_matter_of_the_list_that_counts() -> None:
    strict, open_ = listed("192.0.2.0/24"), listed("192.0.2.0/24", admits_unknown=True)
    for own, key, admitted in (strict, None, False), (open_, None, True), (open_, strict, False), (strict, open_, True):
        assert IpAllowlist(id=uuid(1), rules=own, enabled=True).admits("", key) is admitted


def test_no_rules_let_nobody_in() -> None:
    assert not IpAllowlist(id=uuid(1), rules=listed(), enabled=True).admits("192.0.2.1", None)
