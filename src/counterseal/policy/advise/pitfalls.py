"""Where a sound expression can fail although the activity is one it is about: what makes a DENY inert."""

from __future__ import annotations

from collections.abc import Iterator

from counterseal.policy.language import syntax
from counterseal.policy.language.printer import show
from counterseal.policy.language.syntax import Expr, children, conjuncts
from counterseal.policy.language.types import ANY, Type, fields_of, is_open, keywords_of

_CHAINS = frozenset({"eth", "solana", "tron", "bitcoin", "tempo"})
_SOMETIMES_OMITTED = frozenset({"slippage", "slippage_bps"})  # parameters an activity that has them may leave out


def pitfalls(tree: Expr, *, place: str) -> list[str]:
    """One sentence part for each cause, e.g. ``eth.tx.data is shorter than 74``.

    A keyword the activity does not have is no pitfall where every alternative needs it: then nothing was to be denied.
    """
    found = _Pitfalls(place, pinned=any(map(_pins_activity, conjuncts(tree))))
    found.look(tree, ())
    alternatives = [text for part in conjuncts(tree) for text in _lone_keywords(part)]
    return list(dict.fromkeys([*found.causes, *alternatives]))


class _Pitfalls:
    """Walks a checked tree and finds types on the way, as the checker does."""

    def __init__(self, place: str, *, pinned: bool) -> None:
        self._place = place
        self._pinned = pinned
        self.causes: list[str] = []

    def look(self, node: Expr, variables: tuple[tuple[str, Type], ...]) -> Type:
        """The node's type as far as fields go; its causes are collected."""
        match node:
            case syntax.Name():
                known = dict(variables)
                keyword = keywords_of(self._place).get(node.name)
                return known.get(node.name) or (keyword.type if keyword else ANY)
            case syntax.Field():
                return self._field(node, self.look(node.target, variables))
            case syntax.Index():
                return self._index(node, self.look(node.target, variables), variables)
            case syntax.Slice():
                target = self.look(node.target, variables)
                self.causes.append(f"{show(node.target)} is shorter than {node.end}")
                return target
            case syntax.Quantifier():
                target = self.look(node.target, variables)
                self.look(node.body, (*variables, (node.variable, target.item or ANY)))
                return target
        for child in children(node):
            self.look(child, variables)
        return ANY

    def _field(self, node: syntax.Field, target: Type) -> Type:
        field = fields_of(target.struct).get(node.name) if target.struct else None
        if target.struct and is_open(target.struct):
            if not self._pinned or node.name in _SOMETIMES_OMITTED:
                self.causes.append(f"the activity does not show {show(node)}")
        elif field is not None and field.optional and not _is_keyword_part(node):
            self.causes.append(f"{show(node)} is missing")
        return ANY if field is None else field.type

    def _index(self, node: syntax.Index, target: Type, variables: tuple[tuple[str, Type], ...]) -> Type:
        self.look(node.index, variables)
        if target.name == "map" or isinstance(node.index, syntax.Text):
            self.causes.append(f"{show(node.target)} has no key {show(node.index)}")
        else:
            self.causes.append(f"{show(node.target)} has nothing at {show(node.index)}")
        return target.item or ANY


def _pins_activity(part: Expr) -> bool:
    """Whether the condition is about named types or kinds of activity, of which the author knows the parameters."""
    return (
        isinstance(part, syntax.Compare)
        and part.op in ("==", "in")
        and show(part.left) in ("activity.type", "activity.kind")
    )


def _is_keyword_part(node: syntax.Field) -> bool:
    """``eth.tx`` and its like, keywords of two words; and ``activity.kind``, which only root activities lack."""
    return isinstance(node.target, syntax.Name) and node.target.name in (*_CHAINS, "activity")


def _lone_keywords(part: Expr) -> Iterator[str]:
    """Keywords that some alternatives of an ``||`` read and others do not."""
    if not isinstance(part, syntax.Or):
        return
    read = [_keywords(item) for item in part.items]
    for keyword in sorted(set().union(*read)):
        if not all(keyword in each for each in read):
            yield f"the activity has no {keyword}, which not every side of || needs"


def _keywords(node: Expr) -> frozenset[str]:
    """The keywords that an activity may lack, as read in ``node``."""
    names = {name for name, field in keywords_of("condition").items() if field.optional}
    if isinstance(node, syntax.Field) and isinstance(node.target, syntax.Name) and node.target.name in names:
        return frozenset({show(node) if node.target.name in _CHAINS else node.target.name})
    return frozenset().union(*(_keywords(child) for child in children(node)))
