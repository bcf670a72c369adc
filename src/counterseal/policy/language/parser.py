"""Tokens to the syntax tree: a Pratt parser for the grammar of docs/policy-language.md.

Binding, tightest first: postfix, ``!``, comparison and ``in`` (which do not chain), ``&&``, ``||``. The published
material never says which of the two last binds tighter, and no published expression depends on it; this is C's order.
"""

from __future__ import annotations

from typing import Literal, cast

from counterseal.policy.language import syntax
from counterseal.policy.language.lexer import MAX_DEPTH, MAX_LIST_ITEMS, InvalidText, Token, tokens
from counterseal.policy.language.syntax import Expr

RESERVED = frozenset(("true", "false", "in"))
FUNCTIONS = frozenset(("Timestamp", "CronSpan"))
COMPARISONS = frozenset(("==", "!=", "<", "<=", ">", ">=", "in"))
_BINDING = {"||": 1, "&&": 2} | dict.fromkeys(COMPARISONS, 3)
_QUANTIFIERS = frozenset(("any", "all", "filter"))
METHODS = _QUANTIFIERS | {"count", "contains"}

_Built = tuple[Expr, int]  # a node, and how many levels its tree has


def parse(text: str) -> Expr:
    """The tree of one expression. Raises ``InvalidText`` with the offset, what was found and what was expected."""
    return _Parser(tokens(text)).whole()


