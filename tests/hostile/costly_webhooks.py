"""Addresses and filters of webhooks that want to be much work."""

from __future__ import annotations

from typing import Any

from counterseal.activities.webhook_endpoints.subscriptions import FILTERS_CHARACTERS_MAX
from counterseal.contract.webhook_urls import URL_CHARACTERS_MAX
from hostile.costly import BODY_MAX, CostlyCase, Stage, stamped

PATH = "/public/v1/submit/create_webhook_endpoint"
HONEST = {"url": "https://hooks.example.com/", "subscriptions": [{"eventType": "ACTIVITY_UPDATES"}]}


def _request(stage: Stage, **members: Any) -> bytes:
    parameters = HONEST | {"name": f"hook {stage.number()}"} | members
    body = stage.body("CREATE_WEBHOOK_ENDPOINT", parameters)
    return stamped(PATH, body, stage.adversary.key)


def _case(name: str, **members: Any) -> CostlyCase:
    return CostlyCase(
        name=f"webhooks: {name}",
        adversarial=lambda stage, _: _request(stage, **members),
        honest=lambda stage, _: _request(stage),
        answers=frozenset({200, 400, 429}),
        honest_answers=frozenset({200, 429}),
    )


def _filtered(name: str, filters: str) -> CostlyCase:
    return _case(name, subscriptions=[{"eventType": "ACTIVITY_UPDATES", "filtersJson": filters}])


CASES = (
    _filtered("filters of numbers", '{"types":[' + "0," * (FILTERS_CHARACTERS_MAX // 2 - 10) + "0]}"),
    _filtered("filters of levels", "[" * FILTERS_CHARACTERS_MAX),
    _filtered("filters of a megabyte", "[" * (BODY_MAX - 1024)),
    _case("a thousand subscriptions", subscriptions=[{"eventType": "ACTIVITY_UPDATES", "filtersJson": "{}"}] * 1000),
    _case("an address of dots", url=f"https://{'.' * (URL_CHARACTERS_MAX - 8)}"),
    _case("an address of labels", url=f"https://{'xn--a.' * (URL_CHARACTERS_MAX // 6 - 2)}a"),
    _case("an address of a megabyte", url=f"https://{'a' * (BODY_MAX - 1024)}"),
)
