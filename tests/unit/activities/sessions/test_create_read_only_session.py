"""CREATE_READ_ONLY_SESSION, on a real key store."""

from __future__ import annotations

from pathlib import Path

import pytest

import sample
from counterseal.activities import Unit, unit_of
from counterseal.contract.errors import NotFound
from counterseal.contract.shapes import CreateReadOnlySessionIntent, CreateReadOnlySessionResult
from counterseal.keystore import FileSeal, Keystore, ReadOnlySession, session_of
from counterseal.organizations import View
from sample import NOW_MS, uuid

ANN = sample.user(uuid(1), sample.api_key(), name="Ann")


@pytest.fixture(scope="module")
def keystore(tmp_path_factory: pytest.TempPathFactory) -> Keystore:
    directory: Path = tmp_path_factory.mktemp("seal")
    return Keystore.create(FileSeal(directory))[0]


def unit() -> Unit:
    found = unit_of("CREATE_READ_ONLY_SESSION")
    assert found is not None
    return found


def made(initiator_id: str = uuid(1), now_ms: int = NOW_MS) -> CreateReadOnlySessionResult:
    view = View(sample.organization(ANN), initiator_id=initiator_id)
    outcome = unit().first(CreateReadOnlySessionIntent(), view, sample.world(now_ms))
    assert outcome is not None, "nothing secret is made, so it is tried out whole"
    assert outcome.changes == ()
    assert isinstance(outcome.result, CreateReadOnlySessionResult)
    return outcome.result


def test_it_is_the_initiator_s_for_an_hour() -> None:
    result = made(now_ms=NOW_MS + 999)
    assert (result.organization_id, result.organization_name) == (sample.ORGANIZATION_ID, "Sample")
    assert (result.user_id, result.username) == (uuid(1), "Ann")
    assert result.session_expiry == str(NOW_MS // 1000 + 3600)


def test_what_is_kept_opens_nothing_and_what_its_user_is_shown_does(keystore: Keystore) -> None:
    kept = made()
    assert session_of(kept.session, keystore) is None
    show = unit().show
    assert show is not None
    assert show(kept, keystore, to_owner=False).session == ""
    shown = show(kept, keystore, to_owner=True)
    session = session_of(shown.session, keystore)
    assert session is not None
    assert session == ReadOnlySession(
        organization_id=sample.ORGANIZATION_ID, user_id=uuid(1), expires_s=int(kept.session_expiry), id=session.id
    )
    assert shown == show(kept, keystore, to_owner=True)


def test_it_is_always_one_s_own_right() -> None:
    assert unit().owner_id(CreateReadOnlySessionIntent(), initiator_id=uuid(1)) == uuid(1)
    assert unit().may_name_parent


def test_a_user_who_is_gone_is_not_found() -> None:
    with pytest.raises(NotFound):
        made(initiator_id=uuid(9))
