"""A second policy evaluator: small, slow and written straight from docs/policy-language.md.

It shares the syntax tree and the value types with the real one, and no evaluation code. It walks trees, tries all sets
of votes, and looks for cron fires minute by minute.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

from counterseal.chains.values import HexText, Numeral, Unusable
from counterseal.policy.language import syntax


class Failed(Exception):
    """The expression cannot be evaluated."""


def kind_of(value):
    for kind, name in ((bool, "bool"), (int, "int"), (str, "string"), (datetime, "time"), (dict, "struct")):
        if isinstance(value, kind):
            return name
    if isinstance(value, list | tuple):
        return "list"
    raise Failed("no such value")


def need(value, *kinds):
    if kind_of(value) not in kinds:
        raise Failed(f"{kind_of(value)} is none of {kinds}")
    return value


def same(left, right):
    kinds = {kind_of(left), kind_of(right)}
    if kinds & {"list", "struct"}:
        raise Failed("not comparable")
    if kinds == {"string", "int"}:
        text, number = (left, right) if isinstance(left, str) else (right, left)
        if not isinstance(text, Numeral):
            raise Failed("a string is no number")
        return int(str(text)) == number
    if len(kinds) > 1:
        raise Failed("different types")
    if kinds == {"string"}:
        if isinstance(left, HexText) or isinstance(right, HexText):
            return str(left).casefold() == str(right).casefold()
        if isinstance(left, Numeral) and isinstance(right, Numeral):
            return int(str(left)) == int(str(right))
        return str(left) == str(right)
    return left == right


def less(left, right):
    left, right = (int(str(side)) if isinstance(side, Numeral) else side for side in (left, right))
    if kind_of(left) != kind_of(right) or kind_of(left) not in ("int", "time"):
        raise Failed("no order")
    return left < right


def member(struct, name):
    if kind_of(struct) != "struct" or name not in struct:
        raise Failed(f"missing {name}")
    return given(struct[name])


def given(value):
    if isinstance(value, Unusable):
        raise Failed(value.reason)
    return value


def part(text, start, end):
    return HexText(str(text)[start:end]) if isinstance(text, HexText) else str(text)[start:end]


def value_of(node, names):
    """The value of a tree, where ``names`` gives keywords and variables their values."""
    recur = lambda child: value_of(child, names)  # noqa: E731
    truth = lambda child: need(recur(child), "bool")  # noqa: E731
    kind = type(node)
    if kind in (syntax.Number, syntax.Text, syntax.Truth):
        return node.value
    if kind is syntax.Name:
        return member(names, node.name)
    if kind is syntax.ListOf:
        return [recur(item) for item in node.items]
    if kind is syntax.Field:
        return member(recur(node.target), node.name)
    if kind is syntax.Index:
        target, index = need(recur(node.target), "list", "string", "struct"), recur(node.index)
        if kind_of(target) == "struct":
            return member(target, need(index, "string"))
        if need(index, "int") >= len(target) or index < 0:
            raise Failed("outside")
        return part(target, index, index + 1) if isinstance(target, str) else given(target[index])
    if kind is syntax.Slice:
        target = need(recur(node.target), "list", "string")
        if not node.start <= node.end <= len(target):
            raise Failed("outside")
        return part(target, node.start, node.end) if isinstance(target, str) else target[node.start : node.end]
    if kind is syntax.Count:
        return len(need(recur(node.target), "list"))
    if kind is syntax.Contains:
        items, item = need(recur(node.target), "list"), recur(node.item)
        return True in [same(item, other) for other in items]
    if kind is syntax.Quantifier:
        items = need(recur(node.target), "list")
        verdicts = [need(value_of(node.body, names | {node.variable: item}), "bool") for item in items]
        if node.kind == "filter":
            return [item for item, verdict in zip(items, verdicts, strict=True) if verdict]
        return any(verdicts) if node.kind == "any" else all(verdicts)
    if kind is syntax.Not:
        return not truth(node.operand)
    if kind is syntax.And:
        return False not in [truth(item) for item in node.items]
    if kind is syntax.Or:
        return True in [truth(item) for item in node.items]
    if kind is syntax.Call:
        return (
            timestamp(*node.arguments) if node.name == "Timestamp" else cron_span(names["time"]["now"], *node.arguments)
        )
    left, right = recur(node.left), recur(node.right)
    if node.op == "in":
        return True in [same(left, item) for item in need(right, "list")]
    return {
        "==": lambda: same(left, right),
        "!=": lambda: not same(left, right),
        "<": lambda: less(left, right),
        ">": lambda: less(right, left),
        "<=": lambda: not less(right, left),
        ">=": lambda: not less(left, right),
    }[node.op]()


def timestamp(text):
    return datetime.strptime(text.upper().replace("-00:00", "Z").replace("+00:00", "Z"), "%Y-%m-%dT%H:%M:%SZ").replace(
        tzinfo=UTC
    )


def cron_span(now, cron, duration, zone):
    """Is there a minute f, at most the duration ago, at which the wall clock of the zone shows what cron asks for?"""
    minute, hour, day, month, weekday = cron.split(" ")
    length = timedelta(minutes=sum(int(n) * {"d": 1440, "h": 60, "m": 1}[u] for n, u in units(duration)))
    instant = now.replace(second=0, microsecond=0)
    while now - instant < length:
        wall = instant.astimezone(ZoneInfo(zone))
        days = [shows(day, wall.day), shows(weekday, (wall.weekday() + 1) % 7)]
        on_day = any(days) if "*" not in (day, weekday) else all(days)
        at_time = shows(month, wall.month) and shows(hour, wall.hour) and shows(minute, wall.minute)
        if wall.fold == 0 and on_day and at_time:
            return True
        instant -= timedelta(minutes=1)
    return False


def units(duration):
    digits = ""
    for letter in duration:
        if letter.isdigit():
            digits += letter
        else:
            yield digits, letter
            digits = ""


def shows(field, number):
    ranges = [part.split("-") for part in field.split(",") if part != "*"]
    return field == "*" or any(int(ends[0]) <= number <= int(ends[-1]) for ends in ranges)


def seen_votes(votes):
    users, credentials = {}, {}
    for vote in votes:
        user, credential = vote.user, vote.credential
        users.setdefault(user.id, {"id": user.id, "tags": user.tags, "email": user.email, "alias": user.alias})
        if credential is not None:
            names = ("id", "user_id", "type", "public_key", "credential_id")
            record = {name: getattr(credential, name) for name in names if getattr(credential, name) is not None}
            credentials.setdefault(credential.id, record)
    return {"approvers": list(users.values()), "credentials": list(credentials.values())}


def evaluate(tree, names):
    """True, False, or None where it fails; an absent expression is true."""
    if tree is None:
        return True
    try:
        return need(value_of(tree, names), "bool")
    except Failed:
        return None


def reachable(tree, request):
    voted = [vote.user.id for vote in request.approvals]
    others = [user for user in request.roster.users if user.id not in voted]
    options = [[None, *[type(request.approvals[0])(user, c) for c in user.credentials or (None,)]] for user in others]
    holds = lambda votes: evaluate(tree, seen_votes(votes))  # noqa: E731
    for chosen in product(*options):
        together = [*request.approvals, *[vote for vote in chosen if vote is not None]]
        if holds(together) is True and any(
            holds([vote for vote in together if vote.user.id != pivot]) is False for pivot in voted
        ):
            return True
    return False


def outcome(policy, request):
    """``policy`` is (effect, condition, consensus, time): trees, or None."""
    effect, condition, consensus, time = policy
    facts = [dict(request.facts)]
    if request.calls:
        facts = [{**request.facts, "eth": {**request.facts.get("eth", {}), **call["eth"]}} for call in request.calls]
    calls = [evaluate(condition, each) for each in facts]
    matches = None if None in calls else all(calls)
    if effect == "EFFECT_DENY" and True in calls:
        matches = True
    agreed = evaluate(consensus, seen_votes(request.approvals))
    now = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=request.now_ms)
    in_time = evaluate(time, {"time": {"now": now}})
    if None in (matches, agreed, in_time):
        return "OUTCOME_ERROR"
    if not matches:
        return "OUTCOME_DENY_IMPLICIT"
    if agreed and in_time:
        return "OUTCOME_ALLOW" if effect == "EFFECT_ALLOW" else "OUTCOME_DENY_EXPLICIT"
    if agreed:
        return "OUTCOME_TIME_INACTIVE"
    if effect == "EFFECT_ALLOW" and in_time and reachable(consensus, request):
        return "OUTCOME_REQUIRES_CONSENSUS"
    return "OUTCOME_DENY_IMPLICIT"


def decision(policies, request):
    """The outcome for the request, and those of the policies (none if they are not asked)."""
    quorum, voters = request.root_quorum, {vote.user.id for vote in request.approvals}
    judged = request.approvals[-1].user.id
    if quorum.threshold >= 1 and len(voters & quorum.user_ids) >= quorum.threshold:
        return "OUTCOME_ALLOW", []
    if request.root_quorum_only:
        return ("OUTCOME_REQUIRES_CONSENSUS" if judged in quorum.user_ids else "OUTCOME_DENY_IMPLICIT"), []
    said = [outcome(policy, request) for policy in policies]
    if "OUTCOME_DENY_EXPLICIT" in said:
        return ("OUTCOME_REQUIRES_CONSENSUS" if judged in quorum.user_ids else "OUTCOME_DENY_EXPLICIT"), said
    if "OUTCOME_ALLOW" in said:
        return "OUTCOME_ALLOW", said
    if "OUTCOME_REQUIRES_CONSENSUS" in said:
        return "OUTCOME_REQUIRES_CONSENSUS", said
    if judged == request.owner_id:
        return "OUTCOME_ALLOW", said
    return ("OUTCOME_REQUIRES_CONSENSUS" if voters & quorum.user_ids else "OUTCOME_DENY_IMPLICIT"), said
