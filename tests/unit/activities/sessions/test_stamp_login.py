"""STAMP_LOGIN, on a real key store."""

from __future__ import annotations

import json
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest

import sample
from counterseal.activities import Outcome, unit_of
from counterseal.activities.sessions.stamp_login import which_profile
from counterseal.contract.errors import AlreadyExists, InvalidRequest, NotFound, PermissionDenied, Refused
from counterseal.contract.shapes import CredentialType, StampLoginIntent
from counterseal.crypto import Curve
from counterseal.crypto.p256 import P256PrivateKey
from counterseal.keystore import FileSeal, Keystore
from counterseal.organizations import (
    NO_PROFILE_ID,
    ApiKey,
    ApiKeyAdded,
    ApiKeyRemoved,
    SessionProfile,
    SessionProfileAdded,
    SessionScope,
    Snapshot,
    View,
    apply_changes,
)
from sample import NOW_MS, uuid

KEY = P256PrivateKey.generate()
PUBLIC_KEY = KEY.public_key.hex()
ANN = sample.user(uuid(1), sample.api_key(), name="Ann")
BOB = sample.user(uuid(2), sample.api_key(uuid(2)), name="Bob")


@pytest.fixture(scope="module")
def keystore(tmp_path_factory: pytest.TempPathFactory) -> Keystore:
    directory: Path = tmp_path_factory.mktemp("seal")
    return Keystore.create(FileSeal(directory))[0]


def intent(**members: Any) -> StampLoginIntent:
    return StampLoginIntent(**{"public_key": PUBLIC_KEY} | members)


def view(*users: Any, initiator_id: str = uuid(1)) -> View:
    return View(sample.organization(*(users or (ANN, BOB))), initiator_id=initiator_id)


def log_in(keystore: Keystore, asked: StampLoginIntent, seen: View | None = None) -> Outcome:
    """Through the unit's check, as the engine does."""
    unit = unit_of("STAMP_LOGIN")
    assert unit is not None
    seen, world = seen or view(), sample.world()
    return unit.carry_out(unit.check(asked, seen, world), seen, world, keystore)


def refusal(asked: StampLoginIntent, seen: View | None = None) -> Refused:
    unit = unit_of("STAMP_LOGIN")
    assert unit is not None
    with pytest.raises(Refused) as refused:
        unit.check(asked, seen or view(), sample.world())
    return refused.value


def added(outcome: Outcome) -> ApiKey:
    (key,) = [change.api_key for change in outcome.changes if isinstance(change, ApiKeyAdded)]
    return key


def removed(outcome: Outcome) -> list[ApiKey]:
    return [change.api_key for change in outcome.changes if isinstance(change, ApiKeyRemoved)]


def after(outcome: Outcome, organization: Snapshot) -> Snapshot:
    return apply_changes(organization, organization.id, outcome.changes)


def login_key(**members: Any) -> ApiKey:
    return sample.api_key(**{"seconds": 900, "type": CredentialType.LOGIN} | members)


def claims(outcome: Outcome) -> dict[str, Any]:
    payload = outcome.result.session.split(".")[1]
    found: dict[str, Any] = json.loads(b64decode(payload + "=" * (-len(payload) % 4), validate=True))
    return found


def test_the_session_is_the_initiator_s_for_fifteen_minutes(keystore: Keystore) -> None:
    key = added(log_in(keystore, intent()))
    assert (key.user_id, key.public_key, key.expiration_seconds) == (uuid(1), PUBLIC_KEY, 900)
    assert (key.type, key.curve) == (CredentialType.LOGIN, Curve.P256)
    assert (key.name, key.created_ms) == (f"Login Session - {NOW_MS // 1000}", NOW_MS)


@pytest.mark.parametrize(("given", "seconds"), [(None, 900), ("1", 1), ("60", 60), ("3153600000", 3_153_600_000)])
def test_the_jwt_says_what_was_made(keystore: Keystore, given: str | None, seconds: int) -> None:
    outcome = log_in(keystore, intent(expiration_seconds=given), view(initiator_id=uuid(2)))
    assert added(outcome).expiration_seconds == seconds
    assert claims(outcome) == {
        "exp": NOW_MS // 1000 + seconds,
        "public_key": PUBLIC_KEY,
        "session_type": "SESSION_TYPE_READ_WRITE",
        "user_id": uuid(2),
        "organization_id": sample.ORGANIZATION_ID,
    }


