"""Pages of a list: ``paginationOptions`` as the queries read it."""

from __future__ import annotations

from counterseal.contract.rules import page_limit, uuid
from counterseal.contract.shapes import Pagination


def page(options: Pagination | None) -> tuple[int, str | None, str | None]:
    """Limit, ``before`` and ``after``; an empty cursor is none. Raises InvalidRequest naming the member at fault."""
    if options is None:
        return page_limit(None), None, None
    before = uuid(options.before, "paginationOptions.before") if options.before else None
    after = uuid(options.after, "paginationOptions.after") if options.after else None
    return page_limit(options.limit or None), before, after
