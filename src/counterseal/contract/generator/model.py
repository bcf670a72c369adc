"""The model as published: every operation and definition of the API, every activity type and what belongs to it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

ACTIVITY_PREFIX = "ACTIVITY_TYPE_"

RENAMED = {"activity.v1.PolicyEvaluation": "ActivityPolicyEvaluation"}
"""Definitions whose last name another one, of another form, has too."""


@dataclass(frozen=True)
class Model:
    """The two files of ``contract/data``, parsed.

    ``operations`` and ``definitions`` come from the OpenAPI documents; ``activities`` has one entry per submit path
    with its activity types (``variants``), and one per activity type that has no public path.
    """

    operations: list[dict[str, Any]]
    definitions: dict[str, dict[str, Any]]
    activities: list[dict[str, Any]]

    def queries(self) -> list[dict[str, Any]]:
        """The operations that are not submits."""
        return [operation for operation in self.operations if "/submit/" not in operation["path"]]

    def variants(self) -> list[dict[str, Any]]:
        """Every activity type, those without a path included."""
        return [variant for activity in self.activities for variant in activity["variants"]]

    def newest_types(self) -> frozenset[str]:
        """The type of each kind that clients send today, and units take.

        That is the path's ``current_type``, even if a higher number is announced; without a path, the highest number.
        """
        newest: dict[str, tuple[int, str]] = {}
        for activity in self.activities:
            for variant in activity["variants"]:
                if variant["type"] == activity["current_type"]:
                    kind = kind_of(variant["type"])
                    newest[kind] = max(newest.get(kind, (0, "")), (variant["version"], variant["type"]))
        return frozenset(type_name for _, type_name in newest.values())

    def reachable(self, names: set[str]) -> set[str]:
        """The definitions that ``names`` refer to, however indirectly, with ``names`` themselves."""
        found: set[str] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name in found:
                continue
            found.add(name)
            for member in self.definitions[name].get("properties", {}).values():
                waiting += filter(None, (reference(member), reference(member.get("items", {}))))
        return found

    def requested(self) -> set[str]:
        """The definitions that a request's body can bring."""
        requests = {query["request"] for query in self.queries() if query["request"]}
        return self.reachable(requests | {variant["intent_schema"] for variant in self.variants()})


@cache
def model() -> Model:
    """The published model, read from the package's data once."""
    data = resources.files("counterseal.contract") / "data"
    api = json.loads((data / "public_api.json").read_text("utf-8"))
    activities = json.loads((data / "activities.json").read_text("utf-8"))
    return Model(api["operations"], api["definitions"], activities)


def reference(schema: dict[str, Any]) -> str:
    """The name of the definition that ``schema`` refers to, or nothing."""
    return str(schema.get("$ref", "")).removeprefix("#/definitions/")


def class_name(definition: str) -> str:
    """The Python name of a definition: without its package, such as ``external.data.v1.``."""
    return RENAMED.get(definition, definition.rpartition(".")[2])


def kind_of(type_name: str) -> str:
    """What all versions of an activity type have in common: ``CREATE_USERS`` of ``ACTIVITY_TYPE_CREATE_USERS_V4``."""
    return re.sub(r"_V\d+$", "", type_name.removeprefix(ACTIVITY_PREFIX))
