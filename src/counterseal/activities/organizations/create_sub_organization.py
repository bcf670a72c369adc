"""CREATE_SUB_ORGANIZATION: an isolated organization under this one, with root users of its own."""

from __future__ import annotations

import msgspec

from counterseal.activities.organizations.callers import refuse_sub_organization
from counterseal.activities.organizations.first_keys import (
    FirstKeys,
    FirstKeysWork,
    MadeKeys,
    first_keys,
    first_rows,
    make_first_keys,
)
from counterseal.activities.organizations.quorum import quorum_of
from counterseal.activities.registry import Checked, NewOrganization, Outcome, activity
from counterseal.activities.users.new_users import add_users, refuse_too_many_users
from counterseal.contract.errors import NotImplementedHere
from counterseal.contract.rules import label, some
from counterseal.contract.shapes import CreateSubOrganizationIntentV8, CreateSubOrganizationResultV8, WalletResult
from counterseal.contract.upgrades import SubOrganizationWithKeysResult, SubOrganizationWithPrivateKeys
from counterseal.organizations import Change, OrganizationCreated, View
from counterseal.world import World


class NewSubOrganization(msgspec.Struct, frozen=True, kw_only=True):
    """A sub-organization that is in order; ``id`` is what it gets unless keys have been sealed for another."""

    id: str
    root_user_ids: list[str]
    changes: tuple[Change, ...]
    keys: FirstKeys


def check_sub_organization(intent: CreateSubOrganizationIntentV8, view: View, world: World) -> Checked:
    """Everything that can be wrong with the request, before a key is made."""
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
    private_keys = intent.private_keys if isinstance(intent, SubOrganizationWithPrivateKeys) else ()
    keys = first_keys(intent.wallet, private_keys, parent.id)
    new = NewSubOrganization(id=world.new_id(), root_user_ids=user_ids, changes=(created, *changes), keys=keys)
    return Checked(new, work=FirstKeysWork(wanted=keys, organization_id=new.id) if keys else None)


@activity("CREATE_SUB_ORGANIZATION", check=check_sub_organization, make=make_first_keys)
def create_sub_organization(new: NewSubOrganization, _view: View, world: World, made: MadeKeys | None) -> Outcome:
    """Create a sub-organization whose root users form its quorum; ``rootUserIds`` keep the order of the request.

    The activity and its votes belong to the parent. Sub-organizations cannot have sub-organizations. Login by e-mail
    and SMS is enabled in the new one unless the request disables it. It may begin with a wallet, or with private keys
    where the version has them: all of it or nothing.
    Errors: called by a sub-organization, no root users, a threshold they cannot meet, a bad name, e-mail, phone number
    or key, a root user without a lasting credential, what may be wrong with a wallet or private keys (400), tags on
    those keys (404), too many users (429), features that are not here yet (501).
    Source: Turnkey API reference, create_sub_organization; Turnkey docs, sub-organizations.
    """
    if made is None:
        result = CreateSubOrganizationResultV8(sub_organization_id=new.id, root_user_ids=new.root_user_ids)
        return Outcome(result=result, new_organization=NewOrganization(id=new.id, changes=new.changes))
    rows = first_rows(new.keys, made, world)
    puts, secrets = rows.private_keys.rows, rows.private_keys.secrets
    wallet = None
    if rows.wallet is not None:
        puts, secrets = (*rows.wallet.rows, *puts), (*rows.wallet.secrets, *secrets)
        wallet = WalletResult(wallet_id=rows.wallet.wallet.id, addresses=rows.wallet.addresses)
    return Outcome(
        result=SubOrganizationWithKeysResult(
            sub_organization_id=made.organization_id,
            wallet=wallet,
            root_user_ids=new.root_user_ids,
            private_keys=rows.private_keys.results,
        ),
        new_organization=NewOrganization(id=made.organization_id, changes=new.changes, rows=puts),
        secrets=secrets,
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
        "verificationToken": intent.verification_token,
        "clientSignature": intent.client_signature,
    }
    for field, value in absent.items():
        if value is not None:
            raise NotImplementedHere(f"`{field}` of create_sub_organization is not implemented")