def test_letter_case_is_no_matter(keystore: Keystore) -> None:
    outcome = log_in(keystore, intent(public_key=PUBLIC_KEY.upper()))
    assert added(outcome).public_key == claims(outcome)["public_key"] == PUBLIC_KEY


def test_it_is_always_one_s_own_right() -> None:
    unit = unit_of("STAMP_LOGIN")
    assert unit is not None
    assert unit.owner_id(intent(), initiator_id=uuid(2)) == uuid(2)
    assert unit.may_name_parent


def test_invalidation_takes_the_user_s_earlier_logins_and_nothing_else(keystore: Keystore) -> None:
    mine = [login_key(), login_key(created_ms=NOW_MS - 10**6)]
    others = [
        sample.api_key(),
        sample.api_key(seconds=900),
        sample.api_key(seconds=900, type=CredentialType.READ_WRITE_SESSION_KEY_P256),
    ]
    bob = sample.user(uuid(2), login_key(user_id=uuid(2)))
    seen = view(sample.user(uuid(1), *mine, *others), bob)
    assert removed(log_in(keystore, intent(invalidate_existing=True), seen)) == mine
    assert removed(log_in(keystore, intent(invalidate_existing=False), seen)) == []
    assert removed(log_in(keystore, intent(), seen)) == []


def test_the_eleventh_takes_the_place_of_the_oldest_unless_others_go_anyway(keystore: Keystore) -> None:
    plain = [sample.api_key(seconds=900) for _ in range(9)]
    session = login_key()
    seen = view(sample.user(uuid(1), *plain, session))
    assert removed(log_in(keystore, intent(), seen)) == [plain[0]]
    assert removed(log_in(keystore, intent(invalidate_existing=True), seen)) == [session]


def test_a_key_of_this_organization_is_in_the_way(keystore: Keystore) -> None:
    for holder in uuid(1), uuid(2):
        for type_ in CredentialType.LOGIN, CredentialType.API_KEY_P256:
            held = login_key(user_id=holder, public_key=PUBLIC_KEY, type=type_)
            users = [sample.user(uuid(1)), sample.user(uuid(2))]
            users = [sample.user(each.id, *([held] if each.id == holder else [])) for each in users]
            assert isinstance(refusal(intent(), view(*users)), AlreadyExists)
            if (holder, type_) != (uuid(1), CredentialType.LOGIN):
                assert isinstance(refusal(intent(invalidate_existing=True), view(*users)), AlreadyExists)


@pytest.mark.parametrize("age_ms", [1000, 10**9], ids=["live", "expired"])
def test_a_login_may_replace_itself(keystore: Keystore, age_ms: int) -> None:
    before = login_key(public_key=PUBLIC_KEY, created_ms=NOW_MS - age_ms)
    seen = view(sample.user(uuid(1), sample.api_key(), before))
    outcome = log_in(keystore, intent(invalidate_existing=True), seen)
    assert removed(outcome) == [before], "once"
    assert after(outcome, seen.organization).api_keys[PUBLIC_KEY] == added(outcome)


def test_an_expired_holder_yields(keystore: Keystore) -> None:
    expired = login_key(user_id=uuid(2), public_key=PUBLIC_KEY, created_ms=NOW_MS - 10**9)
    seen = view(ANN, sample.user(uuid(2), expired))
    outcome = log_in(keystore, intent(), seen)
    assert removed(outcome) == [expired]
    assert after(outcome, seen.organization).api_keys[PUBLIC_KEY].user_id == uuid(1)


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({"public_key": ""}, "publicKey"),
        ({"public_key": "02"}, "publicKey"),
        ({"public_key": "02" + "ff" * 32}, "publicKey"),
        ({"public_key": "0x" + PUBLIC_KEY}, "publicKey"),
        ({"public_key": KEY.public_point.hex()}, "publicKey"),
        ({"public_key": sample.public_key(Curve.ED25519)}, "publicKey"),
        ({"expiration_seconds": "0"}, "invalid api key expiration"),
        ({"expiration_seconds": "-1"}, "invalid api key expiration"),
        ({"expiration_seconds": "3153600001"}, "invalid api key expiration"),
        ({"expiration_seconds": ""}, "invalid api key expiration"),
    ],
)
def test_what_is_wrong_is_named_before_anything_is_signed(members: dict[str, str], words: str) -> None:
    refused = refusal(intent(**members))
    assert isinstance(refused, InvalidRequest)
    assert words in refused.message


