"""Policies that cost as much as they may, each with an honest twin of the same size.

``policies`` and ``twin`` of a scenario are parameters of CREATE_POLICY_V3; those of one that is ``refused`` answer 400
or 429 and change nothing. Then a user without rights sends ``probe`` (an activity type and its parameters), lists
activities, or has the probe simulated: as often as it likes. Or it sends new policies like these, which it may not make
and which have to be read first.

``users`` is how many the organization has, with three keys each; ``pending`` how many activities like the probe wait
for consensus when activities are listed.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from composed import path_of
from counterseal.policy import ORGANIZATION_COST_MAX, check_policy
from hostile.costly import CostlyCase, Stage, Tenant, once_a_stage, query_body, stamped
from hostile.policed import Policed, policed

Body = dict[str, Any]

PROBE_NOTES, PROBE_CONDITION = "n" * 4_096, "'" + "c" * 8_100 + "' == activity.action"
CREATE_POLICY = (
    "CREATE_POLICY_V3",
    {"policyName": "probe", "effect": "EFFECT_ALLOW", "condition": PROBE_CONDITION, "notes": PROBE_NOTES},
)
CREATE_TAG = ("CREATE_USER_TAG", {"userTagName": "probe", "userIds": []})

CONDITION, NOTES = "activity.params.condition", "activity.params.notes"
SPAN = "CronSpan('* * * * *','7d','UTC')"


@dataclass(frozen=True)
class Scenario:
    """See the module."""

    name: str
    policies: list[Body]
    probe: tuple[str, Body] = CREATE_TAG
    refused: bool = False
    users: int = 5
    pending: int = 0

    @property
    def twin(self) -> list[Body]:
        """As many policies of as many bytes, as they are written by people."""
        return [_honest(number, _size(policy)) for number, policy in enumerate(self.policies)]


def scenarios() -> list[Scenario]:
    """All of them. None depends on another, or on an organization's ids."""
    return [
        Scenario("60 policies of 200 spans", _some(60, time=" || ".join([SPAN] * 200)), refused=True),
        Scenario("a product of lists", _some(3, condition=_product(400)), refused=True),
        Scenario("dense texts", _some(100, condition="&&".join(["1==1"] * 380)), refused=True),
        Scenario("long lists", [_honest(number, 7_600) for number in range(60)]),
        Scenario("spans", _many(time=" || ".join([SPAN.replace("UTC", "America/New_York")] * 20))),
        Scenario("products of what is shown", _many(condition=_product_of_reads()), probe=CREATE_POLICY),
        Scenario("slices of long texts", _many(condition=_over(80, _slices())), probe=CREATE_POLICY),
        Scenario("comparisons of long texts", _many(condition=_over(80, _comparisons())), probe=CREATE_POLICY),
        Scenario("numbers out of a thousand", _many(condition=f"activity.kind == 'A' || 7 in {_numbers(990)}")),
        Scenario("texts out of many", _many(condition=f"[activity.kind].any(k, k in {_texts(180)})")),
        Scenario("many reads of what is not there", _many(condition=_reads(80))),
        Scenario("failures", _many(condition="activity.params.user_ids[7] == 'a'")),
        Scenario("brackets", _many(condition="&&".join(["((((((((true))))))))"] * 130), consensus="true")),
        *(
            Scenario(name, policies, users=100, pending=20)
            for name, policies in {
                "lambdas over approvers": _many(consensus=_deep(20)),
                "contrived clauses": _many(consensus=_clauses(25)),
                "counts of everybody": _many(consensus=_counts(9)),
                "counts of credentials": _many(consensus=_credentials(6)),
                "positions": _many(consensus=_positions()),
                "a number out of many": _many(consensus=f"approvers.count() in {_numbers(900)}"),
                "denials of everybody": _denials(),
            }.items()
        ),
    ]


def _some(number: int, **texts: str) -> list[Body]:
    return [_policy(at, **texts) for at in range(number)]


