"""What a unit may read: its organization, who asks, and nothing else."""

from __future__ import annotations

from typing import Any

import msgspec

from counterseal.contract.errors import NotFound
from counterseal.organizations.api_keys import ApiKey
from counterseal.organizations.authenticators import Authenticator
from counterseal.organizations.session_profiles import SessionProfile
from counterseal.organizations.snapshot import Snapshot
from counterseal.organizations.users import User


class SigningRules(msgspec.Struct, frozen=True, kw_only=True):
    """What the operator of this server allows beyond what is safe, most of it for the sake of older clients.

    ``lenient_addresses``: ``signWith`` may spell 0x-addresses in any case. ``psbt_allow_witness_only``: the witness
    UTXO alone proves the amount of an input of SegWit version 0. ``replayable_ethereum``: legacy transactions without a
    chain id, which hold on every chain. ``private_webhooks``: addresses of webhooks need not be public, nor speak TLS.
    """

    lenient_addresses: bool = False
    psbt_allow_witness_only: bool = False
    replayable_ethereum: bool = False
    private_webhooks: bool = False


STRICT = SigningRules()


class View:
    """An organization through the eyes of one activity. ``initiator_id`` is the user of its first vote.

    ``session_profile_id`` is the profile of the session that submits it, if one does that has a profile.
    ``submitted_ms`` is when an activity was submitted that has waited for votes since, or None.
    """

    __slots__ = (
        "initiator_id",
        "is_asked_about",
        "organization",
        "parent",
        "rows",
        "session_profile_id",
        "signing",
        "submitted_ms",
        "understood",
    )

    def __init__(
        self,
        organization: Snapshot,
        *,
        initiator_id: str,
        session_profile_id: str | None = None,
        submitted_ms: int | None = None,
        signing: SigningRules = STRICT,
    ) -> None:
        self.organization = organization
        self.initiator_id = initiator_id
        self.session_profile_id = session_profile_id
        self.submitted_ms = submitted_ms
        self.signing = signing
        self.is_asked_about = True
        """Whether anybody may ask what the unit tells policies. If not, it need not read what is for them alone."""
        self.understood: Any = None
        """What the unit has made of the intent when it said what it needs, for its ``check``."""
        self.parent: Snapshot | None = None
        """Only where the unit has said that it looks at it."""
        self.rows: dict[Any, tuple[Any, ...]] = {}
        """What the unit has said it needs: by the question, rows of the kind that was asked for in the order of ids."""

    def user(self, user_id: str) -> User:
        """The user, or NotFound in the words that clients know."""
        user = self.organization.users.get(user_id)
        if user is None:
            raise NotFound(f"unable to find user {user_id} in organization {self.organization.id}")
        return user

    def session_profile(self, profile_id: str) -> SessionProfile:
        """A profile for sessions here: the parent's, or its own where there is no parent. NotFound if there is none."""
        owner = self.parent if self.organization.is_sub_organization else self.organization
        profile = None if owner is None else owner.session_profiles.get(profile_id)
        if profile is None:
            raise NotFound(f"unable to find session profile {profile_id} for organization {self.organization.id}")
        return profile

    def api_key(self, user: User, api_key_id: str) -> ApiKey:
        """A key of this user, or NotFound."""
        for key in user.api_keys:
            if key.id == api_key_id:
                return key
        raise NotFound(f"unable to find api key {api_key_id} of user {user.id} in organization {self.organization.id}")

    def authenticator(self, user: User, authenticator_id: str) -> Authenticator:
        """An authenticator of this user, or NotFound."""
        for authenticator in user.authenticators:
            if authenticator.id == authenticator_id:
                return authenticator
        raise NotFound(
            f"unable to find authenticator {authenticator_id} of user {user.id} in organization {self.organization.id}"
        )
