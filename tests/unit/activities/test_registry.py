"""The registry of units."""

from __future__ import annotations

import pytest

from counterseal.activities import implemented_kinds, unit_of
from counterseal.activities.registry import activity
from counterseal.contract import variants_of
from counterseal.contract.upgrades import can_upgrade


def test_kinds_are_found_by_name() -> None:
    unit = unit_of("CREATE_API_KEYS")
    assert unit is not None
    assert unit.first.__name__ == "create_api_keys"
    assert unit_of("SIGN_RAW_PAYLOAD_BY_TELEPATHY") is None


@pytest.mark.parametrize("kind", sorted(implemented_kinds()))
def test_a_kind_is_one_of_the_contract_and_its_file_is_called_like_it(kind: str) -> None:
    assert variants_of(kind)
    unit = unit_of(kind)
    assert unit is not None
    assert unit.kind == kind
    carries_out = unit.second or unit.first
    assert carries_out.__module__.rpartition(".")[2] == kind.lower()
    assert carries_out.__doc__


@pytest.mark.parametrize("kind", sorted(implemented_kinds()))
def test_the_newest_version_of_a_kind_can_be_carried_out(kind: str) -> None:
    assert can_upgrade(variants_of(kind)[-1])


def test_a_kind_has_one_owner() -> None:
    with pytest.raises(ValueError, match=r"CREATE_API_KEYS has an owner already: .*\.create_api_keys"):
        activity("CREATE_API_KEYS")(lambda *_: None)  # type: ignore[arg-type, return-value]


@pytest.mark.parametrize("kind", ["CREATE_READ_WRITE_SESSION"])
def test_a_unit_that_makes_secrets_looks_before_it_acts(kind: str) -> None:
    unit = unit_of(kind)
    assert unit is not None
    assert unit.check is not None
    assert unit.may_name_parent
