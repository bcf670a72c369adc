"""Random histories of two organizations, a parent and its sub-organization, that could have happened.

A history is drawn as numbers; each is read as a change that is possible at that point, whatever came before.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from hypothesis import strategies as st
from msgspec.structs import replace

import sample
from counterseal.contract.shapes import AuthenticatorTransport, Effect, TagType
from counterseal.organizations import (
    ApiKeyAdded,
    ApiKeyChanged,
    ApiKeyRemoved,
    Authenticator,
    AuthenticatorAdded,
    AuthenticatorRemoved,
    Change,
    FeaturesChanged,
    IpAllowlist,
    IpAllowlistRemoved,
    IpAllowlistSet,
    IpRule,
    IpRules,
    OrganizationCreated,
    OrganizationDeleted,
    OrganizationRenamed,
    Policy,
    PolicyRemoved,
    PolicySet,
    Quorum,
    RootQuorumChanged,
    SessionProfile,
    SessionProfileAdded,
    SessionScope,
    Snapshot,
    Tag,
    TagRemoved,
    TagSet,
    UserAdded,
    UserChanged,
    UserRemoved,
    WebhookChannel,
    WebhookChannelClosed,
    WebhookChannelOpened,
    apply_changes,
)

Item = TypeVar("Item")

names = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=5)
numbers = st.integers(0, 2**16)
steps = st.tuples(st.integers(0, 15), numbers, names)
"""Which change, of which of the things that are there, with which text."""
activities = st.tuples(st.booleans(), st.lists(steps, min_size=1, max_size=4))
"""In the parent or in the sub-organization, and what it does there."""
histories = st.lists(st.lists(activities, min_size=1, max_size=5), min_size=1, max_size=6)
"""Batches of activities."""


@dataclass
class Reader:
    """Reads numbers as changes. One reader serves all organizations of a history, so that no two ids are the same."""

    now_ms: int = sample.NOW_MS
    retired_public_keys: list[str] = field(default_factory=list)

    def change(self, before: Snapshot, step: tuple[int, int, str]) -> Change | None:
        """The change, or None when it is not possible."""
        which, number, text = step
        if before.deleted_ms is not None:
            return None
        self.now_ms += 1000
        return _READERS[which](self, before, number, text)

    def add_user(self, before: Snapshot, number: int, text: str) -> Change | None:
        tags = tuple(_chosen(before.tags, number))
        contact = {"email": f"{number}@example.com", "phone_number": f"+1321{number:07}"} if number % 2 else {}
        return UserAdded(
            user=sample.user(
                sample.uuid(10**9 + self.now_ms), name=text, tag_ids=tags, created_ms=self.now_ms, **contact
            )
        )

    def change_user(self, before: Snapshot, number: int, text: str) -> Change | None:
        user = _pick(list(before.users.values()), number)
        if user is None:
            return None
        tags = tuple(_chosen(before.tags, number))
        return UserChanged(user=replace(user, name=text, email=None, tag_ids=tags, updated_ms=self.now_ms))

    def remove_user(self, before: Snapshot, number: int, text: str) -> Change | None:
        user = _pick(list(before.users.values()), number)
        return None if user is None else UserRemoved(user_id=user.id)

    def add_api_key(self, before: Snapshot, number: int, text: str) -> Change | None:
        user = _pick(list(before.users.values()), number)
        if user is None:
            return None
        key = sample.api_key(user.id, name=text, created_ms=self.now_ms, seconds=number if number % 2 else None)
        if number % 4 == 1:
            key = replace(key, session=SessionScope(profile_id=sample.uuid(number), scope=text))
        again = _pick(self.retired_public_keys, number)
        if again is not None and again not in before.api_keys:
            key = replace(key, public_key=again)
        return ApiKeyAdded(api_key=key)

    def remove_api_key(self, before: Snapshot, number: int, text: str) -> Change | None:
        key = _pick(list(before.api_keys.values()), number)
        if key is None:
            return None
        self.retired_public_keys.append(key.public_key)
        return ApiKeyRemoved(api_key=key)

    def add_authenticator(self, before: Snapshot, number: int, text: str) -> Change | None:
        user = _pick(list(before.users.values()), number)
        if user is None:
            return None
        return AuthenticatorAdded(
            authenticator=Authenticator(
                id=sample.uuid(2 * 10**9 + self.now_ms),
                user_id=user.id,
                name=text,
                credential_id=f"credential-{number}-{self.now_ms}",
                public_key="pQECAyYgASFYIA",
                aaguid="AAAAAAAAAAAAAAAAAAAAAA",
                attestation_type="none",
                model=text,
                transports=tuple(_chosen(dict.fromkeys(AuthenticatorTransport), number)),
                rp_id_hash=bytes(32),
                created_ms=self.now_ms,
            )
        )

    def remove_authenticator(self, before: Snapshot, number: int, text: str) -> Change | None:
        authenticator = _pick(list(before.authenticators.values()), number)
        return None if authenticator is None else AuthenticatorRemoved(authenticator=authenticator)

    def set_tag(self, before: Snapshot, number: int, text: str) -> Change | None:
        tag = _pick(list(before.tags.values()), number) if number % 2 else None
        if tag is not None:
            return TagSet(tag=replace(tag, name=text, updated_ms=self.now_ms))
        id_ = sample.uuid(3 * 10**9 + self.now_ms)
        return TagSet(tag=Tag(id=id_, name=text, type=TagType.USER, created_ms=self.now_ms, updated_ms=self.now_ms))

    def remove_tag(self, before: Snapshot, number: int, text: str) -> Change | None:
        tag = _pick(list(before.tags.values()), number)
        return None if tag is None else TagRemoved(tag_id=tag.id)

    def set_policy(self, before: Snapshot, number: int, text: str) -> Change | None:
        policy = _pick(list(before.policies.values()), number) if number % 2 else None
        made = Policy(
            id=policy.id if policy else sample.uuid(4 * 10**9 + self.now_ms),
            name=text,
            effect=Effect.ALLOW if number % 3 else Effect.DENY,
            condition=text if number % 4 else None,
            consensus=text if number % 5 else None,
            time=text if number % 7 else None,
            notes=text,
            created_ms=policy.created_ms if policy else sample.NOW_MS + number % 3,  # in whatever order they are made
            updated_ms=self.now_ms,
        )
        return PolicySet(policy=made)

    def remove_policy(self, before: Snapshot, number: int, text: str) -> Change | None:
        policy = _pick(list(before.policies.values()), number)
        return None if policy is None else PolicyRemoved(policy_id=policy.id)

    def add_session_profile(self, before: Snapshot, number: int, text: str) -> Change | None:
        return SessionProfileAdded(
            session_profile=SessionProfile(
                id=sample.uuid(5 * 10**9 + self.now_ms),
                name=text,
                scope=text,
                expiration_seconds=number if number % 2 else None,
                notes=text if number % 3 else None,
                created_ms=self.now_ms,
            )
        )

    def change_api_key(self, before: Snapshot, number: int, text: str) -> Change | None:
        key = _pick(list(before.api_keys.values()), number)
        return None if key is None else ApiKeyChanged(api_key=replace(key, ip_rules=self._rules(number, text)))

    def change_ip_allowlist(self, before: Snapshot, number: int, text: str) -> Change | None:
        if before.ip_allowlists and number % 2:
            return IpAllowlistRemoved(organization_id=before.id)
        rules = self._rules(number, text) or IpRules(rules=())
        return IpAllowlistSet(allowlist=IpAllowlist(id=before.id, rules=rules, enabled=number % 4 > 1))

    def change_webhooks(self, before: Snapshot, number: int, text: str) -> Change | None:
        channel = _pick(list(before.webhook_channels.values()), number)
        if channel is not None and number % 2:
            return WebhookChannelClosed(channel_id=channel.id)
        opened = WebhookChannel(id=sample.uuid(6 * 10**9 + self.now_ms), endpoint_id=sample.uuid(number), filters=text)
        return WebhookChannelOpened(channel=opened)

    def _rules(self, number: int, text: str) -> IpRules | None:
        if number % 3 == 0:
            return None
        rule = IpRule(cidr=f"192.0.2.{number % 256}/32", label=text, created_ms=self.now_ms)
        return IpRules(rules=(rule,) * (number % 2), admits_unknown=number % 5 == 0)

    def change_quorum(self, before: Snapshot, number: int, text: str) -> Change | None:
        members = tuple(_chosen(before.users, number))
        return RootQuorumChanged(quorum=Quorum(threshold=max(1, len(members)), user_ids=members))

    def change_organization(self, before: Snapshot, number: int, text: str) -> Change | None:
        if number % 3 == 0:
            return OrganizationRenamed(name=text)
        if number % 3 == 1 or before.parent_id is None:
            return FeaturesChanged(features={f"FEATURE_NAME_{number % 4}": text})
        return OrganizationDeleted(deleted_ms=self.now_ms)


_READERS: list[Callable[[Reader, Snapshot, int, str], Change | None]] = [
    Reader.add_user,
    Reader.change_user,
    Reader.remove_user,
    Reader.add_api_key,
    Reader.remove_api_key,
    Reader.add_authenticator,
    Reader.remove_authenticator,
    Reader.set_tag,
    Reader.remove_tag,
    Reader.set_policy,
    Reader.remove_policy,
    Reader.change_quorum,
    Reader.change_organization,
    Reader.add_session_profile,
    Reader.change_api_key,
    Reader.change_ip_allowlist,
    Reader.change_webhooks,
]

READABLE = {
    OrganizationCreated,
    OrganizationRenamed,
    OrganizationDeleted,
    RootQuorumChanged,
    FeaturesChanged,
    UserAdded,
    UserChanged,
    UserRemoved,
    ApiKeyAdded,
    ApiKeyRemoved,
    AuthenticatorAdded,
    AuthenticatorRemoved,
    TagSet,
    TagRemoved,
    PolicySet,
    PolicyRemoved,
    SessionProfileAdded,
    ApiKeyChanged,
    IpAllowlistSet,
    IpAllowlistRemoved,
    WebhookChannelOpened,
    WebhookChannelClosed,
}
"""The kinds of change that a history can hold: all there are."""


def changes_of(reader: Reader, before: Snapshot, activity: list[tuple[int, int, str]]) -> tuple[Change, ...]:
    """What one activity changes; each change is possible after those before it."""
    changes: list[Change] = []
    now = before
    for step in activity:
        change = reader.change(now, step)
        if change is not None:
            changes.append(change)
            now = apply_changes(now, now.id, [change])
    return tuple(changes)


def _pick(items: list[Item], number: int) -> Item | None:
    return items[number % len(items)] if items else None


def _chosen(items: dict[Any, Any], number: int) -> list[Any]:
    """Some of the keys, in a changed order."""
    return [item for at, item in enumerate(reversed(items)) if number >> at & 1]
