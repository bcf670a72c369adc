"""A store that an older back-up has been restored to: it is seen by the checkpoint file, and goes on as another log.

Would it go on as the same, there would be two histories with the same signature below them.
"""

from __future__ import annotations

from counterseal.followers.checkpoint_file import CheckpointFile
from counterseal.followers.log_key import origin_of, signer_of
from counterseal.keystore import Keystore
from counterseal.ledger import Checkpoint, Leaf, LedgerError, Note, TiledTree, leaf_hash
from counterseal.ledger.leaves import SALT_SIZE, commitment_to_text
from counterseal.ledger.records import CHECKPOINT_FORK, FIRST, fork_record
from counterseal.ledger.tree import tiles_for
from counterseal.store import Entry, Growth, LedgerStore, StoredLog, StoreError
from counterseal.store.uuids import NOBODY
from counterseal.world import Clock, Random

_REMEDY = "If you have restored a back-up: `counterseal ledger continue-after-restore` begins another log"
_NUMBER_DIGITS_MAX = 9


class Forked(StoreError):
    """The store has not all entries of a checkpoint that was signed."""


async def require_no_fork(store: LedgerStore, keystore: Keystore, file: CheckpointFile) -> None:
    """Raise Forked if the store has not all entries of the checkpoint in the file, StoreError if it is another's."""
    note = file.read()
    if note is None:
        return
    seen = _ours(note, keystore, file)
    log = {log.origin: log for log in await store.ledger_logs()}.get(seen.origin)
    if log is None:
        raise Forked(f"{file.path} is of {seen.origin}, a ledger of which this store knows nothing. {_REMEDY}")
    if log.size < seen.size:
        raise Forked(
            f"the ledger has {log.size} entries, and {seen.size} were signed, as {file.path} says: this is an older"
            f" state of the store. {_REMEDY}"
        )
    if await _root_at(store, log, seen.size) != seen.root:
        raise Forked(f"the ledger has other entries than those that were signed, as {file.path} says. {_REMEDY}")


async def continue_after_restore(
    store: LedgerStore, keystore: Keystore, file: CheckpointFile, *, clock: Clock, random: Random
) -> StoredLog:
    """Begin another log, whose first entry says with which checkpoint the one before ended.

    Raises StoreError if nothing says that there is a fork. No server may be at work on the store.
    """
    note = file.read()
    if note is None:
        raise StoreError(f"there is no checkpoint in {file.path}: nothing says that the ledger has lost anything")
    try:
        await require_no_fork(store, keystore, file)
    except Forked:
        log = await _next_log(store, keystore, _ours(note, keystore, file))
    else:
        raise StoreError(f"the ledger has all entries of the checkpoint in {file.path}: start the server")
    before = (await store.ledger_logs())[-1]
    found = Checkpoint(before.origin, before.size, await _root_at(store, before, before.size))
    record = fork_record(note.text, found.text)
    await store.begin_log(log)
    now_ms, salt = clock.now_ms(), random.bytes(SALT_SIZE)
    stands_for = commitment_to_text(salt, record)
    leaf = Leaf(now_ms, 0, CHECKPOINT_FORK, stands_for)
    checkpoint = Checkpoint(log.origin, 1, leaf_hash(leaf.entry)).note.signed(signer_of(keystore, log.origin))
    after = log._replace(size=1, signed_ms=now_ms, checkpoint=checkpoint.content)
    entry = Entry(
        *(log.log, 0, CHECKPOINT_FORK, NOBODY, NOBODY, log.log, record),
        *(FIRST, now_ms, salt, bytes.fromhex(stands_for)),
    )
    tiles = TiledTree(0, lambda _: b"").appended([leaf_hash(leaf.entry)])
    await store.grow_ledger(Growth(before=log, after=after, places=(), entries=[entry], chains={}, tiles=tiles))
    file.write(after.checkpoint)
    return after


def _ours(note: Note, keystore: Keystore, file: CheckpointFile) -> Checkpoint:
    try:
        seen = Checkpoint.of(note.text)
        note.check([signer_of(keystore, seen.origin).key])
    except LedgerError as error:
        raise StoreError(
            f"{file.path} is no checkpoint of this server's ledger: {error}. If it is another server's, move it away"
        ) from error
    return seen


async def _next_log(store: LedgerStore, keystore: Keystore, seen: Checkpoint) -> StoredLog:
    """One that nobody has seen yet: the store may be older than the last fork."""
    behind = seen.origin.removeprefix(origin_of(keystore)).removeprefix("/")
    number = int(behind) if behind.isdecimal() and len(behind) <= _NUMBER_DIGITS_MAX else 1
    number = max([number, *(log.log for log in await store.ledger_logs())]) + 1
    return StoredLog(number, origin_of(keystore, number), 0, 0, b"")


async def _root_at(store: LedgerStore, log: StoredLog, size: int) -> bytes:
    found = await store.ledger_tiles(log.log, tiles_for(size))
    try:
        return TiledTree(size, lambda tile: found.get((tile.level or 0, tile.index), b"")).root()
    except LedgerError:
        return b""
