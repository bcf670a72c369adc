"""The fold, change by change. That it agrees with the rows is a law of tests/properties."""

from __future__ import annotations

import msgspec
import pytest

import sample
from counterseal.organizations import (
    ApiKeyAdded,
    ApiKeyRemoved,
    OrganizationDeleted,
    Quorum,
    RootQuorumChanged,
    UserAdded,
    UserChanged,
    UserRemoved,
    apply_changes,
)
from sample import uuid


def test_the_first_change_makes_version_one() -> None:
    made = sample.organization(sample.user(), threshold=1)
    assert (made.version, made.quorum, made.is_sub_organization) == (1, Quorum(threshold=1, user_ids=(uuid(1),)), False)


def test_an_activity_is_one_version_however_many_changes_it_has() -> None:
    before = sample.organization(sample.user())
    keys = [sample.api_key() for _ in range(3)]
    assert apply_changes(before, before.id, [ApiKeyAdded(api_key=key) for key in keys]).version == 2
    assert apply_changes(before, before.id, []).version == 2


def test_the_snapshot_before_is_untouched() -> None:
    key = sample.api_key()
    before = sample.organization(sample.user(uuid(1), key))
    picture = msgspec.structs.replace(before, users=dict(before.users), api_keys=dict(before.api_keys))
    changes = [
        ApiKeyRemoved(api_key=key),
        UserAdded(user=sample.user(uuid(2))),
        RootQuorumChanged(quorum=Quorum(threshold=2, user_ids=(uuid(1), uuid(2)))),
    ]
    after = apply_changes(before, before.id, changes)
    assert before == picture
    assert after != before


def test_keys_are_found_by_their_public_key_and_under_their_user() -> None:
    key = sample.api_key()
    added = apply_changes(sample.organization(sample.user()), "", [ApiKeyAdded(api_key=key)])
    assert added.api_keys == {key.public_key: key}
    assert added.users[uuid(1)].api_keys == (key,)
    removed = apply_changes(added, "", [ApiKeyRemoved(api_key=key)])
    assert removed.api_keys == {}
    assert removed.users[uuid(1)].api_keys == ()


def test_a_public_key_may_pass_to_another_key_in_one_activity() -> None:
    old = sample.api_key()
    new = sample.api_key(uuid(2), public_key=old.public_key)
    before = sample.organization(sample.user(uuid(1), old), sample.user(uuid(2)))
    after = apply_changes(before, "", [ApiKeyRemoved(api_key=old), ApiKeyAdded(api_key=new)])
    assert after.api_keys == {old.public_key: new}
    assert (after.users[uuid(1)].api_keys, after.users[uuid(2)].api_keys) == ((), (new,))


def test_a_changed_user_keeps_credentials_and_place() -> None:
    key = sample.api_key()
    before = sample.organization(sample.user(uuid(1), key), sample.user(uuid(2)))
    after = apply_changes(before, "", [UserChanged(user=sample.user(uuid(1), name="renamed"))])
    assert list(after.users) == [uuid(1), uuid(2)]
    assert after.users[uuid(1)] == sample.user(uuid(1), key, name="renamed")


def test_a_removed_user_takes_the_credentials_along() -> None:
    before = sample.organization(sample.user(uuid(1), sample.api_key()), sample.user(uuid(2)))
    after = apply_changes(before, "", [UserRemoved(user_id=uuid(1))])
    assert (list(after.users), after.api_keys) == ([uuid(2)], {})


def test_a_deleted_organization_has_nobody_left() -> None:
    before = sample.organization(sample.user(uuid(1), sample.api_key()), sample.user(uuid(2)))
    after = apply_changes(before, "", [OrganizationDeleted(deleted_ms=7)])
    assert (after.users, after.api_keys, after.deleted_ms) == ({}, {}, 7)


def test_a_key_of_nobody_is_a_fault_of_the_server() -> None:
    with pytest.raises(KeyError):
        apply_changes(sample.organization(sample.user()), "", [ApiKeyAdded(api_key=sample.api_key(uuid(9)))])
