"""Where the database has to say whether a snapshot is current, it may make room for another one meanwhile. That was a
KeyError, and 500.
"""

from __future__ import annotations

from typing import Any, cast

import sample
from counterseal.engine import Snapshots
from counterseal.organizations import Advance, Difference, Snapshot, apply_changes
from counterseal.store import Store
from sample import ORGANIZATION_ID, uuid


class Asked:
    """A store that makes room while it is asked for versions."""

    def __init__(self) -> None:
        self.meanwhile: Any = None

    def revision(self) -> None:
        return None

    async def snapshot(self, organization_id: str) -> Snapshot:
        return sample.organization(sample.user())

    async def advances(self, versions: dict[str, int]) -> dict[str, Advance]:
        if self.meanwhile is not None:
            self.meanwhile()
        now = sample.organization(sample.user()).version
        return {id_: Advance(version, now, Difference()) for id_, version in versions.items()}


async def test_it_is_given_all_the_same() -> None:
    store = Asked()
    snapshots = Snapshots(cast(Store, store), bytes_max=1, is_only_writer=False)
    first = await snapshots.get(ORGANIZATION_ID)
    user = sample.user()
    other = apply_changes(None, uuid(0xEE), sample.creation([user], root=[user.id]))
    store.meanwhile = lambda: snapshots.publish(other)
    assert await snapshots.get(ORGANIZATION_ID) == first
