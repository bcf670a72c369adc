"""An organization as a proof digests it: in pieces it is the same text as in one."""

from __future__ import annotations

from hashlib import sha256

from msgspec.structs import replace

import sample
from counterseal.contract.shapes import Effect, TagType
from counterseal.engine.decide.digested import OrganizationDigests
from counterseal.ledger import canonical
from counterseal.organizations import (
    ApiKeyAdded,
    Policy,
    PolicySet,
    Snapshot,
    Tag,
    TagSet,
    UserAdded,
    digested_data_of,
    fold,
)
from counterseal.organizations.profile import FeaturesChanged
from counterseal.proofs import organization_data


def organization() -> Snapshot:
    """With something of everything, texts beyond ASCII among it, and more than one piece of it."""
    users = [sample.user(sample.uuid(0x900 + at), name="é😀") for at in range(60)]
    keys = [
        replace(sample.api_key(), id=sample.uuid(0x9900 + at), user_id=user.id, public_key=f"02{at:064x}")
        for at, user in enumerate(users)
    ]
    features = FeaturesChanged(features={"FEATURE_NAME_EMAIL_AUTH": "", "FEATURE_NAME_WEBAUTHN_ORIGINS": "https://a"})
    changes = [*(UserAdded(user=each) for each in users), *(ApiKeyAdded(api_key=each) for each in keys), features]
    policy = Policy(
        id=sample.uuid(0x77), name="p", effect=Effect.ALLOW, condition="true", notes="", created_ms=1, updated_ms=1
    )
    tag = Tag(id=sample.uuid(0x78), name="t", type=TagType.USER, created_ms=1, updated_ms=1)
    more = [PolicySet(policy=policy), TagSet(tag=tag)]
    return fold(None, sample.ORGANIZATION_ID, [*sample.creation([], root=[]), *changes, *more]).after


def test_pieces_are_the_canonical_text() -> None:
    data = digested_data_of(organization())
    assert b"".join(data.text()) == canonical(data.object())


async def test_the_digest_is_made_once_in_pieces() -> None:
    whole, paused = organization(), 0

    async def pause() -> None:
        nonlocal paused
        paused += 1

    digests = OrganizationDigests()
    found = await digests.of(whole, pause=pause)
    assert found == organization_data.organization_data_digest(digested_data_of(whole).object())
    assert (
        found == sha256(b"counterseal/organization-data/v1\n" + canonical(digested_data_of(whole).object())).hexdigest()
    )
    assert paused > 1
    before = paused
    assert await digests.of(whole, pause=pause) == found
    assert paused == before
    assert await digests.of(None, pause=pause) == ""
