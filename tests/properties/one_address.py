"""What the laws about one address share: the address that a policy allows, one that it does not, and changes of bytes.

What is signed is read as nodes and contracts read it, by code that is not ours; what reaches FOREIGN, or anything but
MINE, must not have been allowed.
"""

from __future__ import annotations

from random import Random
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from counterseal.policy import Budget, Effect, Policy, Request, RootQuorum, Roster, compile_policy, decide, facts

SEEDS = st.integers(0, 2**64 - 1)
UNTIMED = settings(deadline=None, max_examples=400)

MINE = "0x70997970c51812dc3a010c7d01b50e0d17dc79c8"
FOREIGN = "0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc"
TOKEN = "0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2"


def allows(condition: str, **keywords: Any) -> bool:
    """Whether an ALLOW of this condition allows, by the code that decides live requests."""
    policy = compile_policy(Policy(id="p", effect=Effect.ALLOW, condition=condition))
    quorum = RootQuorum(threshold=1, user_ids=frozenset())
    request = Request(facts=facts(keywords), approvals=(), roster=Roster(()), root_quorum=quorum, now_ms=0)
    return decide(request, [policy], budget=Budget()).outcome == "OUTCOME_ALLOW"


def changed_bytes(random: Random, data: bytes, other: bytes) -> bytes:
    """One to four changes: a byte, a piece that goes, a piece of another one that comes or takes its place."""
    found = bytearray(data)
    for _ in range(random.randint(1, 4)):
        at, size = random.randrange(len(found) + 1), random.choice((1, 1, 2, 20, 21, 32))
        piece = random.choice((random.randbytes(size), other[at : at + size], bytes(size), bytes.fromhex(MINE[2:])))
        found[at : at + random.choice((0, size, len(piece)))] = piece if random.random() < 0.8 else b""
    return bytes(found)
