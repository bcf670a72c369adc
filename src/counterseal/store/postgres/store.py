"""The PostgreSQL store: a pool of connections, on which reads and turns go on side by side."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress

from counterseal.organizations import Advance
from counterseal.store.errors import Conflict, StoreError
from counterseal.store.ledger_rows import Growth, StoredLog
from counterseal.store.postgres.connection import USUAL, Connector, Limits
from counterseal.store.postgres.gathered import GatheredAdvances
from counterseal.store.postgres.migrate import make, migrate, require_fit, require_newest
from counterseal.store.postgres.pool import Pool
from counterseal.store.postgres.session import Session
from counterseal.store.postgres.statements import guarded, write_alone
from counterseal.store.postgres.turn import PostgresTurn, organizations_of
from counterseal.store.postgres.url import DatabaseUrl
from counterseal.store.records import Commit, StoredBootProof, StoredSecret
from counterseal.store.sql import boot_proofs, ledger, sealed_secrets
from counterseal.store.sql.activities import Pair
from counterseal.store.sql.advances import NO_VERSION
from counterseal.store.sql.batch import work_of
from counterseal.store.sql.ledger_reads import SqlLedgerReads
from counterseal.store.sql.outbox import SqlOutbox
from counterseal.store.sql.query import Read, Value, Write
from counterseal.store.sql.store import SqlReads
from counterseal.store.uuids import NOBODY, to_bytes, to_text

_MIGRATION_S = 3600.0

_NOBODY = to_text(NOBODY)
_BEGIN_READ = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"


class PostgresStore(SqlReads, SqlLedgerReads, SqlOutbox):
    """See ``SharedStore``. Open it with ``create`` or ``open``, in the event loop that uses it."""

    SETTLES_TOGETHER = False

    def __init__(self, connector: Connector, limits: Limits) -> None:
        self.keeps_ledger = True
        self._pool = Pool(connector, limits)
        self._advances = GatheredAdvances(super().advances)

    @classmethod
    async def create(cls, url: DatabaseUrl, limits: Limits = USUAL) -> PostgresStore:
        """A new store in a database that has none. Raises StoreError."""
        return await cls._opened(url, limits, make)

    @classmethod
    async def open(cls, url: DatabaseUrl, limits: Limits = USUAL) -> PostgresStore:
        """A store that is there, brought to the newest schema. Raises StoreError."""
        return await cls._opened(url, limits, migrate)

    @classmethod
    async def open_as_it_is(cls, url: DatabaseUrl, limits: Limits = USUAL) -> PostgresStore:
        """A store of the newest schema. Raises StoreError."""
        return await cls._opened(url, limits, require_newest)

    @classmethod
    async def _opened(
        cls, url: DatabaseUrl, limits: Limits, prepare: Callable[[Session], Awaitable[None]]
    ) -> PostgresStore:
        connector = Connector(url, limits)
        session = Session(await connector.connect(), silence_s=_MIGRATION_S)
        try:
            await require_fit(session)
            await prepare(session)
        finally:
            await session.leave()
        return cls(connector, limits)

    async def get_ready(self) -> None:
        """See ``SharedStore``: connections, each with the question planned that every turn begins with."""
        await asyncio.gather(*(self._plan_a_turn() for _ in range(self._pool.turns_max)))

    def revision(self) -> None:
        """See ``Store``: ``advances`` has to be asked."""
        return

    async def advances(self, versions: Mapping[str, int]) -> dict[str, Advance]:
        """See ``Store``."""
        return await self._advances.of(versions) if versions else {}

    @asynccontextmanager
    async def turn(
        self,
        organization_ids: Sequence[str],
        fingerprints: Sequence[Pair],
        *,
        remembered: Mapping[str, int] | None = None,
    ) -> AsyncIterator[PostgresTurn]:
        """See ``SharedStore``."""
        wanted = {*organization_ids, *(id_ for id_, _ in fingerprints)}
        async with self._turn({to_bytes(id_) for id_ in wanted}) as turn:
            await turn.look(dict.fromkeys(organization_ids, NO_VERSION) | dict(remembered or {}), fingerprints)
            yield turn

    async def commit(self, commits: Sequence[Commit]) -> None:
        """See ``Store``."""
        work = work_of(commits, keeps_ledger=self.keeps_ledger)
        async with self._turn(organizations_of(work)) as turn:
            await turn.write(work)

    async def add_sealed_secrets(self, secrets: Sequence[StoredSecret]) -> None:
        """See ``Store``."""
        async with self._pool.session() as session:
            for write in sealed_secrets.add(secrets):
                await session.fetch(write_alone(write))

    async def begin_log(self, log: StoredLog) -> None:
        """See ``LedgerStore``."""
        async with self._pool.session() as session:
            await session.fetch(write_alone(ledger.begin(log)))

    async def grow_ledger(self, growth: Growth) -> None:
        """See ``LedgerStore``. No organization is locked: what is put in is of the past."""
        async with self._turn(set()) as turn:
            await turn.write(ledger.work_of_growth(growth), locking=False)

    async def add_boot_proof(self, proof: StoredBootProof) -> None:
        """See ``Store``."""
        async with self._pool.session() as session:
            for write in boot_proofs.add(proof):
                await session.fetch(write_alone(write))

    async def close(self) -> None:
        """See ``Store``."""
        await self._pool.close()

    async def _read(self, read: Callable[..., Read[Value]], *arguments: object) -> Value:
        """By one statement, as nearly all do; else from the beginning, in a transaction."""
        async with self._pool.session() as session:
            done = await session.read_at_once(read(*arguments))
            return await self._read_on(session, read(*arguments)) if done is None else done.value

    async def _do(self, writes: Sequence[Write]) -> None:
        async with self._pool.session_of_turn() as session:
            await session.run("BEGIN")
            try:
                for write in writes:
                    statement, guard = guarded(write)
                    if len(await session.fetch(statement)) != len(write.given.rows) and guard is not None:
                        raise Conflict(guard)
            except StoreError:
                await session.roll_back()
                raise
            await session.commit()

    async def _read_on(self, session: Session, read: Read[Value]) -> Value:
        await session.run(_BEGIN_READ)
        try:
            return await session.read(read)
        finally:
            await session.roll_back()

    async def _plan_a_turn(self) -> None:
        with suppress(StoreError):
            async with self.turn([_NOBODY], []):
                pass

    @asynccontextmanager
    async def _turn(self, organization_ids: set[bytes]) -> AsyncIterator[PostgresTurn]:
        async with self._pool.session_of_turn() as session:
            turn = PostgresTurn(session, keeps_ledger=self.keeps_ledger)
            try:
                await turn.begin(organization_ids)
                yield turn
            except asyncio.CancelledError:
                session.cut()
                raise
            finally:
                await turn.end()
