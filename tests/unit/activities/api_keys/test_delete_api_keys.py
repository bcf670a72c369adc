"""DELETE_API_KEYS, as a pure function."""

from __future__ import annotations

import pytest

import sample
from counterseal.activities import Outcome, unit_of
from counterseal.contract.errors import InvalidRequest, NotFound
from counterseal.contract.shapes import CredentialType, DeleteApiKeysIntent
from counterseal.organizations import ApiKeyRemoved, Snapshot, User, View
from sample import uuid

LASTING, SECOND = sample.api_key(), sample.api_key()
SESSION = sample.api_key(seconds=900, type=CredentialType.READ_WRITE_SESSION_KEY_P256)
EVERY = [LASTING, SECOND, SESSION]


def delete(*ids: str, user: User | None = None, user_id: str = uuid(1)) -> Outcome:
    unit = unit_of("DELETE_API_KEYS")
    assert unit is not None
    organization: Snapshot = sample.organization(user or sample.user(uuid(1), *EVERY), sample.user(uuid(2)))
    intent = DeleteApiKeysIntent(user_id=user_id, api_key_ids=list(ids))
    return unit.first(intent, View(organization, initiator_id=uuid(1)), sample.world())


def test_keys_and_session_keys_are_removed_in_the_order_of_the_request() -> None:
    outcome = delete(SESSION.id, LASTING.id.upper())
    assert outcome.changes == (ApiKeyRemoved(api_key=SESSION), ApiKeyRemoved(api_key=LASTING))
    assert outcome.result.api_key_ids == [SESSION.id, LASTING.id]


def test_one_unknown_key_refuses_them_all() -> None:
    with pytest.raises(NotFound, match=f"unable to find api key {uuid(9)}"):
        delete(SESSION.id, uuid(9))


def test_a_key_of_another_user_is_unknown() -> None:
    with pytest.raises(NotFound, match="unable to find api key"):
        delete(LASTING.id, user_id=uuid(2))


def test_an_unknown_user_is_not_found() -> None:
    with pytest.raises(NotFound, match=f"unable to find user {uuid(9)}"):
        delete(LASTING.id, user_id=uuid(9))


@pytest.mark.parametrize("ids", [[], ["key"], [LASTING.id, LASTING.id.upper()]])
def test_ids_are_different_uuids_and_at_least_one(ids: list[str]) -> None:
    with pytest.raises(InvalidRequest, match=r"parameters\.apiKeyIds"):
        delete(*ids)


def test_the_last_lasting_credential_stays() -> None:
    with pytest.raises(InvalidRequest, match=f"user missing valid credential: {uuid(1)}"):
        delete(LASTING.id, SECOND.id)


def test_an_expiring_key_may_always_go() -> None:
    assert delete(SESSION.id, user=sample.user(uuid(1), LASTING, SESSION)).changes == (ApiKeyRemoved(api_key=SESSION),)