def _many(**texts: str) -> list[Body]:
    """As many as an organization may have, and room for that of the probe: else that is refused unjudged."""
    room = ORGANIZATION_COST_MAX - check_policy(condition=PROBE_CONDITION)
    return _some(min(99, room // check_policy(**texts)), **texts)


def _policy(number: int, effect: str = "EFFECT_ALLOW", **texts: str) -> Body:
    return {"policyName": f"costly {number}", "effect": effect, "notes": ""} | texts


def _numbers(count: int) -> str:
    return "[" + ",".join(str(200 + number) for number in range(count)) + "]"


def _texts(count: int) -> str:
    return "[" + ",".join(f"'{number:x}'" for number in range(count)) + "]"


def _product(count: int) -> str:
    return f"{_numbers(count)}.any(x, {_numbers(count)}.any(y, x == y))"


def _product_of_reads() -> str:
    inner = f"{CONDITION} == {NOTES} || {CONDITION}[0..8000] == {NOTES}"
    for depth in range(4):
        inner = f"[{CONDITION},{NOTES},'a'].filter(v{depth}, v{depth} != 'b').any(w{depth}, {inner})"
    return inner


def _over(count: int, body: str) -> str:
    return f"{_numbers(count)}.any(x, {body})"


def _slices() -> str:
    return f"{CONDITION}[1..8000] == {CONDITION}[0..7999] || x == 7"


def _comparisons() -> str:
    return f"{CONDITION} == {CONDITION} && {NOTES} != {CONDITION}"


def _reads(count: int) -> str:
    return " || ".join(f"activity.params.p{number} == 1" for number in range(count))


def _deep(depth: int) -> str:
    opening = "".join(f"approvers.any(u{at}, " for at in range(depth))
    return f"approvers.count() == 90 && {opening}u0.id != u1.id && u1.alias == 'nobody'{')' * depth}"


def _clauses(count: int) -> str:
    """As hard as searches get: clauses over named approvers, some of whom must not have approved."""
    chance = random.Random(7)
    named = [f"approvers.any(u, u.alias == 'user {number}')" for number in range(100)]
    clauses = " && ".join("({} || {} || !{})".format(*chance.sample(named, 3)) for _ in range(count))
    return f"{clauses} && approvers.count() == 50 && approvers.count() == 51"


def _counts(tallies: int) -> str:
    return " && ".join(f"approvers.filter(u, u.alias != 'user {at}').count() == {at + 40}" for at in range(tallies))


def _credentials(tallies: int) -> str:
    return " && ".join(
        f"credentials.filter(c, c.type != 'CREDENTIAL_TYPE_LOGIN' && c.public_key != '{at}').count() == {at + 40}"
        for at in range(tallies)
    )


def _positions() -> str:
    return "approvers[0].alias == 'user 1' && approvers[1].alias == 'user 2' && approvers.count() == 40"


def _denials() -> list[Body]:
    waiting = _policy(0, consensus="approvers.count() >= 2")
    each = [f"credentials.all(c, c.public_key != '{at}') && approvers.any(u, u.alias == '{at}')" for at in range(99)]
    return [waiting, *(_policy(at, "EFFECT_DENY", consensus=text) for at, text in enumerate(each, start=1))]


def _size(policy: Body) -> int:
    return sum(len(policy[place]) for place in ("condition", "consensus", "time") if place in policy)


def _honest(number: int, size: int) -> Body:
    """One person's allow-list: comparisons with long texts take room and little else."""
    condition = f"activity.kind == 'SIGN_TRANSACTION' && eth.tx.chain_id == {number} && eth.tx.to in ["
    listed = max(0, min(size - len(condition) - 80, 7_800)) // 67
    addresses = ", ".join(f"'0x{number:024x}{at:040x}'" for at in range(listed))
    consensus = f"approvers.any(user, user.alias == 'trader {number}')"
    return {"policyName": f"honest {number}", "effect": "EFFECT_ALLOW", "notes": ""} | {
        "condition": f"{condition}{addresses}]",
        "consensus": consensus,
    }


Both = tuple[Policed, Policed]
"""The organization of a scenario, and that of its twin."""

Ask = Callable[[Stage, Scenario, Tenant], bytes]

DECIDED = frozenset({200, 400, 403, 429})
"""Where the policies allow it, the second of its name is refused. Of what is denied only so many bytes are kept."""
REFUSED = frozenset({400, 429})
ANSWERED = frozenset({200})


def _decision(stage: Stage, scenario: Scenario, member: Tenant) -> bytes:
    kind, parameters = scenario.probe
    return stamped(f"/public/v1/submit/{path_of(kind)}", stage.body(kind, parameters, by=member), member.key)


def _page(_stage: Stage, _scenario: Scenario, member: Tenant) -> bytes:
    body = query_body(member, paginationOptions={"limit": "100"})
    return stamped("/public/v1/query/list_activities", body, member.key)


def _simulation(stage: Stage, scenario: Scenario, member: Tenant) -> bytes:
    body = query_body(member, body=stage.body(*scenario.probe, by=member).decode())
    return stamped("/counterseal/v1/query/simulate_activity", body, member.key)


def _creation(stage: Stage, policies: list[Body]) -> bytes:
    """Texts that nobody has read yet, and behind them one that is none: so all have to be read, and nothing is made."""
    unread = " " * (stage.number() % 300)
    new = [
        policy | {place: policy[place] + unread for place in ("condition", "consensus", "time") if place in policy}
        for policy in policies
    ]
    body = stage.body("CREATE_POLICIES", {"policies": [*new, _policy(100, condition="(")]}, by=stage.member)
    return stamped("/public/v1/submit/create_policies", body, stage.member.key)


def _cases() -> Iterator[CostlyCase]:
    for scenario in scenarios():
        yield _read(scenario)
        if not scenario.refused:
            set_up = _set_up(scenario)
            yield _asked(scenario, set_up, "decided", _decision, DECIDED)
            yield _asked(scenario, set_up, "simulated", _simulation, ANSWERED)
            if scenario.pending:
                yield _asked(scenario, set_up, "listed", _page, ANSWERED)


def _read(scenario: Scenario) -> CostlyCase:
    return CostlyCase(
        name=f"policies, read: {scenario.name}",
        adversarial=lambda stage, _: _creation(stage, scenario.policies),
        honest=lambda stage, _: _creation(stage, scenario.twin),
        answers=REFUSED,
        honest_answers=REFUSED,
    )


def _asked(
    scenario: Scenario, set_up: Callable[[Stage], Both], what: str, ask: Ask, answers: frozenset[int]
) -> CostlyCase:
    return CostlyCase(
        name=f"policies, {what}: {scenario.name}",
        set_up=set_up,
        adversarial=lambda stage, both: ask(stage, scenario, both[0].member),
        honest=lambda stage, both: ask(stage, scenario, both[1].member),
        answers=answers,
        honest_answers=answers,
    )


def _set_up(scenario: Scenario) -> Callable[[Stage], Both]:
    def both(stage: Stage) -> Both:
        costly, twin = (
            policed(
                stage, policies, users=scenario.users, pending=lambda: scenario.probe, pending_count=scenario.pending
            )
            for policies in (scenario.policies, scenario.twin)
        )
        return costly, twin

    return once_a_stage(both)


CASES = tuple(_cases())
