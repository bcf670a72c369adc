"""A turn: one transaction in which what is decided on is read, decided and written.

READ COMMITTED is enough, and lets whoever waits for an organization go on where repeatable reads would have to begin
anew: whatever belongs to an organization is only ever written by those who have locked its row, so that what is read
of it in a turn stays as it is. What is read of others is checked when it is written: a commit names the versions that
it rests on, and those organizations are locked first.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress

from counterseal.organizations import Advance
from counterseal.store.errors import Conflict, StoreError
from counterseal.store.postgres.session import Session
from counterseal.store.postgres.statements import batch, lock, question, write_alone
from counterseal.store.records import Commit
from counterseal.store.sql import removals
from counterseal.store.sql.activities import Pair
from counterseal.store.sql.advances import read_standing
from counterseal.store.sql.batch import Work, work_of
from counterseal.store.sql.query import Given, Insert, Query, Read, Rows, Value
from counterseal.store.sql.removals import Removal
from counterseal.store.sql.store import SqlReads
from counterseal.store.sql.tables import ORGANIZATIONS


class PostgresTurn(SqlReads):
    """See ``Turn``."""

    def __init__(self, session: Session, *, keeps_ledger: bool = True) -> None:
        self._session = session
        self._keeps_ledger = keeps_ledger
        self._one_at_a_time = asyncio.Lock()
        self._locked: set[bytes] = set()
        self._is_over = False
        self.versions_held: dict[str, int] = {}
        self.advances_held: dict[str, Advance] = {}
        self.known: set[Pair] = set()

    async def begin(self, organization_ids: Iterable[bytes]) -> None:
        """Lock these organizations, in one round trip."""
        self._locked.update(organization_ids)
        locking = f"; {lock([*self._locked])}" if self._locked else ""
        await self._session.run(f"BEGIN{locking}")

    async def look(self, versions: Mapping[str, int], asked: Sequence[Pair]) -> None:
        """Read how the locked organizations stand. A statement of its own: one that waits sees what was before."""
        if versions or asked:
            self.advances_held, self.known = await self._read(read_standing, versions, asked)
            self.versions_held = {id_: each.version for id_, each in self.advances_held.items()}

    async def commit(self, commits: Sequence[Commit]) -> None:
        """See ``Turn``."""
        await self.write(work_of(commits, keeps_ledger=self._keeps_ledger))

    async def write(self, work: Work, *, locking: bool = True) -> None:
        """Check what the work rests on, do it and commit. Organizations that it names are locked before."""
        async with self._one_at_a_time:
            if self._is_over:
                raise StoreError("the turn is over")
            missing = organizations_of(work) - self._locked if locking else set()
            if missing:
                await self._session.run(lock([*missing]))
            await self._write(work)
            self._is_over = True
            await self._session.commit()

    async def end(self) -> None:
        """Undo what was not committed."""
        if not self._is_over:
            self._is_over = True
            await self._session.roll_back()

    async def _write(self, work: Work) -> None:
        for removal in work.removals:
            await self._remove(removal)
        doing = batch(work)
        if doing is None:
            return
        (counted,) = await self._session.fetch(doing.statement)
        for count, (expected, conflict) in zip(counted, doing.expected, strict=True):
            if count != expected:
                raise Conflict(conflict)

    async def _remove(self, removal: Removal) -> None:
        removing = removals.remove(removal)
        rows: Rows | None = None
        with suppress(StopIteration):
            while True:
                step = removing.send(rows)
                if isinstance(step, Query):
                    rows = await self._session.fetch(question(step))
                else:
                    rows = None
                    await self._session.fetch(write_alone(step))

    async def _read(self, read: Callable[..., Read[Value]], *arguments: object) -> Value:
        async with self._one_at_a_time:
            if self._is_over:
                raise StoreError("the turn is over")
            return await self._session.read(read(*arguments))


def organizations_of(work: Work) -> set[bytes]:
    """All that it rests on or writes to, and does not make: nobody else may write to them meanwhile."""
    found: set[bytes] = set()
    for given in (work.versions, work.revisions, *(write.given for write in work.writes)):
        if given is not None:
            at = _whose(given)
            found.update(row[at] for row in given.rows if at is not None)
    new = [write.given.rows for write in work.writes if isinstance(write, Insert) and write.table == ORGANIZATIONS.name]
    return found - {row[0] for rows in new for row in rows}


def _whose(given: Given) -> int | None:
    """The column with the organization; None for votes, which belong to activities of the same batch."""
    names = [name for name, _ in given.columns]
    if "organization_id" in names:
        return names.index("organization_id")
    return 0 if "version" in names else None  # of organizations themselves
