"""A lifetime of zeros that nearly was a number was gone through once for each of its zeros: a body of a megabyte, by
whoever may do nothing, kept everybody waiting for the best part of an hour.

Without the mend this test does not fail, it does not end; ``tests/unit/test_patterns.py`` has the kind of it.
"""

from __future__ import annotations

import pytest

from composed import ComposedServer, key_params
from counterseal.contract import canonical, intent_of, variant
from counterseal.crypto import Curve, generate_key_pair

V2 = variant("ACTIVITY_TYPE_CREATE_API_KEYS_V2")


def lifetime_of(text: str) -> str | None:
    key = key_params(generate_key_pair(Curve.P256)) | {"expirationSeconds": text}
    read = canonical(intent_of({"parameters": {"userId": "u", "apiKeys": [key]}}, V2))
    found: str | None = read.api_keys[0].expiration_seconds  # type: ignore[attr-defined]
    return found


async def test_a_member_is_refused_at_once(server: ComposedServer) -> None:
    member = await server.add_user("member")
    key = key_params(generate_key_pair(Curve.P256)) | {"expirationSeconds": "0" * 900_000 + "x"}
    reply = await server.submit("CREATE_API_KEYS_V2", {"userId": member.user_id, "apiKeys": [key]}, by=member)
    assert reply.error == (400, 3, "REQUEST_INVALID")


@pytest.mark.parametrize(
    ("text", "canonical_text"),
    [
        ("0900", "900"),
        ("0" * 900_000 + "900", "900"),
        ("000", "0"),
        ("0", "0"),
        ("900", "900"),
        ("", ""),
        ("00x", "00x"),
        ("-01", "-01"),
        ("0\N{ARABIC-INDIC DIGIT ONE}", "0\N{ARABIC-INDIC DIGIT ONE}"),
        ("0\N{SUPERSCRIPT TWO}", "0\N{SUPERSCRIPT TWO}"),
    ],
)
def test_the_spelling_is_what_it_was(text: str, canonical_text: str) -> None:
    assert lifetime_of(text) == canonical_text
