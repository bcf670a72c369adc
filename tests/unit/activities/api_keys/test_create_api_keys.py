"""CREATE_API_KEYS, as a pure function."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import sample
from counterseal.activities import Outcome, unit_of
from counterseal.contract.errors import AlreadyExists, InvalidRequest, LimitExceeded, NotFound, Refused
from counterseal.contract.shapes import ApiKeyCurve, ApiKeyParamsV2, CreateApiKeysIntentV2, CredentialType
from counterseal.crypto import Curve
from counterseal.organizations import ApiKey, ApiKeyAdded, ApiKeyRemoved, Snapshot, View, apply_changes
from sample import NOW_MS, uuid

P256_KEYS = [sample.public_key() for _ in range(12)]
SECP256K1_KEY, ED25519_KEY = sample.public_key(Curve.SECP256K1), sample.public_key(Curve.ED25519)


def params(public_key: str = P256_KEYS[0], **members: Any) -> ApiKeyParamsV2:
    made = {"api_key_name": "key", "public_key": public_key, "curve_type": ApiKeyCurve.P256}
    return ApiKeyParamsV2(**made | members)


def create(organization: Snapshot, *keys: ApiKeyParamsV2, user_id: str = uuid(1), now_ms: int = NOW_MS) -> Outcome:
    unit = unit_of("CREATE_API_KEYS")
    assert unit is not None
    intent = CreateApiKeysIntentV2(api_keys=list(keys), user_id=user_id)
    return unit.first(intent, View(organization, initiator_id=uuid(1)), sample.world(now_ms))


def added(outcome: Outcome) -> list[ApiKey]:
    return [change.api_key for change in outcome.changes if isinstance(change, ApiKeyAdded)]


def removed_ids(outcome: Outcome) -> list[str]:
    return [change.api_key.id for change in outcome.changes if isinstance(change, ApiKeyRemoved)]


def expiring(count: int, *, seconds: int = 3600) -> list[ApiKey]:
    """Keys of user 1, the oldest first, a second apart."""
    return [sample.api_key(created_ms=NOW_MS - 100_000 + at * 1000, seconds=seconds) for at in range(count)]


def organization_with(*keys: ApiKey) -> Snapshot:
    return sample.organization(sample.user(uuid(1), *keys), sample.user(uuid(2)))


def refusal(*keys: ApiKeyParamsV2, organization: Snapshot | None = None) -> Refused:
    with pytest.raises(Refused) as refused:
        create(organization or organization_with(), *keys)
    return refused.value


def test_keys_of_all_curves_keep_the_order_of_the_request() -> None:
    outcome = create(
        organization_with(),
        params(SECP256K1_KEY, curve_type=ApiKeyCurve.SECP256K1, api_key_name="one"),
        params(ED25519_KEY.upper(), curve_type=ApiKeyCurve.ED25519, api_key_name="two", expiration_seconds="60"),
        params(P256_KEYS[0], api_key_name="three"),
    )
    one, two, three = added(outcome)
    assert [one.name, two.name, three.name] == ["one", "two", "three"]
    assert [one.type, two.type, three.type] == [
        CredentialType.API_KEY_SECP256K1,
        CredentialType.API_KEY_ED25519,
        CredentialType.API_KEY_P256,
    ]
    assert two.public_key == ED25519_KEY
    assert [one.expiration_seconds, two.expiration_seconds] == [None, 60]
    assert {one.created_ms, two.created_ms, three.created_ms} == {NOW_MS}
    assert outcome.result.api_key_ids == [one.id, two.id, three.id]


def test_the_user_id_may_be_written_in_capitals() -> None:
    organization = sample.organization(sample.user(uuid(0xABC)))
    assert added(create(organization, params(), user_id=uuid(0xABC).upper()))[0].user_id == uuid(0xABC)


@pytest.mark.parametrize(
    ("member", "value", "words"),
    [
        ("api_key_name", "", "apiKeys[0].apiKeyName"),
        ("api_key_name", "x" * 256, "1 to 255"),
        ("api_key_name", "tab\tbed", "control characters"),
        ("public_key", "", "apiKeys[0].publicKey"),
        ("public_key", "0x" + P256_KEYS[0], "0x"),
        ("public_key", P256_KEYS[0][:-1], "even number"),
        ("public_key", P256_KEYS[0][:-2] + "zz", "hexadecimal"),
        ("public_key", P256_KEYS[0][:-2], "apiKeys[0].publicKey"),
        ("public_key", "02" + "ff" * 32, "point"),
        ("public_key", "05" + P256_KEYS[0][2:], "apiKeys[0].publicKey"),
        ("public_key", f" {P256_KEYS[0]}", "hexadecimal"),
        ("public_key", ED25519_KEY, "apiKeys[0].publicKey"),
        ("expiration_seconds", "0", "invalid api key expiration"),
        ("expiration_seconds", "-1", "invalid api key expiration"),
        ("expiration_seconds", "1.5", "invalid api key expiration"),
        ("expiration_seconds", "soon", "invalid api key expiration"),
        ("expiration_seconds", "", "invalid api key expiration"),
        ("expiration_seconds", "99999999999", "invalid api key expiration"),
        ("expiration_seconds", "٣", "invalid api key expiration"),
    ],
)
def test_what_is_wrong_is_named(member: str, value: str, words: str) -> None:
    refused = refusal(params(**{member: value}))
    assert isinstance(refused, InvalidRequest)
    assert words in refused.message


@pytest.mark.parametrize(
    ("curve", "public_key"),
    [
        (ApiKeyCurve.P256, f"02{1:064x}"),
        (ApiKeyCurve.SECP256K1, f"02{5:064x}"),
        (ApiKeyCurve.ED25519, "02" + "00" * 31),
    ],
)
def test_a_key_must_be_a_point_of_its_curve(curve: ApiKeyCurve, public_key: str) -> None:
    refused = refusal(params(), params(public_key, curve_type=curve))
    assert "apiKeys[1].publicKey" in refused.message
    assert "not a point" in refused.message


@pytest.mark.parametrize("name", ["x", "é" * 255, "wallet-auth:" + P256_KEYS[0], "a b_c-d:e/f.g", "🔑"])
def test_names_of_up_to_255_characters_are_taken(name: str) -> None:
    assert added(create(organization_with(), params(api_key_name=name)))[0].name == name


def test_an_empty_list_is_refused() -> None:
    assert "parameters.apiKeys" in refusal().message


def test_an_unknown_user_is_not_found() -> None:
    with pytest.raises(NotFound, match=f"unable to find user {uuid(9)} in organization"):
        create(organization_with(), params(), user_id=uuid(9))


@pytest.mark.parametrize("user_id", ["", "me", uuid(1)[:-1], "{" + uuid(1) + "}"])
def test_a_user_id_is_a_uuid(user_id: str) -> None:
    with pytest.raises(InvalidRequest, match="userId"):
        create(organization_with(), params(), user_id=user_id)


def test_a_public_key_comes_once_in_a_request_whatever_its_letters() -> None:
    assert isinstance(refusal(params(), params(P256_KEYS[0].upper())), AlreadyExists)


@pytest.mark.parametrize("holder", [uuid(1), uuid(2)])
def test_a_live_public_key_is_taken(holder: str) -> None:
    organization = sample.organization(
        *(
            sample.user(id_, *[sample.api_key(id_, public_key=P256_KEYS[0])] * (id_ == holder))
            for id_ in (uuid(1), uuid(2))
        )
    )
    refused = refusal(params(), organization=organization)
    assert isinstance(refused, AlreadyExists)
    assert (refused.http, refused.grpc) == (409, 6)


def test_an_expired_holder_yields_even_if_it_is_somebody_else() -> None:
    expired = sample.api_key(uuid(2), public_key=P256_KEYS[0], created_ms=NOW_MS - 60_000, seconds=60)
    organization = sample.organization(sample.user(uuid(1)), sample.user(uuid(2), expired))
    outcome = create(organization, params())
    assert removed_ids(outcome) == [expired.id]
    after = apply_changes(organization, organization.id, outcome.changes)
    assert after.api_keys[P256_KEYS[0]].user_id == uuid(1)
    with pytest.raises(AlreadyExists):
        create(organization, params(), now_ms=NOW_MS - 1)


def test_the_tenth_long_lived_key_is_taken_and_the_eleventh_refused() -> None:
    nine = [sample.api_key() for _ in range(9)]
    assert len(added(create(organization_with(*nine), params()))) == 1
    refused = refusal(params(P256_KEYS[0]), params(P256_KEYS[1]), organization=organization_with(*nine))
    assert isinstance(refused, LimitExceeded)
    assert "user has exceeded maximum long-lived api keys" in refused.message


def test_long_lived_and_expiring_keys_are_counted_apart() -> None:
    ten = [sample.api_key() for _ in range(10)]
    outcome = create(organization_with(*ten, *expiring(9)), params(expiration_seconds="60"))
    assert removed_ids(outcome) == []
    assert removed_ids(create(organization_with(*expiring(10)), params())) == []


def test_the_eleventh_expiring_key_pushes_out_the_oldest() -> None:
    keys = expiring(10)
    outcome = create(organization_with(*keys), params(expiration_seconds="60"))
    assert removed_ids(outcome) == [keys[0].id]


def test_all_expired_keys_go_before_any_live_one() -> None:
    keys = expiring(10)
    expired = [sample.api_key(created_ms=key.created_ms, seconds=1) for key in keys[4:7]]
    outcome = create(organization_with(*keys[:4], *expired, *keys[7:]), params(expiration_seconds="60"))
    assert removed_ids(outcome) == [key.id for key in expired]


def test_expired_keys_stay_while_there_is_room() -> None:
    outcome = create(organization_with(*expiring(9, seconds=1)), params(expiration_seconds="60"))
    assert removed_ids(outcome) == []


def test_ten_at_once_push_out_everything_and_eleven_are_refused() -> None:
    keys = expiring(10)
    ten = [params(key, expiration_seconds="60") for key in P256_KEYS[:10]]
    assert removed_ids(create(organization_with(*keys), *ten)) == [key.id for key in keys]
    refused = refusal(*ten, params(P256_KEYS[10], expiration_seconds="60"), organization=organization_with())
    assert isinstance(refused, LimitExceeded)
    assert "user has exceeded maximum short-lived api keys" in refused.message


def test_session_keys_count_as_expiring() -> None:
    session = sample.api_key(created_ms=NOW_MS - 10**6, seconds=10**6, type=CredentialType.READ_WRITE_SESSION_KEY_P256)
    outcome = create(organization_with(session, *expiring(9)), params(expiration_seconds="60"))
    assert removed_ids(outcome) == [session.id]


def test_keys_of_other_users_are_not_counted() -> None:
    others = [sample.api_key(uuid(2)) for _ in range(10)]
    organization = sample.organization(sample.user(uuid(1)), sample.user(uuid(2), *others))
    assert len(added(create(organization, params()))) == 1


@given(
    lifetimes=st.lists(st.integers(1, 200), max_size=10),
    arriving=st.integers(1, 10),
    long_lived=st.integers(0, 10),
)
def test_nobody_ever_holds_more_than_ten_expiring_keys(lifetimes: list[int], arriving: int, long_lived: int) -> None:
    held = [
        sample.api_key(created_ms=NOW_MS - 100_000 + at * 1000, seconds=seconds) for at, seconds in enumerate(lifetimes)
    ]
    lasting = [sample.api_key() for _ in range(long_lived)]
    organization = organization_with(*lasting, *held)
    outcome = create(organization, *(params(key, expiration_seconds="60") for key in P256_KEYS[:arriving]))
    keys = apply_changes(organization, organization.id, outcome.changes).users[uuid(1)].api_keys
    assert sum(key.is_expiring for key in keys) <= 10
    assert [key for key in keys if not key.is_expiring] == lasting
    assert keys[-arriving:] == tuple(added(outcome))
    live_gone = [key for key in held if key.id in removed_ids(outcome) and not key.is_expired(NOW_MS)]
    live_kept = [key for key in held if key in keys]
    if live_gone:
        assert len(keys) == 10 + long_lived
        assert not any(key.is_expired(NOW_MS) for key in live_kept)
        assert all(gone.created_ms < kept.created_ms for gone in live_gone for kept in live_kept)
