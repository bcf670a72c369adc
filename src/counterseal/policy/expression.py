"""One checked and compiled text, kept in a bounded cache: the same text is the same object in every organization."""

from __future__ import annotations

from collections import OrderedDict
from functools import cached_property
from threading import Lock

from counterseal.policy import syntax
from counterseal.policy.checker import check
from counterseal.policy.closures import Closure, Scope, spend
from counterseal.policy.compile import compile_tree
from counterseal.policy.headcount import Headcount, headcount
from counterseal.policy.parser import parse
from counterseal.policy.syntax import Expr

MAX_CACHED_NODES = 250_000  # about 400 bytes a node


class Expression:
    """A policy's condition, consensus or time, ready to be evaluated any number of times."""

    def __init__(self, text: str, *, place: str) -> None:
        """Raises ``InvalidRequest`` where ``check`` does."""
        tree = check(text, place=place)
        self.text = text
        self.place = place
        self.cost = syntax.size(tree)
        self.paths = {".".join(names): names for names in syntax.paths_always_read(tree)}
        self.run: Closure = compile_tree(tree)

    def __repr__(self) -> str:
        return f"Expression({self.text!r}, place={self.place!r})"

    def value(self, scope: Scope) -> bool:
        """Its value. Raises ``EvaluationFailure`` or ``BudgetExhausted``."""
        spend(scope, self.cost)
        return bool(self.run(scope))

    @property
    def tree(self) -> Expr:
        """Parsed anew: only explanations and lints need it, and the cache is smaller without."""
        return parse(self.text)

    @cached_property
    def headcount(self) -> Headcount | None:
        """How a consensus depends on numbers of approvers, if that is all it depends on."""
        return headcount(self.tree)


class ExpressionCache:
    """The most recently used expressions, up to a number of nodes in all. Safe to share between threads."""

    def __init__(self, *, max_nodes: int = MAX_CACHED_NODES) -> None:
        self._max_nodes = max_nodes
        self._nodes = 0
        self._kept: OrderedDict[tuple[str, str], Expression] = OrderedDict()
        self._lock = Lock()

    def get(self, text: str, *, place: str) -> Expression:
        """The compiled text. Raises ``InvalidRequest`` for one that does not check; that is not remembered."""
        key = (place, text)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        made = Expression(text, place=place)
        with self._lock:
            if key not in self._kept:
                self._kept[key] = made
                self._nodes += made.cost
            while self._nodes > self._max_nodes and len(self._kept) > 1:
                self._nodes -= self._kept.popitem(last=False)[1].cost
        return made

    def __len__(self) -> int:
        return len(self._kept)


_shared = ExpressionCache()


def expression(text: str, *, place: str) -> Expression:
    """The compiled text from the cache all organizations share. Raises ``InvalidRequest``."""
    return _shared.get(text, place=place)
