"""An interface as JSON. Its text may be long, so it is put in by pieces."""

from __future__ import annotations

from counterseal.contract import encode
from counterseal.organizations import InterfaceText, SmartContractInterface
from counterseal.queries.pieces import Pieces, text
from counterseal.queries.registry import QueryContext

_EMPTY_TEXT = b'"smartContractInterface":""'


async def shown(interface: SmartContractInterface, context: QueryContext) -> list[bytes] | None:
    """The wire's interface in parts to be joined; None if it has been deleted since. Raises ReplyIsLarge."""
    found = await context.reader.row(InterfaceText, interface.id)
    if found is None:
        return None
    context.viewer.room.fill(interface.bytes)
    pieces = Pieces(context.turns, context.viewer.organization_id)
    await pieces.add(interface.bytes, was_read=True)
    # The rest has no member of that name: an id, an address, and texts, in which the quotes would be escaped.
    head, tail = encode(interface.shown(context.organization.id, "")).split(_EMPTY_TEXT, 1)
    return [head, _EMPTY_TEXT[:-2], *await text(found.text, pieces), tail]
