"""Who may do what by the published rules alone."""

from __future__ import annotations

import pytest

from counterseal.activities import implemented_kinds, unit_of
from counterseal.contract import variants_of
from counterseal.contract.rights import OWN_CREDENTIAL_KINDS, ROOT_QUORUM_ONLY_KINDS, owner_of


@pytest.mark.parametrize(
    ("kind", "user_id", "owner_id"),
    [
        ("CREATE_API_KEYS", "U1", "U1"),
        ("CREATE_API_KEYS", "U2", "U2"),
        ("STAMP_LOGIN", None, "U1"),
        ("CREATE_READ_WRITE_SESSION", "", "U1"),
        ("UPDATE_USER", "U1", None),
        (None, None, None),
    ],
)
def test_whose_credentials_a_kind_touches(kind: str | None, user_id: str | None, owner_id: str | None) -> None:
    assert owner_of(kind, initiator_id="U1", user_id=user_id) == owner_id


def test_every_named_kind_is_one_of_the_contract() -> None:
    for kind in ROOT_QUORUM_ONLY_KINDS | OWN_CREDENTIAL_KINDS:
        assert variants_of(kind), kind
    assert not ROOT_QUORUM_ONLY_KINDS & OWN_CREDENTIAL_KINDS


def test_all_that_only_the_root_quorum_may_do_is_built() -> None:
    assert implemented_kinds() >= ROOT_QUORUM_ONLY_KINDS
    assert all(unit_of(kind) for kind in ROOT_QUORUM_ONLY_KINDS)
