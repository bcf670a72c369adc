"""CREATE_READ_WRITE_SESSION, on a real key store."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

import sample
from counterseal.activities import Outcome, unit_of
from counterseal.contract import upgrade, variants_of
from counterseal.contract.errors import InvalidRequest, NotFound, Refused
from counterseal.contract.shapes import (
    CreateReadWriteSessionIntent,
    CreateReadWriteSessionIntentV2,
    CredentialType,
)
from counterseal.crypto.bundle import open_credential_bundle
from counterseal.crypto.p256 import P256PrivateKey
from counterseal.keystore import FileSeal, Keystore
from counterseal.organizations import ApiKey, ApiKeyAdded, ApiKeyRemoved, Snapshot, View
from sample import NOW_MS, uuid

TARGET = P256PrivateKey.generate()
ANN = sample.user(uuid(1), sample.api_key(), name="Ann", email="Ann@Example.com")
BOB = sample.user(uuid(2), name="Bob", email="bob@example.com")


@pytest.fixture(scope="module")
def keystore(tmp_path_factory: pytest.TempPathFactory) -> Keystore:
    directory: Path = tmp_path_factory.mktemp("seal")
    return Keystore.create(FileSeal(directory))[0]


def intent(**members: Any) -> CreateReadWriteSessionIntentV2:
    return CreateReadWriteSessionIntentV2(**{"target_public_key": TARGET.public_point.hex()} | members)


def view(organization: Snapshot | None = None, *, initiator_id: str = uuid(1)) -> View:
    return View(organization or sample.organization(ANN, BOB), initiator_id=initiator_id)


def resolved(asked: Any, seen: View) -> CreateReadWriteSessionIntentV2:
    """As the engine reads it: in the newest form, with the user that is meant."""
    unit = unit_of("CREATE_READ_WRITE_SESSION")
    assert unit is not None
    assert unit.resolve is not None
    newest = upgrade(asked, next(each for each in variants_of(unit.kind) if isinstance(asked, each.intent)))
    assert isinstance(newest, CreateReadWriteSessionIntentV2)
    user_id = unit.resolve(asked, seen).get("user_id", newest.user_id)
    return replace(newest, user_id=user_id)


def create(keystore: Keystore, asked: Any, seen: View | None = None) -> Outcome:
    unit = unit_of("CREATE_READ_WRITE_SESSION")
    assert unit is not None
    seen = seen or view()
    asked = resolved(asked, seen)
    world = sample.world()
    return unit.carry_out(unit.check(asked, seen, world), seen, world, keystore)


def refusal(asked: Any, seen: View | None = None) -> Refused:
    unit = unit_of("CREATE_READ_WRITE_SESSION")
    assert unit is not None
    with pytest.raises(Refused) as refused:
        unit.check(resolved(asked, seen or view()), seen or view(), sample.world())
    return refused.value


def added(outcome: Outcome) -> ApiKey:
    (key,) = (change.api_key for change in outcome.changes if isinstance(change, ApiKeyAdded))
    return key


def removed(outcome: Outcome) -> list[ApiKey]:
    return [change.api_key for change in outcome.changes if isinstance(change, ApiKeyRemoved)]


def session_key(user_id: str = uuid(1), **members: Any) -> ApiKey:
    return sample.api_key(user_id, seconds=900, **{"type": CredentialType.READ_WRITE_SESSION_KEY_P256} | members)


def test_the_defaults_are_the_initiator_fifteen_minutes_and_a_name_with_the_time(keystore: Keystore) -> None:
    outcome = create(keystore, intent())
    key, result = added(outcome), outcome.result
    assert (key.user_id, key.expiration_seconds) == (uuid(1), 900)
    assert key.name == f"Read Write Session - {NOW_MS // 1000}"
    assert key.type is CredentialType.READ_WRITE_SESSION_KEY_P256
    assert (result.api_key_id, result.user_id, result.username) == (key.id, uuid(1), "Ann")
    assert (result.organization_id, result.organization_name) == (sample.ORGANIZATION_ID, "Sample")


@pytest.mark.parametrize("form", ["uncompressed", "compressed", "capitals"])
def test_the_bundle_opens_with_the_target_key_to_the_key_that_is_registered(keystore: Keystore, form: str) -> None:
    point = TARGET.public_key if form == "compressed" else TARGET.public_point
    text = point.hex().upper() if form == "capitals" else point.hex()
    outcome = create(keystore, intent(target_public_key=text))
    secret = open_credential_bundle(outcome.result.credential_bundle, TARGET.secret)
    assert P256PrivateKey.from_secret(secret).public_key.hex() == added(outcome).public_key


def test_every_session_has_a_key_of_its_own(keystore: Keystore) -> None:
    assert len({added(create(keystore, intent())).public_key for _ in range(3)}) == 3


def test_name_lifetime_and_user_may_be_given(keystore: Keystore) -> None:
    key = added(create(keystore, intent(user_id=uuid(2), api_key_name="tab 1", expiration_seconds="60")))
    assert (key.user_id, key.name, key.expiration_seconds) == (uuid(2), "tab 1", 60)


def test_only_one_s_own_sessions_are_an_implicit_right() -> None:
    unit = unit_of("CREATE_READ_WRITE_SESSION")
    assert unit is not None
    for asked, seen in ((intent(), view(initiator_id=uuid(2))), (intent(user_id=uuid(2)), view())):
        assert unit.owner_id(resolved(asked, seen), initiator_id=seen.initiator_id) == uuid(2)
    by_email = resolved(first_version("bob@example.com"), view())
    assert unit.owner_id(by_email, initiator_id=uuid(1)) == uuid(2)


def test_policies_see_the_address_as_its_user_has_it() -> None:
    unit = unit_of("CREATE_READ_WRITE_SESSION")
    assert unit is not None
    assert unit.resolve is not None
    assert unit.resolve(first_version("ANN@EXAMPLE.COM"), view()) == {"user_id": uuid(1), "email": "Ann@Example.com"}


def test_invalidation_takes_the_user_s_earlier_read_write_sessions_and_nothing_else(keystore: Keystore) -> None:
    mine = [session_key(), session_key()]
    others = [
        sample.api_key(),
        sample.api_key(seconds=900),
        session_key(type=CredentialType.LOGIN),
    ]
    bob = sample.user(uuid(2), session_key(uuid(2)))
    organization = sample.organization(sample.user(uuid(1), *mine, *others), bob)
    assert removed(create(keystore, intent(invalidate_existing=True), view(organization))) == mine
    assert removed(create(keystore, intent(invalidate_existing=False), view(organization))) == []
    assert removed(create(keystore, intent(), view(organization))) == []


def test_invalidation_comes_before_eviction(keystore: Keystore) -> None:
    plain = [sample.api_key(seconds=900) for _ in range(9)]
    session = session_key()
    organization = sample.organization(sample.user(uuid(1), *plain, session))
    assert removed(create(keystore, intent(invalidate_existing=True), view(organization))) == [session]
    assert removed(create(keystore, intent(), view(organization))) == [plain[0]]


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({"target_public_key": ""}, "targetPublicKey"),
        ({"target_public_key": "04" + "00" * 64}, "targetPublicKey"),
        ({"target_public_key": "04" + "ff" * 64}, "targetPublicKey"),
        ({"target_public_key": TARGET.public_point.hex()[:-2]}, "targetPublicKey"),
        ({"target_public_key": "0x" + TARGET.public_point.hex()}, "targetPublicKey"),
        ({"target_public_key": " " + TARGET.public_point.hex()}, "targetPublicKey"),
        ({"target_public_key": sample.public_key()[:-2] + "\n00"}, "targetPublicKey"),
        ({"expiration_seconds": "0"}, "invalid api key expiration"),
        ({"expiration_seconds": "forever"}, "invalid api key expiration"),
        ({"api_key_name": ""}, "apiKeyName"),
        ({"api_key_name": "x" * 256}, "apiKeyName"),
        ({"user_id": "me"}, "userId"),
    ],
)
def test_what_is_wrong_is_named_before_a_key_is_made(members: dict[str, str], words: str) -> None:
    refused = refusal(intent(**members))
    assert isinstance(refused, InvalidRequest)
    assert words in refused.message


def test_an_unknown_user_is_not_found() -> None:
    assert isinstance(refusal(intent(user_id=uuid(9))), NotFound)


def first_version(email: str) -> CreateReadWriteSessionIntent:
    return CreateReadWriteSessionIntent(target_public_key=TARGET.public_point.hex(), email=email)


def test_the_first_version_names_the_user_by_email(keystore: Keystore) -> None:
    assert added(create(keystore, first_version("bob@EXAMPLE.com"))).user_id == uuid(2)
    assert added(create(keystore, first_version("ann@example.com"))).user_id == uuid(1)


def test_the_first_version_needs_exactly_one_user_with_that_email() -> None:
    assert isinstance(refusal(first_version("nobody@example.com")), NotFound)
    assert refusal(first_version("no address")).code == "INVALID_EMAIL"
    twins = sample.organization(ANN, sample.user(uuid(2), email="ann@example.com"))
    refused = refusal(first_version("ann@example.com"), view(twins))
    assert isinstance(refused, InvalidRequest)
    assert "2 users have the email" in refused.message