def profile(**members: Any) -> SessionProfile:
    made = {"id": uuid(7), "name": "signers", "scope": "activity.action == 'SIGN'", "created_ms": NOW_MS}
    return SessionProfile(**(made | members))


def profiled(made: SessionProfile, *, in_parent: bool) -> View:
    seen = view()
    owner = apply_changes(seen.organization, seen.organization.id, [SessionProfileAdded(session_profile=made)])
    if not in_parent:
        return View(owner, initiator_id=uuid(1))
    seen = View(sample.organization(ANN, BOB, parent_id=owner.id), initiator_id=uuid(1))
    seen.parent = owner
    return seen


@pytest.mark.parametrize("in_parent", [False, True])
def test_a_session_with_a_profile_carries_its_scope(keystore: Keystore, in_parent: bool) -> None:
    outcome = log_in(keystore, intent(session_profile_id=uuid(7)), profiled(profile(), in_parent=in_parent))
    assert added(outcome).session == SessionScope(profile_id=uuid(7), scope="activity.action == 'SIGN'")
    said = claims(outcome)
    assert said["session_type"] == "signers"
    assert (said["session_profile_id"], said["scope"]) == (uuid(7), "activity.action == 'SIGN'")


@pytest.mark.parametrize(
    ("given", "longest", "seconds"),
    [(None, None, 900), ("60", None, 60), (None, 3600, 3600), ("60", 3600, 60), ("7200", 3600, 3600)],
)
def test_the_shorter_lifetime_counts(keystore: Keystore, given: str | None, longest: int | None, seconds: int) -> None:
    seen = profiled(profile(expiration_seconds=longest), in_parent=True)
    outcome = log_in(keystore, intent(session_profile_id=uuid(7), expiration_seconds=given), seen)
    assert added(outcome).expiration_seconds == seconds
    assert claims(outcome)["exp"] == NOW_MS // 1000 + seconds


@pytest.mark.parametrize("named", [None, "", NO_PROFILE_ID])
def test_no_profile_is_no_limit(keystore: Keystore, named: str | None) -> None:
    outcome = log_in(keystore, intent(session_profile_id=named), profiled(profile(), in_parent=True))
    assert added(outcome).session is None
    assert claims(outcome)["session_type"] == "SESSION_TYPE_READ_WRITE"


def test_a_profile_that_is_nowhere_is_not_found() -> None:
    assert isinstance(refusal(intent(session_profile_id=uuid(8)), profiled(profile(), in_parent=True)), NotFound)
    assert isinstance(refusal(intent(session_profile_id=uuid(7))), NotFound)
    assert isinstance(refusal(intent(session_profile_id="signers")), InvalidRequest)


@pytest.mark.parametrize(
    ("own", "named", "found"), [(None, None, ""), (None, 8, 8), (None, 0, ""), (7, None, 7), (7, 7, 7)]
)
def test_a_session_s_profile_is_that_of_the_next_one(own: int | None, named: int | None, found: int | str) -> None:
    own_id, named_id = (None if each is None else uuid(each) for each in (own, named))
    named_id = NO_PROFILE_ID if named == 0 else named_id
    seen = View(sample.organization(ANN), initiator_id=uuid(1), session_profile_id=own_id)
    expected = uuid(found) if isinstance(found, int) else found
    assert which_profile(intent(session_profile_id=named_id), seen) == {"session_profile_id": expected}


@pytest.mark.parametrize("named", [uuid(8), NO_PROFILE_ID])
def test_a_session_does_not_get_out_of_its_profile(named: str) -> None:
    seen = View(sample.organization(ANN), initiator_id=uuid(1), session_profile_id=uuid(7))
    with pytest.raises(PermissionDenied, match="sessions of that profile only"):
        which_profile(intent(session_profile_id=named), seen)


def test_a_user_who_is_gone_is_not_found() -> None:
    assert isinstance(refusal(intent(), view(initiator_id=uuid(9))), NotFound)
