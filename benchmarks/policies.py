"""A hundred policies of realistic size, as the published examples have them."""

from __future__ import annotations

from typing import Any


def realistic_policies(tag_id: str) -> list[dict[str, Any]]:
    """99 that do not match a new API key, 24 of them DENYs; and one by which holders of the tag may make one."""
    shapes = (_erc20_transfer, _allow_list, _two_of_a_team, _circuit_breaker)
    policies = [shapes[number % len(shapes)](number) for number in range(99)]
    own_keys = _policy(
        99,
        "EFFECT_ALLOW",
        "activity.resource == 'CREDENTIAL' && activity.action == 'CREATE' && activity.kind == 'CREATE_API_KEYS'",
        f"approvers.any(user, user.tags.contains('{tag_id}'))",
    )
    return [*policies, own_keys]


def _erc20_transfer(number: int) -> dict[str, Any]:
    recipient = f"{number:040x}"
    condition = (
        "activity.resource == 'PRIVATE_KEY' && activity.action == 'SIGN' && eth.tx.chain_id == 1"
        f" && eth.tx.to == '0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48' && eth.tx.data[0..10] == '0xa9059cbb'"
        f" && eth.tx.data[34..74] == '{recipient}'"
    )
    return _policy(number, "EFFECT_ALLOW", condition, f"approvers.any(user, user.id == '{_id(number)}')")


def _allow_list(number: int) -> dict[str, Any]:
    addresses = ", ".join(f"'0x{number * 10 + at:040x}'" for at in range(10))
    condition = f"activity.action == 'SIGN' && eth.tx.to in [{addresses}] && eth.tx.value <= {10**18 * (number + 1)}"
    return _policy(number, "EFFECT_ALLOW", condition, f"approvers.any(user, user.tags.contains('{_id(number)}'))")


def _two_of_a_team(number: int) -> dict[str, Any]:
    consensus = f"approvers.filter(user, user.tags.contains('{_id(number)}')).count() >= 2"
    condition = f"activity.kind == 'EXPORT_WALLET' && activity.params.wallet_id == '{_id(number)}'"
    return _policy(number, "EFFECT_ALLOW", condition, consensus)


def _circuit_breaker(number: int) -> dict[str, Any]:
    condition = f"activity.action in ['SIGN', 'EXPORT'] && wallet.id == '{_id(number)}'"
    return _policy(number, "EFFECT_DENY", condition)


def _policy(number: int, effect: str, condition: str, consensus: str | None = None) -> dict[str, Any]:
    policy = {"policyName": f"Policy {number}", "effect": effect, "condition": condition, "notes": ""}
    return policy if consensus is None else policy | {"consensus": consensus}


def _id(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012x}"
