"""Which of the submissions that wait the store knows: nearly none, and it is asked once for each.

Nobody but the writer adds anything, and what it has decided a draft knows by itself. So a submission that was unknown,
and waits for longer than one batch, need not be asked for again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from counterseal.engine.decide.decider import pairs_of
from counterseal.engine.decide.submission import Submission
from counterseal.engine.state.draft import Draft, Pair
from counterseal.store import Store


class LookedUp:
    """What has been looked up for submissions that still wait."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._unknown: set[Pair] = set()

    async def tell(self, draft: Draft, submissions: Sequence[Submission]) -> None:
        """Tell a draft which of them are known. Raises StoreError."""
        pairs = pairs_of(submissions)
        asked = [pair for pair in pairs if pair not in self._unknown]
        known = await self._store.known_fingerprints(asked) if asked else set()
        self._unknown.update(asked)
        self._unknown -= known
        draft.know(pairs, known)

    def forget(self, decided: Iterable[Submission]) -> None:
        """These wait no longer; and others that wait may be the same bytes again."""
        self._unknown.difference_update(pairs_of([*decided]))
