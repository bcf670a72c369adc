"""DELETE_SUB_ORGANIZATION: a sub-organization ends itself."""

from __future__ import annotations

from counterseal.activities.needs import AllOf, Reading
from counterseal.activities.private_keys.delete_private_keys import refuse_unexported as refuse_unexported_keys
from counterseal.activities.registry import Checked, Outcome, activity
from counterseal.activities.wallets.delete_wallets import (
    refuse_too_many_accounts,
    refuse_unexported,
    removed_wallets,
)
from counterseal.activities.wallets.new_wallets import ALL_WALLETS
from counterseal.contract.errors import InvalidRequest
from counterseal.contract.shapes import DeleteSubOrganizationIntent, DeleteSubOrganizationResult
from counterseal.keystore import Keystore
from counterseal.organizations import (
    PRIVATE_KEYS_MAX,
    ImportTarget,
    OrganizationDeleted,
    PrivateKey,
    RemovedAll,
    Secret,
    View,
    Wallet,
)
from counterseal.world import World

_ALL_KEYS = AllOf(kind=PrivateKey, at_most=PRIVATE_KEYS_MAX)


def everything_that_holds_keys(intent: DeleteSubOrganizationIntent, view: View) -> Reading:
    """All wallets and, if they have to be exported, all private keys."""
    if not view.organization.is_sub_organization:
        return
    yield [ALL_WALLETS] if intent.delete_without_export else [ALL_WALLETS, _ALL_KEYS]
    yield from refuse_too_many_accounts([*view.rows[ALL_WALLETS]], view)


def check_organization(intent: DeleteSubOrganizationIntent, view: View, _world: World) -> Checked:
    """The wallets that go with it."""
    organization = view.organization
    if not organization.is_sub_organization:
        raise InvalidRequest(f"organization {organization.id} is not a sub-organization: it cannot be deleted")
    wallets: list[Wallet] = [*view.rows[ALL_WALLETS]]
    if not intent.delete_without_export:
        refuse_unexported(wallets)
        refuse_unexported_keys([*view.rows[_ALL_KEYS]])
    return Checked(wallets)


@activity("DELETE_SUB_ORGANIZATION", needs=everything_that_holds_keys, check=check_organization)
def delete_sub_organization(wallets: list[Wallet], view: View, world: World, _keystore: Keystore) -> Outcome:
    """Remove all users, credentials, wallets, private keys and secrets; the parent reads the history for ever.

    Errors (400): an organization that is not a sub-organization, a wallet or private key that was not exported without
    ``deleteWithoutExport``, wallets with more than 10,000 accounts.
    Source: Turnkey docs, sub-organizations: only its own root users may delete it, never the parent.
    """
    organization_id = view.organization.id
    rows, secrets = removed_wallets(wallets, organization_id=organization_id)
    return Outcome(
        result=DeleteSubOrganizationResult(sub_organization_uuid=organization_id),
        changes=(OrganizationDeleted(deleted_ms=world.now_ms),),
        rows=(*rows, *(RemovedAll(kind=kind) for kind in (PrivateKey, ImportTarget, Secret))),
        secrets=secrets,
    )
