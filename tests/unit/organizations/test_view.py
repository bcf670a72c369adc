"""What units look up, and the words in which they miss it."""

from __future__ import annotations

import pytest

import sample
from counterseal.contract.errors import NotFound
from counterseal.organizations import View
from sample import ORGANIZATION_ID, uuid

KEY = sample.api_key()
VIEW = View(sample.organization(sample.user(uuid(1), KEY), sample.user(uuid(2))), initiator_id=uuid(1))


def test_users_and_their_keys_are_found() -> None:
    assert VIEW.user(uuid(1)).id == uuid(1)
    assert VIEW.api_key(VIEW.user(uuid(1)), KEY.id) == KEY


def test_an_unknown_user_is_named_with_the_organization() -> None:
    with pytest.raises(NotFound, match=f"unable to find user {uuid(9)} in organization {ORGANIZATION_ID}"):
        VIEW.user(uuid(9))


def test_the_key_of_another_user_is_not_found() -> None:
    with pytest.raises(NotFound, match=f"unable to find api key {KEY.id} of user {uuid(2)}"):
        VIEW.api_key(VIEW.user(uuid(2)), KEY.id)
