"""Where the steps meet: authenticate, submit, vote, query. One writer decides; everything between is pure."""

from counterseal.engine.engine import Engine, Request
from counterseal.engine.state.snapshots import Snapshots
from counterseal.engine.trace import Trace
from counterseal.engine.who.authenticate import Authentication, Caller, Voter
from counterseal.engine.write.writer import Writer

__all__ = ["Authentication", "Caller", "Engine", "Request", "Snapshots", "Trace", "Voter", "Writer"]
