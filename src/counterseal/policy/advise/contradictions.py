"""Conditions that cannot be true, told from their text: demands on one value that exclude each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from counterseal.policy.language import syntax
from counterseal.policy.language.printer import show
from counterseal.policy.language.syntax import Expr, conjuncts, free_names

ActivityTable = Mapping[str, tuple[str | None, str | None, str | None]]  # type → kind, resource, action

_CHAINS = ("eth.tx", "eth.eip_712", "eth.eip_7702_authorization", "solana.tx", "tron.tx", "bitcoin.tx", "tempo.tx")
_ASPECTS = ("activity.type", "activity.kind", "activity.resource", "activity.action")
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}


def contradiction(tree: Expr, activities: ActivityTable) -> str | None:
    """Why the expression is never true; None where that cannot be told from the text."""
    parts = conjuncts(tree)
    return (
        _excluded_keywords(tree) or _constant(parts) or _excluded_values(parts) or _no_such_activity(parts, activities)
    )


def _constant(parts: Sequence[Expr]) -> str | None:
    for part in parts:
        if isinstance(part, syntax.Truth) and not part.value:
            return "it demands false"
        if isinstance(part, syntax.Compare) and part.op == "in" and part.right == syntax.ListOf(items=()):
            return f"{show(part)}: nothing is in an empty list"
        if isinstance(part, syntax.Not) and part.operand == syntax.Truth(value=True):
            return "it demands !true"
    return None


def _excluded_keywords(tree: Expr) -> str | None:
    """Every part is evaluated, so an expression that reads two things no activity has together always fails."""
    keywords = free_names(tree)
    if "private_key" in keywords and keywords & {"wallet", "wallet_account"}:
        return "no activity has both a wallet and a private_key; write two policies"
    reads = {show(node) for node in syntax.nodes(tree) if isinstance(node, syntax.Field)}
    chains = [chain for chain in _CHAINS if chain in reads and chain.split(".")[0] in keywords]
    return f"no activity has both {chains[0]} and {chains[1]}; write two policies" if len(chains) > 1 else None


def _excluded_values(parts: Sequence[Expr]) -> str | None:
    """Two demands of the form ``read op literal`` on one read."""
    allowed: dict[str, set[str | int]] = {}
    bounds: dict[str, list[tuple[str, int]]] = defaultdict(list)
    refused: dict[str, set[str | int]] = defaultdict(set)
    for part in parts:
        demand = _demand(part)
        if demand is None:
            continue
        read, op, values = demand
        if op == "in":
            allowed[read] = allowed.get(read, values) & values
        elif op == "!=":
            refused[read] |= values
        else:
            bounds[read] += [(op, value) for value in values if isinstance(value, int)]
    for read, values in allowed.items():
        left = {value for value in values - refused[read] if _within(value, bounds[read])}
        if not left:
            return f"its demands on {read} exclude each other"
    for read, limits in bounds.items():
        lowest = max((value + (op == ">") for op, value in limits if op in (">", ">=")), default=None)
        highest = min((value - (op == "<") for op, value in limits if op in ("<", "<=")), default=None)
        if lowest is not None and highest is not None and lowest > highest:
            return f"its bounds on {read} exclude each other"
    return None


def _demand(part: Expr) -> tuple[str, str, set[str | int]] | None:
    """``(read, op, literals)``; equality is being in a set of one."""
    if not isinstance(part, syntax.Compare):
        return None
    left, op, right = part.left, part.op, part.right
    if op == "in" and isinstance(right, syntax.ListOf):
        values = {item.value for item in right.items if isinstance(item, syntax.Text | syntax.Number)}
        return (show(left), "in", values) if len(values) == len(set(right.items)) else None
    if isinstance(left, syntax.Text | syntax.Number) and op in _MIRRORED:
        left, op, right = right, _MIRRORED[op], left
    if isinstance(left, syntax.Text | syntax.Number) or not isinstance(right, syntax.Text | syntax.Number):
        return None
    return show(left), "in" if op == "==" else op, {right.value}


def _within(value: str | int, bounds: Sequence[tuple[str, int]]) -> bool:
    checks = {">": int.__gt__, ">=": int.__ge__, "<": int.__lt__, "<=": int.__le__}
    return not isinstance(value, int) or all(checks[op](value, limit) for op, limit in bounds)


def _no_such_activity(parts: Sequence[Expr], activities: ActivityTable) -> str | None:
    """Demands on type, kind, resource and action that no activity meets together."""
    if not activities:
        return None
    demands = [demand for demand in map(_demand, parts) if demand is not None and demand[0] in _ASPECTS]
    for activity, (kind, resource, action) in activities.items():
        aspects = dict(zip(_ASPECTS, (activity, kind, resource, action), strict=True))
        if all((aspects[read] in values) == (op == "in") for read, op, values in demands):
            return None
    return f"no activity has {' and '.join(f'{read} {op} {sorted(map(str, values))}' for read, op, values in demands)}"
