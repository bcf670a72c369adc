"""Which function belongs to which step. What a function calls belongs to its step too, but for what has its own."""

from __future__ import annotations

THREADS = {
    "MainThread": ("event loop", "loop: poll, read, tasks, timers"),
    "sqlite-writer_0": ("SQLite writer", "take, hand back"),
    "sqlite-checkpoint_0": ("SQLite checkpoints", "open, close"),
}
"""By the name that a thread has: what readers call it, and what it does outside of all steps."""

READS = "SQLite: reads"
WRITES = "SQLite: statements"
COMMIT = "SQLite: commit, without the wait for the disk"

STEPS = {
    "HTTP: parse, begin a task": ("counterseal.http.protocol:BoundedProtocol.data_received",),
    "ASGI: uvicorn's cycle": (
        "uvicorn.protocols.http.httptools_impl:RequestResponseCycle.run_asgi",
        "uvicorn.protocols.http.httptools_impl:RequestResponseCycle.send",
    ),
    "request: route, id, body, reply's headers": ("counterseal.http.asgi:HttpApp.__call__",),
    "stamp: decode the header": (
        "counterseal.http.stamp_headers:stamp_of",
        "counterseal.engine.who.claim:claim_of",
    ),
    "JSON of the body": ("counterseal.contract.body:Body.__init__", "counterseal.contract.body:Body.tree"),
    "find the organization, the key": ("counterseal.engine.who.authenticate:Authentication.by_stamp",),
    "verify the signature (P-256)": ("counterseal.stamps.api_key:verify_stamp",),
    "engine: between the steps": ("counterseal.engine.engine:Engine.answer",),
    "query: decode, run": ("counterseal.queries.registry:Query.answer",),
    "writer: queue, batch, futures": (
        "counterseal.engine.write.writer:Writer.submit",
        "counterseal.engine.write.writer:Writer.run",
        "counterseal.engine.write.writer:Writer._commit",
        "counterseal.engine.write.batch:Batch.tell",
    ),
    "decision: time, credential, fingerprint": (
        "counterseal.engine.decide.decider:Decider.answer",
        "counterseal.engine.write.looked_up:LookedUp.tell",
    ),
    "intent: decode, check": (
        "counterseal.engine.decide.reading:Words.said",
        "counterseal.engine.decide.reading:read",
        "counterseal.engine.decide.evidence:check_evidence",
    ),
    "rows that the unit needs": ("counterseal.engine.state.draft:Draft.read_for",),
    "unit: what the kind does": (
        "counterseal.activities.registry:Unit.check",
        "counterseal.activities.registry:Unit.carry_out",
    ),
    "policies": ("counterseal.engine.decide.judge:Judge.decide", "counterseal.engine.decide.judge:Judge.prepare"),
    "vote and activity": (
        "counterseal.engine.decide.submit:new_vote",
        "counterseal.engine.decide.submit:on_record",
        "counterseal.engine.decide.submit:completed",
    ),
    "draft and fold": ("counterseal.engine.state.draft:Draft.stage", "counterseal.engine.state.draft:Draft.publish"),
    "rows of the commit": ("counterseal.store.sqlite.store:SqliteStore.commit",),
    "ledger: entries, behind the commit": ("counterseal.followers.sequencer:Sequencer.run",),
    "render the activity": ("counterseal.engine.show.render:Renderer.activity_reply",),
    "encode JSON": ("counterseal.contract.encode:encode",),
    "metrics: count": ("counterseal.metrics:Metrics.request", "counterseal.metrics:Metrics.look_ups"),
    "log: make the line": ("counterseal.logs:_RequestLog.__call__",),
    "log: write it": ("counterseal.logs:_StandardError.write", "counterseal.logs:_StandardError.flush"),
    "socket: write the reply": ("counterseal.http.whole_replies:WholeReplies.write",),
}
