"""An organization as a proof digests it: docs/proofs.md has the form, ``counterseal.proofs`` what checks it."""

from __future__ import annotations

from counterseal.contract.shapes import CredentialType
from counterseal.organizations.api_keys import ApiKey
from counterseal.organizations.authenticators import Authenticator
from counterseal.organizations.snapshot import Snapshot
from counterseal.organizations.users import User
from counterseal.proofs import OrganizationData, organization_data


def digested_data_of(organization: Snapshot) -> OrganizationData:
    """An organization as it is digested."""
    return OrganizationData(
        organization_id=organization.id,
        parent_organization_id=organization.parent_id,
        organization_version=organization.version,
        name=organization.name,
        root_quorum=organization_data.RootQuorum(
            threshold=organization.quorum.threshold, user_ids=organization.quorum.user_ids
        ),
        users=tuple(_user(each) for each in organization.users.values()),
        tags=tuple(organization_data.Tag(tag_id=each.id, tag_name=each.name) for each in organization.tags.values()),
        policies=tuple(
            organization_data.Policy(
                policy_id=each.id,
                policy_name=each.name,
                effect=each.effect.value,
                condition=each.condition,
                consensus=each.consensus,
                time=each.time,
            )
            for each in organization.policies.values()
        ),
        features=tuple(
            organization_data.Feature(name=name, value=value or None) for name, value in organization.features.items()
        ),
    )


def _user(user: User) -> organization_data.User:
    return organization_data.User(
        user_id=user.id,
        user_name=user.name,
        user_email=user.email,
        user_phone_number=user.phone_number,
        tag_ids=user.tag_ids,
        credentials=(*map(_api_key, user.api_keys), *map(_authenticator, user.authenticators)),
    )


def _api_key(key: ApiKey) -> organization_data.Credential:
    return organization_data.Credential(
        credential_id=key.id,
        type=key.type.value,
        public_key=key.public_key,
        created_at_ms=key.created_ms,
        expiration_seconds=key.expiration_seconds,
        session_profile_id=None if key.session is None else key.session.profile_id,
    )


def _authenticator(authenticator: Authenticator) -> organization_data.Credential:
    return organization_data.Credential(
        credential_id=authenticator.id,
        type=CredentialType.WEBAUTHN_AUTHENTICATOR.value,
        public_key=authenticator.public_key,
        created_at_ms=authenticator.created_ms,
    )
