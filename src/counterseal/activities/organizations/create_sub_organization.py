"""CREATE_SUB_ORGANIZATION: an isolated organization under this one, with root users of its own."""

from __future__ import annotations

from counterseal.activities.organizations.callers import refuse_sub_organization
from counterseal.activities.organizations.quorum import quorum_of
from counterseal.activities.registry import NewOrganization, Outcome, activity
from counterseal.activities.users.new_users import add_users, refuse_too_many_users
from counterseal.contract.errors import NotImplementedHere
from counterseal.contract.rules import label, some
from counterseal.contract.shapes import CreateSubOrganizationIntentV8, CreateSubOrganizationResultV8
from counterseal.organizations import OrganizationCreated, View
from counterseal.world import World


@activity("CREATE_SUB_ORGANIZATION")
def create_sub_organization(intent: CreateSubOrganizationIntentV8, view: View, world: World) -> Outcome:
    """Create a sub-organization whose root users form its quorum; ``rootUserIds`` keep the order of the request.

    The activity and its votes belong to the parent. Sub-organizations cannot have sub-organizations. Login by e-mail
    and SMS is enabled in the new one unless the request disables it.
    Errors: called by a sub-organization, no root users, a threshold they cannot meet, a bad name, e-mail, phone number
    or key, a root user without a lasting credential (400), too many users (429), features that are not here yet (501).
    Source: Turnkey API reference, create_sub_organization; Turnkey docs, sub-organizations.
    """
    parent = view.organization
    refuse_sub_organization(parent, "create sub-organizations")
    _refuse_what_is_not_here_yet(intent)
    if intent.sub_organization_name:
        label(intent.sub_organization_name, "subOrganizationName")
    some(intent.root_users, "parameters.rootUsers")
    refuse_too_many_users(None, arriving=len(intent.root_users))
    features = _features(intent)
    user_ids, changes = add_users(intent.root_users, "rootUsers", organization=None, features=features, world=world)
    created = OrganizationCreated(
        name=intent.sub_organization_name,
        parent_id=parent.id,
        created_ms=world.now_ms,
        quorum=quorum_of(intent.root_quorum_threshold, user_ids, known_user_ids=user_ids),
        features=features,
    )
    sub_organization_id = world.new_id()
    return Outcome(
        result=CreateSubOrganizationResultV8(sub_organization_id=sub_organization_id, root_user_ids=user_ids),
        new_organization=NewOrganization(id=sub_organization_id, changes=(created, *changes)),
    )


def _features(intent: CreateSubOrganizationIntentV8) -> dict[str, str]:
    switches = {
        "FEATURE_NAME_EMAIL_RECOVERY": intent.disable_email_recovery,
        "FEATURE_NAME_EMAIL_AUTH": intent.disable_email_auth,
        "FEATURE_NAME_SMS_AUTH": intent.disable_sms_auth,
        "FEATURE_NAME_OTP_EMAIL_AUTH": intent.disable_otp_email_auth,
    }
    return {name: "" for name, disabled in switches.items() if not disabled}


def _refuse_what_is_not_here_yet(intent: CreateSubOrganizationIntentV8) -> None:
    absent = {
        "wallet": intent.wallet,
        "verificationToken": intent.verification_token,
        "clientSignature": intent.client_signature,
    }
    for field, value in absent.items():
        if value is not None:
            raise NotImplementedHere(f"`{field}` of create_sub_organization is not implemented")
