"""DELETE_SECRETS: secrets go, and their texts are erased."""

from __future__ import annotations

from counterseal.activities.needs import Reading
from counterseal.activities.registry import Checked, Outcome, activity
from counterseal.activities.secrets.properties import by_id, refuse_number, seen_of, the_secret
from counterseal.contract.rules import uuids
from counterseal.contract.shapes import DeleteSecretsIntent, DeleteSecretsResult
from counterseal.keystore import Keystore
from counterseal.organizations import Removed, Secret, View
from counterseal.store import RowKey, SealedRow
from counterseal.world import World

_FIELD = "parameters.secretIds"


def the_named(intent: DeleteSecretsIntent, _view: View) -> Reading:
    """Each secret that is to go."""
    yield _asked(intent)


def check_secrets(intent: DeleteSecretsIntent, view: View, _world: World) -> Checked:
    """The secrets, and what policies see of each."""
    secrets = [the_secret(asked, view) for asked in _asked(intent)]
    return seen_of(secrets, secrets)


@activity("DELETE_SECRETS", needs=the_named, check=check_secrets, tells_policies=True)
def delete_secrets(secrets: list[Secret], view: View, _world: World, _keystore: Keystore) -> Outcome:
    """Remove secrets: all of them or none.

    Errors: an empty list, too many, a secret named twice (400), an unknown secret (404).
    Source: docs/divergences.md; the service's npm packages name the kind.
    """
    id_ = view.organization.id
    return Outcome(
        result=DeleteSecretsResult(secret_ids=[each.id for each in secrets]),
        rows=tuple(Removed(row=each) for each in secrets),
        secrets=tuple(SealedRow(organization_id=id_, id=each.id, sealed=None) for each in secrets),
    )


def _asked(intent: DeleteSecretsIntent) -> list[RowKey]:
    refuse_number(intent.secret_ids, _FIELD)
    return [by_id(id_) for id_ in uuids(intent.secret_ids, _FIELD)]
