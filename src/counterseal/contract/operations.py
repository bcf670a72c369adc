"""The operations of the API and the activity types that each submit takes: one dictionary look-up away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from counterseal.contract import shapes
from counterseal.contract.operations_table import ALIASES, OPERATIONS, VARIANTS
from counterseal.contract.shape import Shape

ShapeClass: TypeAlias = type[Shape]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Variant:
    """One activity type: one version of a kind.

    ``kind`` names what units register under, such as ``CREATE_API_KEYS``; ``policy_kind`` is the same where policies
    may speak of it as ``activity.kind``, and ``None`` where they may not (only the root quorum may change itself).
    ``resource`` and ``action`` are what policies see, ``params`` the names and types that ``activity.params`` offers.
    ``result`` is ``None`` for votes, which answer with the activity voted on. ``is_newest`` marks the one version of a
    kind that clients send today and units take; a higher number may be announced.
    """

    type: str
    kind: str
    policy_kind: str | None
    version: int
    is_newest: bool
    intent_key: str
    intent: ShapeClass
    result_key: str | None
    result: ShapeClass | None
    resource: str | None
    action: str | None
    params: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Operation:
    """One path. ``name`` is its last part: ``create_api_keys``, ``whoami``.

    A submit has ``variants`` by activity type, highest first, misspelt types of released clients included; and no
    ``request``, because its body is read member by member (see ``submit``). A query has a ``request`` and no variants.
    """

    path: str
    name: str
    tag: str
    is_submit: bool
    request: ShapeClass | None
    response: ShapeClass
    variants: Mapping[str, Variant] = field(default_factory=dict)

    @property
    def kind(self) -> str | None:
        """What the variants of a submit are versions of; ``None`` for a query."""
        return next((variant.kind for variant in self.variants.values()), None)


def operation_for(path: str) -> Operation | None:
    """The operation at ``path``, such as ``/public/v1/query/whoami``; ``None`` if the API has none there."""
    return _BY_PATH.get(path)


def all_operations() -> tuple[Operation, ...]:
    """Every operation, in the order of the model."""
    return tuple(_BY_PATH.values())


def variant(type_name: str) -> Variant:
    """The variant of an activity type, also of the types that no public path takes.

    Raises:
        KeyError: the model has no such type.
    """
    return _BY_TYPE[type_name]


def variants_of(kind: str) -> tuple[Variant, ...]:
    """All versions of ``kind``, oldest first; empty if the model has no such kind."""
    return tuple(sorted((each for each in _BY_TYPE.values() if each.kind == kind), key=lambda each: each.version))


def _shape(name: str) -> ShapeClass:
    shape: ShapeClass = getattr(shapes, name)
    return shape


def _variants() -> dict[str, Variant]:
    return {
        type_name: Variant(
            type=type_name,
            kind=kind,
            policy_kind=policy_kind,
            version=version,
            is_newest=is_newest,
            intent_key=intent_key,
            intent=_shape(intent),
            result_key=result_key,
            result=_shape(result) if result else None,
            resource=resource,
            action=action,
            params=params,
        )
        for (
            type_name,
            kind,
            policy_kind,
            version,
            is_newest,
            intent_key,
            intent,
            result_key,
            result,
            resource,
            action,
            params,
        ) in VARIANTS
    }


def _operations(by_type: Mapping[str, Variant]) -> dict[str, Operation]:
    misspelt = {right: wrong for wrong, right in ALIASES.items()}
    return {
        path: Operation(
            path=path,
            name=path.rpartition("/")[2],
            tag=tag,
            is_submit=bool(types),
            request=_shape(request) if request else None,
            response=_shape(response),
            variants={each: by_type[each] for each in types}
            | {misspelt[each]: by_type[each] for each in types if each in misspelt},
        )
        for path, tag, request, response, types in OPERATIONS
    }


_BY_TYPE = _variants()
_BY_PATH = _operations(_BY_TYPE)
