"""What the machine and the libraries give at best: verifications, empty HTTP exchanges, writes to disk, commits."""

from __future__ import annotations

import os
import time
from pathlib import Path

import uvloop
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from benchmarks.client import Stamper
from benchmarks.load import Load, StampedRequest, replay, write_requests
from benchmarks.measurement import Measurement, of_durations
from benchmarks.servers import empty_server
from counterseal.contract.shapes import CredentialType
from counterseal.crypto import ApiKeyScheme, Curve
from counterseal.data_directory import STORE_FILE
from counterseal.organizations import ApiKey, ApiKeyAdded, Snapshot, fold
from counterseal.store import (
    ActivityStatus,
    Commit,
    SqliteStore,
    StoredActivity,
    StoredVote,
    VoteSelection,
)
from counterseal.world import SystemClock, SystemRandom, World

_BODY_BYTES = 700
_LOGGED_BYTES = 20_480


def p256_verify(*, seconds: float) -> Measurement:
    """V: verifications of one thread, over bodies of 700 bytes, by a key that is parsed already."""
    private_key = ec.generate_private_key(ec.SECP256R1())
    public_key, algorithm, body = private_key.public_key(), ec.ECDSA(SHA256()), os.urandom(_BODY_BYTES)
    signature = private_key.sign(body, algorithm)
    durations = []
    end = time.perf_counter() + seconds
    while (start := time.perf_counter()) < end:
        public_key.verify(signature, body, algorithm)
        durations.append(time.perf_counter() - start)
    return of_durations(durations)


def empty_http(directory: Path, load: Load) -> Measurement:
    """Exchanges of the HTTP server with nothing behind it: 700 bytes in, 2.3 kB out."""
    requests = directory / "empty.requests"
    if not requests.exists():
        request = StampedRequest("/", "x" * 370, b"x" * _BODY_BYTES)
        write_requests(requests, [request] * 40_000 * load.seconds)
    with empty_server(directory) as server:
        return replay(server, requests, load, good_reply_contains="activity")


def disk_write(directory: Path, *, seconds: float) -> Measurement:
    """Appends of 20 kB, about the log of one activity, each followed by fdatasync: what a commit waits for at least."""
    durations = []
    with (directory / "disk_write").open("wb", buffering=0) as file:
        end = time.perf_counter() + seconds
        while (start := time.perf_counter()) < end:
            file.write(b"x" * _LOGGED_BYTES)
            os.fdatasync(file.fileno())
            durations.append(time.perf_counter() - start)
    return of_durations(durations)


def sqlite_commit(data: Path, stampers: list[Stamper], *, group: int, seconds: float) -> Measurement:
    """Activities made durable by the store, ``group`` of them in each transaction; each brings a vote and an API key.

    The latencies are those of a whole transaction.
    """
    return uvloop.run(_commit_for(seconds, data, stampers, group))


async def _commit_for(seconds: float, data: Path, stampers: list[Stamper], group: int) -> Measurement:
    store = SqliteStore.open(data / STORE_FILE)
    world = World(SystemClock().now_ms(), SystemRandom())
    shown: dict[str, Snapshot] = {}
    durations: list[float] = []
    try:
        while sum(durations) < seconds:
            first = len(durations) * group
            users = [stampers[(first + place) % len(stampers)] for place in range(group)]
            for id_ in {user.organization_id for user in users} - shown.keys():
                shown[id_] = await _snapshot(store, id_)
            commits = [_commit(user, shown, world) for user in users]
            start = time.perf_counter()
            await store.commit(commits)
            durations.append(time.perf_counter() - start)
    finally:
        await store.close()
    return of_durations(durations, requests_each=group)


async def _snapshot(store: SqliteStore, organization_id: str) -> Snapshot:
    found = await store.snapshot(organization_id)
    if found is None:
        raise LookupError(organization_id)
    return found


def _commit(user: Stamper, shown: dict[str, Snapshot], world: World) -> Commit:
    """The rows of one create_api_keys, whose organization is shown with the key afterwards."""
    activity_id = world.dated_id()
    key = ApiKey(
        id=world.new_id(),
        user_id=user.user_id,
        name="Benchmark key",
        type=CredentialType.API_KEY_P256,
        curve=Curve.P256,
        public_key=os.urandom(33).hex(),
        created_ms=world.now_ms,
        expiration_seconds=86400,
    )
    vote = StoredVote(
        id=world.new_id(),
        activity_id=activity_id,
        user_id=user.user_id,
        credential_id=world.new_id(),
        public_key=user.key.public_key.hex(),
        scheme=ApiKeyScheme.P256,
        signature=os.urandom(71).hex(),
        message=b"x" * _BODY_BYTES,
        selection=VoteSelection.APPROVED,
        organization_version=shown[user.organization_id].version,
        created_ms=world.now_ms,
    )
    activity = StoredActivity(
        id=activity_id,
        organization_id=user.organization_id,
        type="ACTIVITY_TYPE_CREATE_API_KEYS_V2",
        fingerprint=os.urandom(32),
        status=ActivityStatus.COMPLETED,
        result=b'{"createApiKeysResult":{"apiKeyIds":["%b"]}}' % key.id.encode(),
        failure=None,
        created_ms=world.now_ms,
        updated_ms=world.now_ms,
        votes=(vote,),
    )
    step = fold(shown[user.organization_id], user.organization_id, [ApiKeyAdded(api_key=key)])
    shown[user.organization_id] = step.after
    return Commit(activity=activity, is_new=True, new_votes=(vote,), steps=(step,))
