"""What may be said of secrets, and how they are found. Source: Turnkey docs, secrets; docs/divergences.md (limits)."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from counterseal.activities.registry import Checked
from counterseal.contract.errors import InvalidRequest, NotFound, quoted
from counterseal.contract.rules import prose, some, uuid
from counterseal.contract.shapes import KeyValue
from counterseal.organizations import Secret, View
from counterseal.policy import facts
from counterseal.store import RowKey

SECRETS_AT_ONCE_MAX = 100
PROPERTIES_MAX = 32
VALUE_CHARACTERS_MAX = 1024
CHARACTERS_MAX = 4096
"""Of all properties of a secret: a page shows those of a hundred."""

_KEY = re.compile(r"[A-Za-z0-9_.-]{1,64}")


def refuse_number(secrets: Collection[object], field: str) -> None:
    """Raise InvalidRequest for none or too many."""
    some(secrets, field)
    if len(secrets) > SECRETS_AT_ONCE_MAX:
        raise InvalidRequest(
            f"invalid request body: expected at most {SECRETS_AT_ONCE_MAX} items at `{field}`, got {len(secrets)}"
        )


def properties(given: Sequence[KeyValue] | None, field: str) -> tuple[tuple[str, str], ...]:
    """Keys with their values, in the order of the request. Raises InvalidRequest."""
    given = given or ()
    if len(given) > PROPERTIES_MAX:
        raise InvalidRequest(
            f"invalid request body: expected at most {PROPERTIES_MAX} items at `{field}`, got {len(given)}"
        )
    found = tuple(_property(each, f"{field}[{at}]") for at, each in enumerate(given))
    characters = sum(len(key) + len(value) for key, value in found)
    if characters > CHARACTERS_MAX:
        raise InvalidRequest(
            f"invalid request body: expected at most {CHARACTERS_MAX} characters in all, got {characters} at `{field}`"
        )
    if len(dict(found)) != len(found):
        raise InvalidRequest(f"invalid request body: expected different keys, got one twice at `{field}`")
    return found


def by_id(secret_id: str) -> RowKey:
    """What asks for a secret. Raises InvalidRequest for an id that is no UUID."""
    return RowKey(kind=Secret, value=uuid(secret_id, "secretId"))


def the_secret(asked: RowKey, view: View) -> Secret:
    """The secret that ``by_id`` has asked for. Raises NotFound."""
    found: tuple[Secret, ...] = view.rows[asked]
    if not found:
        raise NotFound(f"unable to find secret {asked.value} in organization {view.organization.id}")
    return found[0]


def seen_of(found: object, secrets: Sequence[Secret]) -> Checked:
    """What policies see: of several secrets, each is asked about, and all must be allowed."""
    if len(secrets) == 1:
        return Checked(found, facts=secrets[0].facts())
    return Checked(found, calls=tuple(facts(secret.facts()) for secret in secrets))


def _property(given: KeyValue, field: str) -> tuple[str, str]:
    key, value = given.key or "", given.value or ""
    if not _KEY.fullmatch(key):
        raise InvalidRequest(
            f"invalid request body: expected 1 to 64 letters, digits, `_`, `.` and `-`, got {quoted(key)} at"
            f" `{field}.key`"
        )
    return key, prose(value, f"{field}.value", longest=VALUE_CHARACTERS_MAX)
