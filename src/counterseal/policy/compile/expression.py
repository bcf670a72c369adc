"""One checked and compiled text: the same object in every organization that has it, as long as anybody holds it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock
from weakref import WeakValueDictionary

from counterseal.policy.compile.closures import Closure, Scope, conjunction, spend
from counterseal.policy.compile.compiler import compile_tree
from counterseal.policy.compile.cost import FAILURE_STEPS, Costs
from counterseal.policy.compile.headcount import Headcount, headcount
from counterseal.policy.compile.sight import Sight, sight
from counterseal.policy.language import syntax
from counterseal.policy.language.checker import check
from counterseal.policy.language.lexer import MAX_TOKENS, InvalidText, tokens
from counterseal.policy.language.parser import parse
from counterseal.policy.language.syntax import Expr
from counterseal.policy.language.values import EvaluationFailure

# Measured with tracemalloc (tests/unit/policy/test_expression.py holds them to it).
_BYTES_AT_LEAST, _BYTES_PER_NODE, _BYTES_PER_LISTED, _BYTES_PER_HEADCOUNT_NODE = 1_200, 290, 100, 300

# The same for reading (benchmarks/policy_steps.py).
_STEPS_PER_TEXT, _STEPS_PER_SPAN = 100, 400
_STEPS_PER_NODE = {"condition": 50, "consensus": 115, "time": 50}

RECENT_BYTES_MAX = 16 * 1024 * 1024


class Expression:
    """A policy's condition, consensus or time, ready to be evaluated any number of times.

    ``cost`` is what an evaluation costs before it begins, ``reading`` what it took to make the object, both in steps;
    ``bytes`` is about what it holds.
    """

    def __init__(self, text: str, *, place: str) -> None:
        """Raises ``InvalidRequest`` where ``check`` does."""
        tree, costs = check(text, place=place), Costs()
        self.text = text
        self.place = place
        self.cost = costs.of(tree)
        paths = sorted(syntax.paths_always_read(tree), reverse=True)  # what is there always, ``activity``, comes last
        self.paths = {".".join(names): names for names in paths}
        parts = tree.items if isinstance(tree, syntax.And) else (tree,)
        self._parts: list[Closure] = [compile_tree(part, costs=costs) for part in parts]
        self._costs = [costs.of(part) for part in parts]
        self.run: Closure = self._parts[0] if len(parts) == 1 else conjunction(self._parts)
        self.sight: Sight = _BLIND
        self.headcount: Headcount | None = None
        if place == "consensus":
            self.sight, self.headcount = sight(tree), headcount(tree, costs=costs)
        nodes = list(syntax.nodes(tree))
        self.reading = self._reading(len(nodes))
        self.bytes = self._bytes(nodes)

    def __repr__(self) -> str:
        return f"Expression({self.text!r}, place={self.place!r})"

    def _reading(self, nodes: int) -> int:
        brackets, spans = sum(map(self.text.count, "()[],")), self.text.count("CronSpan")
        return _STEPS_PER_TEXT + _STEPS_PER_NODE[self.place] * nodes + _STEPS_PER_SPAN * spans + 10 * brackets

    def _bytes(self, nodes: Sequence[Expr]) -> int:
        listed = sum([len(node.items) for node in nodes if isinstance(node, syntax.ListOf)])
        more = _BYTES_PER_HEADCOUNT_NODE if self.headcount is not None else 0
        of_spans = 5 * self.cost  # they cost most by far
        return (
            _BYTES_AT_LEAST
            + 2 * len(self.text)
            + (_BYTES_PER_NODE + more) * (len(nodes) - listed)
            + (_BYTES_PER_LISTED + more) * listed
            + of_spans
        )

    def value(self, scope: Scope) -> bool:
        """Its value. Raises ``EvaluationFailure`` or ``BudgetExhausted``."""
        spend(scope, self.cost)
        return bool(self.run(scope))

    def holds(self, scope: Scope) -> bool:
        """Whether its value is true, told as soon as that is known: where nobody asks why it is not.

        Raises ``BudgetExhausted``.
        """
        try:
            for part, cost in zip(self._parts, self._costs, strict=True):
                spend(scope, cost)
                if not part(scope):
                    return False
        except EvaluationFailure:
            spend(scope, FAILURE_STEPS)
            return False
        return True

    @property
    def tree(self) -> Expr:
        """Parsed anew: only explanations and lints need it, and the object is smaller without."""
        return parse(self.text)

    @property
    def sees_credentials(self) -> bool:
        """Whether a consensus looks at credentials, and not at approvers alone."""
        return self.sight.credentials


_BLIND = Sight(fields=frozenset(), named=frozenset(), ids_only_compared=True, credentials=False)


class ExpressionCache:
    """Finds expressions by their text. Safe to share between threads.

    It keeps those alive that were asked for last, so that what has just been checked need not be compiled again; longer
    than that an expression lives with who uses it. ``steps`` are those of all reading so far.
    """

    def __init__(self, *, bytes_max: int = RECENT_BYTES_MAX) -> None:
        self._bytes_max = bytes_max
        self._bytes = 0
        self.steps = 0
        self._recent: OrderedDict[tuple[str, str], Expression] = OrderedDict()
        self._living: WeakValueDictionary[tuple[str, str], Expression] = WeakValueDictionary()
        self._lock = Lock()

    def get(self, text: str, *, place: str) -> Expression:
        """The compiled text. Raises ``InvalidRequest`` for one that does not check; that is not remembered."""
        key = (place, text)
        with self._lock:
            found = self._living.get(key)
        made = found or Expression(text, place=place)
        with self._lock:
            self.steps += 0 if found else made.reading
            if key in self._recent:
                self._recent.move_to_end(key)
                return self._recent[key]
            self._recent[key] = self._living[key] = made
            self._bytes += made.bytes
            while self._bytes > self._bytes_max and len(self._recent) > 1:
                self._bytes -= self._recent.popitem(last=False)[1].bytes
        return made

    def __len__(self) -> int:
        return len(self._recent)


def may_take_longer(text: str, *, place: str, steps: int) -> bool:
    """Whether reading the text may take more than so many steps, told before it is read; no for what is no expression.

    Its tokens are counted only where their number matters.
    """
    if _most_steps(text, place=place, of_tokens=min(len(text), MAX_TOKENS)) <= steps:
        return False
    try:
        return _most_steps(text, place=place, of_tokens=len(tokens(text))) > steps
    except InvalidText:
        return False


def _most_steps(text: str, *, place: str, of_tokens: int) -> int:
    """A node has a token of its own, which is no bracket and no comma."""
    brackets, spans = sum(map(text.count, "()[],")), text.count("CronSpan")
    nodes = max(of_tokens - brackets, 1)
    return _STEPS_PER_TEXT + _STEPS_PER_NODE[place] * nodes + _STEPS_PER_SPAN * spans + 10 * brackets


_shared = ExpressionCache()


def expression(text: str, *, place: str) -> Expression:
    """The compiled text from the cache all organizations share. Raises ``InvalidRequest``."""
    return _shared.get(text, place=place)


def steps_of_reading() -> int:
    """What all reading of texts in this process has taken so far, in steps."""
    return _shared.steps
