"""Who decides in an organization by its policies: these compiled, and the users who could vote."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec

from counterseal import policy
from counterseal.engine.kept import Kept
from counterseal.engine.reading_ahead import READING_AT_ONCE
from counterseal.organizations import Policy, Snapshot

POLICIES_BYTES_MAX, ROSTERS_BYTES_MAX = 96 * 1024 * 1024, 32 * 1024 * 1024

# Measured with tracemalloc: what is held besides expressions, the stored policies included.
_ENTRY_BYTES, _POLICY_BYTES = 1_000, 900

Pause = Callable[[], Awaitable[None]]
"""Lets others go on between two pieces of work."""


class Electorate(msgspec.Struct, frozen=True, kw_only=True):
    """The policies are in the order in which decisions are recorded."""

    policies: tuple[policy.CompiledPolicy, ...]
    roster: policy.Roster


_NOBODY = Electorate(policies=(), roster=policy.Roster())


class Electorates:
    """Makes them, and keeps those of the organizations in use. ``roster_of`` makes the roster of one."""

    def __init__(self, roster_of: Callable[[Snapshot], policy.Roster]) -> None:
        self._roster_of = roster_of
        self._policies: Kept[tuple[policy.CompiledPolicy, ...]] = Kept(bytes_max=POLICIES_BYTES_MAX)
        self._rosters: Kept[policy.Roster] = Kept(bytes_max=ROSTERS_BYTES_MAX)

    async def of(self, organization: Snapshot, *, pause: Pause) -> Electorate:
        """That of one organization. Without policies nobody asks who could vote, so there is no roster."""
        if not organization.policies:
            return _NOBODY
        compiled = self._policies.get(organization.id, organization.policies)
        if compiled is None:
            compiled = await self._compiled(organization, pause)
        return Electorate(policies=compiled, roster=self._roster(organization))

    async def _compiled(self, organization: Snapshot, pause: Pause) -> tuple[policy.CompiledPolicy, ...]:
        """Compiled a few at a time: how many there are must not be felt by others."""
        stored = policy.recorded_order(organization.policies.values())
        compiled: list[policy.CompiledPolicy] = []
        read = policy.steps_of_reading()
        for each in policy.compile_policies(map(policy.rule_of, stored)):
            compiled.append(each)
            if policy.steps_of_reading() - read > READING_AT_ONCE:
                await pause()
                read = policy.steps_of_reading()
        made = tuple(compiled)
        self._policies.put(
            organization.id,
            organization.policies,
            made,
            own_bytes=_ENTRY_BYTES + sum(map(_stored_bytes, stored)),
            parts=[part for each in made for part in each.expressions],
        )
        return made

    def _roster(self, organization: Snapshot) -> policy.Roster:
        known = self._rosters.get(organization.id, organization.users)
        if known is None:
            known = self._roster_of(organization)
            credentials = len(organization.api_keys) + len(organization.authenticators)
            size = policy.roster_bytes(users=len(organization.users), credentials=credentials)
            self._rosters.put(organization.id, organization.users, known, own_bytes=size)
        return known


def _stored_bytes(stored: Policy) -> int:
    texts = (stored.name, stored.condition, stored.consensus, stored.time, stored.notes)
    return _POLICY_BYTES + sum([len(text) for text in texts if text])
