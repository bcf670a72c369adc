"""What a condition sees, made from plain values by the schema table, so that no parser can forget a rule of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from counterseal.chains.values import HexText
from counterseal.policy.language.types import ANY, Type, fields_of, keywords_of

Facts = dict[str, Any]


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
    if type(value) is str:
        return HexText(value) if kind.hex and value[:2] in ("0x", "0X") and value.isascii() else value
    if isinstance(value, Mapping):
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
    return {
        name: shaped(element, known[name].type if name in known else ANY)
        for name, element in value.items()
        if element is not None
    }
