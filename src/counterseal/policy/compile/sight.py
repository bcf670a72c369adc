"""What a consensus sees of a vote, and so which votes it cannot tell apart.

Deciding once for all of them is right only if nothing that is looked at differs. What is not proved from the text to be
left alone counts as looked at.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable

import msgspec

from counterseal.policy.language import syntax
from counterseal.policy.language.electorate import Approval, credential_fact, user_fact
from counterseal.policy.language.syntax import Expr, children, free_names

_IDENTITIES = ("id", "user_id")
_USER_FIELDS = ("id", "tags", "email", "alias")
_CREDENTIAL_FIELDS = ("id", "user_id", "type", "public_key", "credential_id")


class Sight(msgspec.Struct, frozen=True, kw_only=True):
    """``fields`` are the names of the fields that are read, of ``credentials`` too or of approvers alone.

    ``ids_only_compared``: all that is done with ids is to compare them with each other and with the texts ``named``.
    """

    fields: frozenset[str]
    named: frozenset[str]
    ids_only_compared: bool
    credentials: bool

    def kind(self, vote: Approval) -> Hashable:
        """Equal for two votes of different users that cannot be told apart."""
        user, credential = user_fact(vote.user), vote.credential
        seen = [self._seen(name, user[name]) for name in _USER_FIELDS]
        if self.credentials and credential is not None:
            fact = credential_fact(credential)
            seen += [self._seen(name, fact.get(name)) for name in _CREDENTIAL_FIELDS]
            seen += [credential.user_id == vote.user.id, credential.id == vote.user.id]
        return tuple(seen)

    def _seen(self, name: str, value: Hashable) -> Hashable:
        if name not in self.fields:
            return None
        is_like_others = name in _IDENTITIES and self.ids_only_compared and value not in self.named
        return None if is_like_others else value


def sight(tree: Expr) -> Sight:
    """What a consensus sees."""
    nodes = list(syntax.nodes(tree))
    return Sight(
        fields=frozenset(node.name for node in nodes if isinstance(node, syntax.Field)),
        named=frozenset(node.value for node in nodes if isinstance(node, syntax.Text)),
        ids_only_compared=_only_compares_ids(tree, texts=frozenset()),
        credentials="credentials" in free_names(tree),
    )


def together(sights: Iterable[Sight]) -> Sight:
    """What several see together."""
    each = list(sights)
    return Sight(
        fields=frozenset().union(*(one.fields for one in each)),
        named=frozenset().union(*(one.named for one in each)),
        ids_only_compared=all(one.ids_only_compared for one in each),
        credentials=any(one.credentials for one in each),
    )


def _only_compares_ids(node: Expr, *, texts: frozenset[str]) -> bool:
    """``texts`` are variables that stand for texts of the expression itself. Who is at a position is an identity."""
    if isinstance(node, syntax.Index | syntax.Slice):
        return False
    if isinstance(node, syntax.Quantifier):
        of_texts = _is_text(node.target, texts)
        inside = texts | {node.variable} if of_texts else texts - {node.variable}
        return _only_compares_ids(node.target, texts=texts) and _only_compares_ids(node.body, texts=inside)
    below = children(node)
    if any(map(_is_identity, below)):
        compares = isinstance(node, syntax.Compare) and node.op in ("==", "!=", "in")
        if not compares or not all(_is_identity(child) or _is_text(child, texts) for child in below):
            return False
    return all(_only_compares_ids(child, texts=texts) for child in below)


def _is_identity(node: Expr) -> bool:
    return isinstance(node, syntax.Field) and node.name in _IDENTITIES


def _is_text(node: Expr, texts: frozenset[str]) -> bool:
    """Whether it is a text of the expression, or a list of such."""
    if isinstance(node, syntax.ListOf):
        return all(_is_text(item, texts) for item in node.items)
    return isinstance(node, syntax.Text) or (isinstance(node, syntax.Name) and node.name in texts)
