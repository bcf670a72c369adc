"""Policies of realistic size, as the published examples have them.

In an organization's texts stand its own ids and addresses, as in life: what a server compiles for one organization
serves few others. Only lists of allowed addresses are a whole company's.
"""

from __future__ import annotations

import hashlib
from typing import Any

from benchmarks.client import Stamper

PAYEE = "0x70997970c51812dc3a010c7d01b50e0d17dc79c8"
"""Whom everybody may pay."""


def realistic_policies(count: int, owner: Stamper, tag_id: str) -> list[dict[str, Any]]:
    """All but one do not match a new credential, a quarter of them DENYs; by one the holders of the tag may make it."""
    shapes = (_erc20_transfer, _allow_list, _two_of_a_team, _circuit_breaker)
    policies = [shapes[number % len(shapes)](number, owner.organization_id) for number in range(count - 1)]
    own_keys = _policy(
        count - 1,
        "EFFECT_ALLOW",
        "activity.resource == 'CREDENTIAL' && activity.action == 'CREATE' && activity.kind in"
        " ['CREATE_API_KEYS', 'CREATE_READ_WRITE_SESSION']",
        f"approvers.any(user, user.tags.contains('{tag_id}'))",
    )
    return [*policies, own_keys]


def signing_policies(owner: Stamper, tag_id: str) -> list[dict[str, Any]]:
    """Ten that read what a transaction does; by one the holders of the tag may sign transfers to ``PAYEE``."""
    shapes = (_erc20_transfer, _allow_list, _large_transfer)
    policies = [shapes[number % len(shapes)](number, owner.organization_id) for number in range(9)]
    transfers = _policy(
        9,
        "EFFECT_ALLOW",
        f"activity.action == 'SIGN' && eth.tx.to == '{PAYEE}' && eth.tx.data == '0x' && eth.tx.chain_id == 1"
        " && eth.tx.value <= 1000000000000000000",
        f"approvers.any(user, user.tags.contains('{tag_id}'))",
    )
    return [*policies, transfers]


def _large_transfer(number: int, organization_id: str) -> dict[str, Any]:
    condition = f"eth.tx.value > {10**20 + number} && eth.tx.to != '0x{_digits(40, number, organization_id)}'"
    return _policy(number, "EFFECT_DENY", condition)


def _erc20_transfer(number: int, organization_id: str) -> dict[str, Any]:
    condition = (
        "activity.resource == 'PRIVATE_KEY' && activity.action == 'SIGN' && eth.tx.chain_id == 1"
        f" && eth.tx.to == '0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48' && eth.tx.data[0..10] == '0xa9059cbb'"
        f" && eth.tx.data[34..74] == '{_digits(40, number, organization_id)}'"
    )
    consensus = f"approvers.any(user, user.id == '{_id(number, organization_id)}')"
    return _policy(number, "EFFECT_ALLOW", condition, consensus)


def _allow_list(number: int, organization_id: str) -> dict[str, Any]:
    addresses = ", ".join(f"'0x{number * 10 + at:040x}'" for at in range(10))
    condition = f"activity.action == 'SIGN' && eth.tx.to in [{addresses}] && eth.tx.value <= {10**18 * (number + 1)}"
    consensus = f"approvers.any(user, user.tags.contains('{_id(number, organization_id)}'))"
    return _policy(number, "EFFECT_ALLOW", condition, consensus)


def _two_of_a_team(number: int, organization_id: str) -> dict[str, Any]:
    consensus = f"approvers.filter(user, user.tags.contains('{_id(number, organization_id)}')).count() >= 2"
    wallet = _id(number, f"wallet of {organization_id}")
    condition = f"activity.kind == 'EXPORT_WALLET' && activity.params.wallet_id == '{wallet}'"
    return _policy(number, "EFFECT_ALLOW", condition, consensus)


def _circuit_breaker(number: int, organization_id: str) -> dict[str, Any]:
    wallet = _id(number, f"wallet of {organization_id}")
    return _policy(number, "EFFECT_DENY", f"activity.action in ['SIGN', 'EXPORT'] && wallet.id == '{wallet}'")


def _policy(number: int, effect: str, condition: str, consensus: str | None = None) -> dict[str, Any]:
    policy = {"policyName": f"Policy {number}", "effect": effect, "condition": condition, "notes": ""}
    return policy if consensus is None else policy | {"consensus": consensus}


def _id(number: int, name: str) -> str:
    """An id that is this organization's own, and the same in every run of the same organization."""
    digits = _digits(32, number, name)
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-8{digits[17:20]}-{digits[20:]}"


def _digits(count: int, number: int, name: str) -> str:
    return hashlib.sha256(f"{number} of {name}".encode()).hexdigest()[:count]