class _Parser:
    """Reads the tokens once, from left to right. Recursion is as deep as the brackets, which the lexer has limited."""

    def __init__(self, found: list[Token]) -> None:
        self._tokens = found
        self._at = 0
        self._token = found[0]

    def whole(self) -> Expr:
        node, _ = self._expression(0)
        if self._token.kind != "end":
            raise self._unexpected("an operator or the end")
        return node

    def _expression(self, floor: int) -> _Built:
        """An expression whose operators bind at least as tightly as ``floor``."""
        left = self._operand()
        while (binding := self._binding()) >= max(floor, 1):
            left = self._comparison(left) if binding == _BINDING["=="] else self._chain(left, binding)
        return left

    def _binding(self) -> int:
        return _BINDING.get(self._token.text, 0)  # a string keeps its quotes: it is never taken for a sign

    def _chain(self, first: _Built, binding: int) -> _Built:
        sign = self._token
        parts = [first]
        while self._token.text == sign.text:
            self._advance()
            parts.append(self._expression(binding + 1))
        kind = syntax.And if sign.text == "&&" else syntax.Or
        return self._built(kind(at=sign.at, items=tuple(node for node, _ in parts)), *parts)

    def _comparison(self, left: _Built) -> _Built:
        sign = self._advance()
        right = self._operand()
        if self._binding() == _BINDING["=="]:
            raise self._unexpected("&&, || or the end: comparisons do not chain")
        return self._built(syntax.Compare(at=sign.at, op=sign.text, left=left[0], right=right[0]), left, right)

    def _operand(self) -> _Built:
        signs = []
        while self._is("!"):
            signs.append(self._advance())
        built = self._postfix(self._atom())
        for sign in reversed(signs):
            built = self._built(syntax.Not(at=sign.at, operand=built[0]), built)
        return built

    def _postfix(self, built: _Built) -> _Built:
        while True:
            if self._is("."):
                built = self._member(built)
            elif self._is("["):
                built = self._subscript(built)
            else:
                return built

    def _member(self, target: _Built) -> _Built:
        self._advance()
        name = self._name("a field or a method")
        if not self._is("("):
            return self._built(syntax.Field(at=name.at, target=target[0], name=name.text), target)
        if name.text not in METHODS:
            raise InvalidText(at=name.at, found=f"the method {name.text}", expected="any, all, filter, count, contains")
        self._advance()
        if name.text == "count":
            self._expect(")")
            return self._built(syntax.Count(at=name.at, target=target[0]), target)
        if name.text == "contains":
            item = self._expression(0)
            self._expect(")")
            return self._built(syntax.Contains(at=name.at, target=target[0], item=item[0]), target, item)
        return self._quantifier(target, name)

    def _quantifier(self, target: _Built, name: Token) -> _Built:
        variable = self._name("a variable")
        if variable.text in RESERVED:
            raise InvalidText(at=variable.at, found=variable.text, expected="a variable; this word is reserved")
        self._expect(",")
        body = self._expression(0)
        self._expect(")")
        kind = cast(Literal["any", "all", "filter"], name.text)
        node = syntax.Quantifier(at=name.at, kind=kind, target=target[0], variable=variable.text, body=body[0])
        return self._built(node, target, body)

    def _subscript(self, target: _Built) -> _Built:
        bracket = self._advance()
        if self._token.kind == "int" and self._tokens[self._at + 1].text == "..":
            start = int(self._advance().text)
            self._advance()
            if self._token.kind != "int":
                raise self._unexpected("an integer, the end of the slice")
            end = int(self._advance().text)
            self._expect("]")
            return self._built(syntax.Slice(at=bracket.at, target=target[0], start=start, end=end), target)
        index = self._expression(0)
        self._expect("]")
        return self._built(syntax.Index(at=bracket.at, target=target[0], index=index[0]), target, index)

    def _atom(self) -> _Built:
        token = self._token
        kind, text = token.kind, token.text
        if kind == "name" and text not in RESERVED:
            self._advance()
            if text in FUNCTIONS and self._is("("):
                return self._call(token)
            return syntax.Name(at=token.at, name=text), 1
        if kind == "text":
            return self._leaf(syntax.Text(at=token.at, value=text[1:-1]))
        if kind == "int":
            return self._leaf(syntax.Number(at=token.at, value=int(text)))
        if text in ("true", "false"):
            return self._leaf(syntax.Truth(at=token.at, value=text == "true"))
        if text == "(":
            self._advance()
            built = self._expression(0)
            self._expect(")")
            return built
        if text == "[":
            return self._list()
        raise self._unexpected("a value")

    def _leaf(self, node: Expr) -> _Built:
        self._advance()
        return node, 1

    def _call(self, name: Token) -> _Built:
        arguments = []
        self._advance()
        while True:
            if self._token.kind != "text":
                raise self._unexpected(f"a string: the arguments of {name.text} are literals")
            arguments.append(self._advance().text[1:-1])
            if not self._is(","):
                break
            self._advance()
        self._expect(")")
        return syntax.Call(at=name.at, name=name.text, arguments=tuple(arguments)), 1

    def _list(self) -> _Built:
        bracket = self._advance()
        items: list[_Built] = []
        while not self._is("]"):
            if items:
                self._expect(",")
            if len(items) == MAX_LIST_ITEMS:
                raise self._unexpected(f"] : a list has at most {MAX_LIST_ITEMS} items")
            items.append(self._expression(0))
        self._advance()
        return self._built(syntax.ListOf(at=bracket.at, items=tuple(node for node, _ in items)), *items)

    def _built(self, node: Expr, *parts: _Built) -> _Built:
        height = 1
        for _, below in parts:
            if below >= height:
                height = below + 1
        if height > MAX_DEPTH:
            raise InvalidText(at=node.at, found=f"{height} levels of nesting", expected=f"at most {MAX_DEPTH}")
        return node, height

    def _advance(self) -> Token:
        token = self._token
        if token.kind != "end":
            self._at += 1
            self._token = self._tokens[self._at]
        return token

    def _is(self, symbol: str) -> bool:
        return self._token.text == symbol

    def _expect(self, symbol: str) -> None:
        if not self._is(symbol):
            raise self._unexpected(symbol)
        self._advance()

    def _name(self, duty: str) -> Token:
        if self._token.kind != "name":
            raise self._unexpected(duty)
        return self._advance()

    def _unexpected(self, expected: str) -> InvalidText:
        found = "the end of the text" if self._token.kind == "end" else self._token.text
        return InvalidText(at=self._token.at, found=found, expected=expected)
