"""What each query answers: one small file a query, found by its name under its noun."""

from counterseal.queries.objects import api_key_object, user_object
from counterseal.queries.pieces import Pieces, array_of, joined, text
from counterseal.queries.reader import Reader
from counterseal.queries.registry import Query, QueryContext, Viewer, implemented_queries, query_of
from counterseal.queries.room import ReplyIsLarge, Room
from counterseal.queries.shown_proofs import array_of_proofs

__all__ = [
    "Pieces",
    "Query",
    "QueryContext",
    "Reader",
    "ReplyIsLarge",
    "Room",
    "Viewer",
    "api_key_object",
    "array_of",
    "array_of_proofs",
    "implemented_queries",
    "joined",
    "query_of",
    "text",
    "user_object",
]
