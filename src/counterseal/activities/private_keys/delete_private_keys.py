"""DELETE_PRIVATE_KEYS: keys are destroyed."""

from __future__ import annotations

from counterseal.activities.deletion import found_of, keys_of, not_exported
from counterseal.activities.needs import Reading
from counterseal.activities.private_keys.facts import facts_of_private_keys
from counterseal.activities.registry import Checked, Outcome, activity
from counterseal.contract.shapes import DeletePrivateKeysIntent, DeletePrivateKeysResult
from counterseal.keystore import Keystore
from counterseal.organizations import PrivateKey, Removed, View
from counterseal.store import RowKey, SealedRow
from counterseal.world import World


def the_named(intent: DeletePrivateKeysIntent, _view: View) -> Reading:
    """Each key that is to go."""
    yield _keys(intent)


def check_keys(intent: DeletePrivateKeysIntent, view: View, _world: World) -> Checked:
    """The keys, all of which may go."""
    private_keys = found_of(_keys(intent), PrivateKey, view, what="private key")
    if not intent.delete_without_export:
        refuse_unexported(private_keys)
    return Checked(private_keys, facts=facts_of_private_keys(private_keys))


def refuse_unexported(private_keys: list[PrivateKey]) -> None:
    """Raise InvalidRequest if one is nowhere else."""
    for private_key in private_keys:
        if not private_key.exported:
            raise not_exported("private key", private_key.id)


@activity("DELETE_PRIVATE_KEYS", needs=the_named, check=check_keys, tells_policies=True)
def delete_private_keys(private_keys: list[PrivateKey], view: View, _world: World, _keystore: Keystore) -> Outcome:
    """Delete private keys, all or none; their names are free again.

    Errors (400): an empty list, more than 100, an id that is no UUID or comes twice, one that is no private key of the
    organization, a key that was not exported without ``deleteWithoutExport``.
    Source: Turnkey API reference, delete_private_keys.
    """
    ids = [each.id for each in private_keys]
    return Outcome(
        result=DeletePrivateKeysResult(private_key_ids=ids),
        rows=tuple(Removed(row=each) for each in private_keys),
        secrets=tuple(SealedRow(organization_id=view.organization.id, id=id_, sealed=None) for id_ in ids),
    )


def _keys(intent: DeletePrivateKeysIntent) -> list[RowKey]:
    return keys_of(intent.private_key_ids, PrivateKey, what="private key", field="parameters.privateKeyIds")
