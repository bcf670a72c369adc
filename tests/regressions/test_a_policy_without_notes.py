"""A policy without notes was refused as a body that lacks a field. The types that @turnkey/core ships let callers leave
notes out; found by comparing the model with the packages."""

from __future__ import annotations

from typing import Any

import pytest

from composed import ComposedServer

POLICY = {"policyName": "plain", "effect": "EFFECT_ALLOW", "condition": "true"}


@pytest.mark.parametrize(
    ("kind", "parameters"), [("CREATE_POLICY_V3", POLICY), ("CREATE_POLICIES", {"policies": [POLICY]})]
)
async def test_notes_may_be_left_out(server: ComposedServer, kind: str, parameters: dict[str, Any]) -> None:
    made = await server.submit(kind, parameters)
    assert made.activity["status"] == "ACTIVITY_STATUS_COMPLETED"
    [policy] = (await server.query("list_policies")).json["policies"]
    assert (policy["policyName"], policy["notes"]) == ("plain", "")
