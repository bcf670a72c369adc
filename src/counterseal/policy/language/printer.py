"""The syntax tree back to text: ``parse(show(tree)) == tree`` for every tree the parser can make."""

from __future__ import annotations

from counterseal.policy.language import syntax
from counterseal.policy.language.syntax import Expr

_OR, _AND, _RELATION, _NOT, _POSTFIX = range(1, 6)


def show(node: Expr) -> str:
    """One line, one space around operators, brackets only where the grammar needs them."""
    return Printer().show(node)


class Printer:
    """Shows any number of nodes of one tree, each made into text once, however many of those above it are shown too."""

    def __init__(self) -> None:
        self._known: dict[int, str] = {}  # by the identity of the node

    def show(self, node: Expr) -> str:
        """See ``show``. The tree must live as long as this does."""
        known = self._known.get(id(node))
        if known is None:
            known = self._known[id(node)] = self._made(node)
        return known

    def _made(self, node: Expr) -> str:
        match node:
            case syntax.Or():
                return " || ".join(self._bracketed(item, above=_OR) for item in node.items)
            case syntax.And():
                return " && ".join(self._bracketed(item, above=_AND) for item in node.items)
            case syntax.Compare():
                left, right = (self._bracketed(side, above=_RELATION) for side in (node.left, node.right))
                return f"{left} {node.op} {right}"
            case syntax.Not():
                return "!" + self._bracketed(node.operand, above=_RELATION)
            case syntax.Number():
                return str(node.value)
            case syntax.Text():
                return _quoted(node.value)
            case syntax.Truth():
                return "true" if node.value else "false"
            case syntax.Name():
                return node.name
            case syntax.ListOf():
                return "[" + ", ".join(map(self.show, node.items)) + "]"
            case syntax.Call():
                return f"{node.name}({', '.join(_quoted(argument) for argument in node.arguments)})"
            case _:
                return self._bracketed(node.target, above=_NOT) + self._suffix(node)

    def _suffix(
        self, node: syntax.Field | syntax.Index | syntax.Slice | syntax.Count | syntax.Contains | syntax.Quantifier
    ) -> str:
        match node:
            case syntax.Field():
                return f".{node.name}"
            case syntax.Index():
                return f"[{self.show(node.index)}]"
            case syntax.Slice():
                return f"[{node.start}..{node.end}]"
            case syntax.Count():
                return ".count()"
            case syntax.Contains():
                return f".contains({self.show(node.item)})"
            case syntax.Quantifier():
                return f".{node.kind}({node.variable}, {self.show(node.body)})"

    def _bracketed(self, node: Expr, *, above: int) -> str:
        """In brackets unless ``node`` binds more tightly than its surroundings."""
        text = self.show(node)
        return text if _binding(node) > above else f"({text})"


def _quoted(argument: str) -> str:
    """A string literal; it has no escapes."""
    return f"'{argument}'"


def _binding(node: Expr) -> int:
    match node:
        case syntax.Or():
            return _OR
        case syntax.And():
            return _AND
        case syntax.Compare():
            return _RELATION
        case syntax.Not():
            return _NOT
    return _POSTFIX
