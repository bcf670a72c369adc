"""What units look at beside their organization, where nothing is being decided: as it is committed."""

from __future__ import annotations

import msgspec

from counterseal.activities import Unit
from counterseal.engine.state.draft_rows import read_needs, read_parent
from counterseal.organizations import View
from counterseal.store import Reads


class Committed:
    """The rows of a store, for the units of dry runs, explanations and replies."""

    def __init__(self, store: Reads) -> None:
        self._store = store

    async def read_for(self, unit: Unit, intent: msgspec.Struct, view: View) -> None:
        """Whatever the unit looks at beside its organization, into the view."""
        await read_needs(unit, intent, view, self._store)
        await read_parent(unit, intent, view, self._store.snapshot)
