"""Where the steps meet: authenticate, submit, vote, query. One writer decides; everything between is pure."""

from counterseal.engine.authenticate import Authenticator, Caller, Voter
from counterseal.engine.engine import Engine, Request
from counterseal.engine.snapshots import Snapshots
from counterseal.engine.trace import Trace
from counterseal.engine.writer import Writer

__all__ = ["Authenticator", "Caller", "Engine", "Request", "Snapshots", "Trace", "Voter", "Writer"]
