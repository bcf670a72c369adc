"""``counterseal explain``: why an activity was allowed, denied or left waiting, and what would unblock it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click
import msgspec

from counterseal.cli.options import data_option, database_option, explained
from counterseal.contract.errors import NotFound
from counterseal.contract.rules import uuid
from counterseal.data_directory import DataDirectory
from counterseal.engine.decide.judge import Judge
from counterseal.engine.show.explain import Explanation, VoteExplained, explain
from counterseal.policy import PolicyTrace, render
from counterseal.store.postgres import DatabaseUrl
from counterseal.world import SystemClock, SystemRandom, Turns


@click.command("explain")
@click.argument("activity_id")
@data_option
@database_option
@click.option("--values", is_flag=True, help="Show every sub-expression of every policy with its value.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def explain_command(
    activity_id: str, directory: Path, database: DatabaseUrl | None, *, values: bool, as_json: bool
) -> None:
    """Print why an activity stands where it stands, vote by vote. Nothing is written; the server may be running."""
    with explained():
        explanation = asyncio.run(_explanation(DataDirectory(directory, database), uuid(activity_id, "ACTIVITY_ID")))
    if as_json:
        click.echo(msgspec.json.encode(_as_wire(explanation)).decode())
    else:
        click.echo("\n".join(_lines(explanation, values=values)))


async def _explanation(directory: DataDirectory, activity_id: str) -> Explanation:
    store = await directory.open_store_as_it_is()
    try:
        organization_id = await store.organization_id_of_activity(activity_id)
        activity = None if organization_id is None else await store.activity(organization_id, activity_id)
        if activity is None:
            raise NotFound(f"no activity found with ID {activity_id} in {directory}")
        return await explain(activity, store, Judge(store, Turns(), SystemRandom()), now_ms=SystemClock().now_ms())
    finally:
        await store.close()


def _as_wire(explanation: Explanation) -> dict[str, object]:
    """With the enums by the names that the API has for them."""
    votes = [
        msgspec.to_builtins(vote) | {"selection": f"VOTE_SELECTION_{vote.selection.name}"} for vote in explanation.votes
    ]
    plain: dict[str, object] = msgspec.to_builtins(explanation)
    return plain | {"status": f"ACTIVITY_STATUS_{explanation.status.name}", "votes": votes}


def _lines(explanation: Explanation, *, values: bool) -> Iterator[str]:
    yield f"activity {explanation.activity_id}"
    yield f"  {explanation.type} in organization {explanation.organization_id}"
    if explanation.in_words:
        yield f"  {explanation.in_words}"
    yield f"  ACTIVITY_STATUS_{explanation.status.name}"
    for number, vote in enumerate(explanation.votes, start=1):
        yield ""
        voter = f"{vote.user_name} ({vote.user_id})"
        yield f"vote {number}: {vote.selection.name} by {voter} at {_instant(vote.created_ms)}"
        yield from _vote_lines(vote, explanation, values=values)
    if explanation.status.name == "CONSENSUS_NEEDED":
        yield ""
        yield from _unblocking(explanation)


def _vote_lines(vote: VoteExplained, explanation: Explanation, *, values: bool) -> Iterator[str]:
    if vote.outcome is None:
        yield "  a rejection is final"
        return
    yield f"  {vote.outcome}: {vote.reason}"
    if vote.recorded_outcome is not None:
        yield f"  when the vote was cast it was {vote.recorded_outcome}: by another release of this server"
    for trace in vote.policies:
        if values:
            yield from (f"  {line}" for line in render(trace).splitlines())
        else:
            yield from _policy_lines(trace, explanation)


def _policy_lines(trace: PolicyTrace, explanation: Explanation) -> Iterator[str]:
    name = explanation.policy_names[trace.policy_id]
    yield f"    policy {name!r} ({trace.policy_id}, {trace.effect}): {trace.outcome}"
    yield from (f"      {sentence}" for sentence in trace.blame)
    if trace.missing:
        yield f"      would be complete with the approval of {_people(trace.missing, explanation)}"


def _unblocking(explanation: Explanation) -> Iterator[str]:
    if not explanation.live_approvals:
        yield "no approval counts any more: those given have lapsed, or their users are gone"
    roots, live = set(explanation.root_user_ids), set(explanation.live_approvals)
    yield f"root quorum: {len(roots & live)} of {explanation.root_threshold} approvals"
    if explanation.may_approve:
        yield f"may still approve: {_people(explanation.may_approve, explanation)}"
    else:
        yield "may still approve: nobody; a policy, a tag or the root quorum must change first"


def _people(user_ids: list[str], explanation: Explanation) -> str:
    return ", ".join(f"{explanation.user_names[user_id]} ({user_id})" for user_id in user_ids)


def _instant(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
