"""DELETE_AUTHENTICATORS, as a pure function."""

from __future__ import annotations

import pytest

import sample
from counterseal.activities import Outcome, unit_of
from counterseal.contract.errors import InvalidRequest, NotFound
from counterseal.contract.shapes import AuthenticatorTransport, DeleteAuthenticatorsIntent
from counterseal.organizations import Authenticator, AuthenticatorAdded, Snapshot, User, View, apply_changes
from sample import NOW_MS, uuid


def authenticator(number: int, user_id: str = uuid(1)) -> Authenticator:
    return Authenticator(
        id=uuid(0x500 + number),
        user_id=user_id,
        name=f"passkey {number}",
        credential_id=f"credential-{number}",
        public_key="pQECAyY",
        aaguid="AAAAAAAAAAAAAAAAAAAAAA",
        attestation_type="none",
        model="Security key",
        transports=(AuthenticatorTransport.USB,),
        rp_id_hash=bytes(32),
        created_ms=NOW_MS,
    )


ONE, TWO, OTHERS = authenticator(1), authenticator(2), authenticator(3, uuid(2))


def organization(user: User, *authenticators: Authenticator, **members: object) -> Snapshot:
    made = sample.organization(user, sample.user(uuid(2)), **members)  # type: ignore[arg-type]
    changes = [AuthenticatorAdded(authenticator=each) for each in (*authenticators, OTHERS)]
    return apply_changes(made, made.id, changes)


def delete(snapshot: Snapshot, *ids: str, user_id: str = uuid(1)) -> Outcome:
    unit = unit_of("DELETE_AUTHENTICATORS")
    assert unit is not None
    intent = DeleteAuthenticatorsIntent(user_id=user_id, authenticator_ids=list(ids))
    return unit.first(intent, View(snapshot, initiator_id=uuid(1)), sample.world())


def test_all_that_are_named_are_gone() -> None:
    before = organization(sample.user(uuid(1), sample.api_key()), ONE, TWO)
    outcome = delete(before, TWO.id.upper(), ONE.id)
    assert outcome.result.authenticator_ids == [TWO.id, ONE.id]
    left = apply_changes(before, before.id, outcome.changes)
    assert left.users[uuid(1)].authenticators == ()
    assert left.authenticators == {OTHERS.credential_id: OTHERS}


def test_another_passkey_is_a_way_back_in() -> None:
    before = organization(sample.user(uuid(1)), ONE, TWO)
    left = apply_changes(before, before.id, delete(before, ONE.id).changes)
    assert left.users[uuid(1)].authenticators == (TWO,)


def test_the_last_lasting_credential_stays() -> None:
    for user in (sample.user(uuid(1)), sample.user(uuid(1), sample.api_key(seconds=3600))):
        for gone in ((ONE.id, TWO.id), (TWO.id, ONE.id)):
            with pytest.raises(InvalidRequest, match=f"^user missing valid credential: {uuid(1)}$"):
                delete(organization(user, ONE, TWO), *gone)


def test_a_log_in_by_e_mail_is_a_way_back_in_where_it_is_enabled() -> None:
    user = sample.user(uuid(1), email="ann@example.com")
    assert delete(organization(user, ONE, features={"FEATURE_NAME_EMAIL_AUTH": ""}), ONE.id).changes
    with pytest.raises(InvalidRequest, match="user missing valid credential"):
        delete(organization(user, ONE), ONE.id)


def test_unknown_ones_and_those_of_others_are_not_found_and_nothing_is_deleted() -> None:
    snapshot = organization(sample.user(uuid(1), sample.api_key()), ONE)
    for id_ in (uuid(99), OTHERS.id):
        with pytest.raises(NotFound, match=f"^unable to find authenticator {id_} of user {uuid(1)} in organization"):
            delete(snapshot, ONE.id, id_)
    with pytest.raises(NotFound):
        delete(snapshot, ONE.id, user_id=uuid(9))


@pytest.mark.parametrize("ids", [[], [ONE.id, ONE.id], [ONE.id, ONE.id.upper()], ["passkey"]])
def test_lists_that_are_none(ids: list[str]) -> None:
    with pytest.raises(InvalidRequest):
        delete(organization(sample.user(uuid(1), sample.api_key()), ONE), *ids)
