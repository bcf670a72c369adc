"""An activity as it is judged: what it says, who has approved, and what its unit tells policies beside that."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import msgspec

from counterseal import policy
from counterseal.activities import Checked, Unit
from counterseal.contract import Shape
from counterseal.contract.errors import Refused
from counterseal.engine.decide.reading import Reading, read_again
from counterseal.organizations import SigningRules, Snapshot, View
from counterseal.store import StoredActivity, StoredVote
from counterseal.world import World


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """An activity as it is judged: by the organization of this moment, whatever held when it was submitted.

    ``told`` are the facts that its unit found out, by keyword, and ``calls`` what each of several adds to them.
    """

    reading: Reading
    view: View
    votes: tuple[StoredVote, ...]
    now_ms: int
    told: Mapping[str, Any] = {}
    calls: tuple[Mapping[str, Any], ...] = ()
    in_words: Callable[[], str] | None = None

    def facts(self) -> dict[str, Any]:
        """What conditions see of it, but for what its calls do."""
        return self.reading.facts(self.told)

    def facts_of_calls(self) -> Sequence[Mapping[str, Any]]:
        """What conditions see of each of its calls; of an activity without, all that they see."""
        return policy.facts_of_calls(self.facts(), self.calls) if self.calls else (self.facts(),)

    def with_facts_of(self, checked: Checked) -> Case:
        """The case with what its unit tells policies."""
        return msgspec.structs.replace(self, told=checked.facts, calls=checked.calls, in_words=checked.in_words)


class ReadsForUnits(Protocol):
    """Where a unit's rows come from: what is committed, or a draft over it."""

    async def read_for(self, unit: Unit, intent: msgspec.Struct, view: View) -> None:
        """Whatever the unit looks at beside its organization, into the view."""
        ...


def case_of(
    activity: StoredActivity,
    organization: Snapshot,
    *,
    now_ms: int,
    submitted: Shape | None = None,
    signing: SigningRules,
) -> Case:
    """A stored activity as it is judged now, without what its unit tells. Raises Refused where its intent cannot be
    read any more. ``submitted`` is that intent, if it has been read already: its bytes may be a megabyte.
    """
    view = View(organization, initiator_id=activity.votes[0].user_id, submitted_ms=activity.created_ms, signing=signing)
    reading = read_again(activity, view, submitted=submitted)
    return Case(reading=reading, view=view, votes=activity.votes, now_ms=now_ms)


async def told_by_unit(case: Case, reads: ReadsForUnits, world: World) -> Case:
    """The case of a stored activity with what its unit tells policies.

    That is nothing where the activity could not be carried out any more: policies that ask for it fail then, and the
    activity can be read and rejected all the same.
    """
    reading = case.reading
    if not reading.unit.tells_policies:
        return case
    try:
        await reads.read_for(reading.unit, reading.intent, case.view)
        return case.with_facts_of(reading.unit.check(reading.intent, case.view, world))
    except Refused:
        return case
