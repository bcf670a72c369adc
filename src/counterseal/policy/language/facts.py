"""What a condition sees, made from plain values by the schema table, so that no parser can forget a rule of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from counterseal.chains.values import HexText, Numeral
from counterseal.policy.language.types import ANY, Type, fields_of, keywords_of

Facts = dict[str, Any]

_HEX_PREFIXES = frozenset(("0x", "0X"))
_AS_THEY_ARE = frozenset((int, bool, HexText, Numeral))


def facts(plain: Mapping[str, object]) -> Facts:
    """The facts of one activity, by keyword: ``{"activity": {…}, "eth": {"tx": {…}}, …}``.

    Values are str, int (any size), bool, lists and string-keyed mappings; ``HexText``, ``Numeral`` and ``Unusable`` are
    kept as they are. ``None`` counts as missing. ASCII text of ``hex`` fields that starts with ``0x`` becomes
    ``HexText``. A keyword or field the table does not know is kept: the checker lets no policy name it.
    """
    known = keywords_of("condition")
    return {
        keyword: shaped(value, known[keyword].type if keyword in known else ANY)
        for keyword, value in plain.items()
        if value is not None
    }


def shaped(value: Any, kind: Type) -> Any:
    """``value`` as the evaluator takes it, where the table says it is a ``kind``."""
    of = type(value)
    if of is str:
        return HexText(value) if kind.hex and value[:2] in _HEX_PREFIXES and value.isascii() else value
    if of in _AS_THEY_ARE:
        return value
    if of is dict or isinstance(value, Mapping):
        return _shaped_fields(value, kind)
    if isinstance(value, list | tuple):
        item = kind.item or ANY
        if not item.hex:  # most items are texts as they should be
            return [element if type(element) is str else shaped(element, item) for element in value]
        return [shaped(element, item) for element in value]
    return value


def _shaped_fields(value: Mapping[str, Any], kind: Type) -> dict[str, Any]:
    if kind.name != "struct":
        item = kind.item or ANY
        return {key: shaped(element, item) for key, element in value.items() if element is not None}
    known = fields_of(kind.struct)
    shaped_fields: dict[str, Any] = {}
    for name, element in value.items():
        if type(element) in _AS_THEY_ARE or (type(element) is str and element[:2] not in _HEX_PREFIXES):
            shaped_fields[name] = element  # nearly all are such, whatever the table says
        elif element is not None:
            shaped_fields[name] = shaped(element, known[name].type if name in known else ANY)
    return shaped_fields
