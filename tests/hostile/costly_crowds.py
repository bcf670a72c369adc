"""The same adversaries from many connections of one address at once, and many submissions of one organization at once.

What one of them takes is nothing that others feel; thirty-two together must be nothing either, although their bodies
come in the same turn of the event loop and their submissions are in the same queue.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from hostile import costly_json, costly_passkeys, costly_policies, costly_reads, costly_stamps
from hostile.costly import CostlyCase, Stage, stamped
from hostile.costly_json import DONE, keys
from largest_activities import users_of_the_largest_body

CROWD = 32
"""Connections of one address."""

CHOSEN = (
    "JSON of a stranger: numbers at the limit",
    "JSON of a stranger: one string of escapes",
    "JSON of a stranger: one string of other alphabets",
    "JSON of a member: numbers at the limit",
    "JSON of a member: members at the limit",
    "JSON of a member: one string of escapes",
    "JSON of a member: white space",
    "parameters: two keys of Ed25519 each",
    "parameters: tags of a kilobyte",
    "passkey, ten at the limit: texts as keys",
    "passkey, a hundred users, two passkeys of RSA each",
    "stamp over a megabyte: SIGNATURE_SCHEME_TK_API_SECP256K1_EIP191",
    "stamp over a megabyte: SIGNATURE_SCHEME_TK_API_ED25519",
    "stamp of a key that a hundred organizations have: it holds",
    "policies, read: long lists",
    "policies, decided: contrived clauses",
    "policies, decided: denials of everybody",
    "policies, simulated: denials of everybody",
    "policies, listed: counts of everybody",
    "read: get_organization",
    "read: list_users",
    "read: get_activity of many votes",
    "read: get_policy_evaluations",
    "read: list_activities",
    "read: large activities that wait",
    "a sub-organization of a hundred users with two keys each",
)
"""The costliest of each kind."""


def _crowds() -> Iterator[CostlyCase]:
    modules: tuple[Any, ...] = (costly_json, costly_passkeys, costly_policies, costly_reads, costly_stamps)
    by_name = {case.name: case for module in modules for case in module.CASES}
    for name in CHOSEN:
        yield replace(by_name[name], name=f"{CROWD} at once: {name}", connections=CROWD)


def _by_root(stage: Stage, name: str, activity_type: str, parameters: Any) -> bytes:
    """By somebody who may: it is carried out."""
    return stamped(f"/public/v1/submit/{name}", stage.body(activity_type, parameters), stage.adversary.key)


def _of_its_own(name: str, adversarial: Any, honest: Any, answers: set[int]) -> CostlyCase:
    return CostlyCase(
        name=f"{CROWD} at once: {name}",
        adversarial=adversarial,
        honest=honest,
        answers=frozenset(answers),
        honest_answers=frozenset(DONE | {400, 429}),
        connections=CROWD,
    )


def _key(stage: Stage, _: Any) -> bytes:
    parameters = {"userId": stage.adversary.user_id, "apiKeys": keys(1, expirationSeconds="60")}
    return _by_root(stage, "create_api_keys", "CREATE_API_KEYS_V2", parameters)


def _largest_users(stage: Stage, _: Any) -> bytes:
    """Of a megabyte: the first are made, until there are a hundred."""
    return _by_root(stage, "create_users", "CREATE_USERS_V4", {"users": users_of_the_largest_body()})


def _renamed(stage: Stage, _: Any) -> bytes:
    parameters = {"userId": stage.adversary.user_id, "userName": "y" * 255}
    return _by_root(stage, "update_user", "UPDATE_USER", parameters)


CASES = (
    *_crowds(),
    _of_its_own("activities of a megabyte", _largest_users, _key, DONE | {429}),
    _of_its_own("users renamed", _renamed, _key, DONE),
)
