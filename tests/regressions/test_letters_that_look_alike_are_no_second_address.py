"""The sign of kelvin is ``k`` in lower case: an address with one was taken for somebody else's in
``create_read_write_session`` V1, while the store's look-up held the two apart.
"""

from __future__ import annotations

import sys

import pytest

import sample
from composed import ComposedServer, user_params
from counterseal.activities.sessions.create_read_write_session import whose_session
from counterseal.contract import rules
from counterseal.contract.canonical import canonical
from counterseal.contract.errors import InvalidRequest, NotFound
from counterseal.contract.shapes import CreateApiKeysIntentV2, CreateReadWriteSessionIntent
from counterseal.crypto.p256 import P256PrivateKey
from counterseal.organizations import EMAIL, View
from sample import uuid

KELVIN = "\N{KELVIN SIGN}arl@x.yz"
LOOK_ALIKES = [KELVIN, "karl@\N{FULLWIDTH LATIN SMALL LETTER X}.yz", "\N{CYRILLIC SMALL LETTER KA}arl@x.yz"]
TARGET = P256PrivateKey.generate().public_point.hex()


def found(address: str, *emails: str) -> str:
    users = [sample.user(uuid(number), email=email) for number, email in enumerate(emails, start=1)]
    view = View(sample.organization(*users), initiator_id=uuid(1))
    intent = CreateReadWriteSessionIntent(target_public_key=TARGET, email=address)
    return whose_session(intent, view)["user_id"]


@pytest.mark.parametrize("address", LOOK_ALIKES)
async def test_they_are_not_stored(server: ComposedServer, address: str) -> None:
    user = user_params("karl", P256PrivateKey.generate(), userEmail=address)
    reply = await server.submit("CREATE_USERS_V4", {"users": [user]})
    assert (reply.status, reply.json["message"].split(":")[0]) == (400, "invalid email address")


def test_what_an_older_release_stored_is_found_by_nothing_else() -> None:
    assert found("KARL@x.yz", KELVIN, "Karl@X.yz") == uuid(2)
    assert found(KELVIN, KELVIN, "karl@x.yz") == uuid(1)
    with pytest.raises(NotFound):
        found("karl@x.yz", KELVIN)
    with pytest.raises(InvalidRequest):
        found(KELVIN, "karl@x.yz")


def test_only_a_to_z_are_one_in_either_case() -> None:
    letters = [chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code <= 0xDFFF]
    folded = {letter: EMAIL.form(letter).decode() for letter in letters}
    assert "".join(letter for letter in letters if folded[letter] != letter) == "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    taken = [letter for letter in letters if not letter.isascii() and is_an_address(f"a{letter}@x{letter}.yz")]
    assert taken == []


def is_an_address(text: str) -> bool:
    try:
        rules.email(text)
    except InvalidRequest:
        return False
    return True


def test_no_other_value_is_read_from_letters_and_digits_beyond_ascii() -> None:
    """Ids, keys, numbers of seconds and of telephones: whatever lower case or ``int`` would make of them."""
    beyond = [chr(code) for code in range(0x80, sys.maxunicode + 1) if not 0xD800 <= code <= 0xDFFF]
    look_alikes = [letter for letter in beyond if letter.isdigit() or letter.lower().isascii() or letter.isspace()]
    assert len(look_alikes) > 100
    for letter in look_alikes:
        for rule in rules.positive_seconds, rules.page_limit, lambda text: rules.uuid(text, "id"), rules.phone:
            for text in f"1{letter}", f"+4930{letter}", uuid(1)[:-1] + letter, uuid(1) + letter:
                with pytest.raises(InvalidRequest):
                    rule(text)
        assert canonical(CreateApiKeysIntentV2(user_id=uuid(1)[:-1] + letter, api_keys=[])).user_id[-1] == letter
