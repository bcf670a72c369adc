"""Policies that cost as much as they may, each with an honest twin of the same size.

Pure data, for whoever drives an engine or a server with them. ``policies`` and ``twin`` are bodies of CREATE_POLICY_V3,
which root sends one by one; those of a scenario that is ``refused`` answer 400 or 429 and change nothing. Then a user
without rights sends ``probe`` (an activity type and its parameters) as often as it likes, lists activities, or has it
simulated: nobody else may wait for it longer than for the twin's, but for a few milliseconds.

``users`` is how many the organization should have, with three keys each; ``pending`` how many activities like the probe
should wait for consensus when activities are listed.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from counterseal.policy import ORGANIZATION_COST_MAX, check_policy

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
    """As many as an organization may have."""
    return _some(min(99, ORGANIZATION_COST_MAX // check_policy(**texts)), **texts)


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
