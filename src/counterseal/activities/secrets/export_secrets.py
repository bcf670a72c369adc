"""EXPORT_SECRETS: texts of secrets, sealed to the client."""

from __future__ import annotations

import msgspec

from counterseal.activities.needs import Reading, Sealed, secret_of
from counterseal.activities.registry import Checked, Outcome, activity
from counterseal.activities.secrets.properties import by_id, properties, refuse_number, seen_of, the_secret
from counterseal.activities.target_keys import target_key
from counterseal.contract.shapes import ExportSecretParams, ExportSecretsIntent, ExportSecretsResult
from counterseal.keystore import Keystore
from counterseal.keystore.exports import export_secret
from counterseal.organizations import Secret, View
from counterseal.world import World

_FIELD = "parameters.secrets"


class WantedText(msgspec.Struct, frozen=True, kw_only=True):
    """A secret that may leave, if policies say so. ``target`` is the point that it is sealed to."""

    secret: Secret
    sealed: bytes
    target: bytes


def the_named(intent: ExportSecretsIntent, _view: View) -> Reading:
    """The secrets, and their texts."""
    refuse_number(intent.secrets, _FIELD)
    asked = [by_id(each.secret_id) for each in intent.secrets]
    yield [*asked, *(Sealed(id=each.value) for each in asked)]


def check_export(intent: ExportSecretsIntent, view: View, _world: World) -> Checked:
    """Everything that can be wrong with the request, and what policies see of each secret."""
    refuse_number(intent.secrets, _FIELD)
    wanted = [_wanted(params, f"{_FIELD}[{at}]", view) for at, params in enumerate(intent.secrets)]
    return seen_of(wanted, [each.secret for each in wanted])


@activity("EXPORT_SECRETS", needs=the_named, check=check_export, tells_policies=True)
def export_secrets(wanted: list[WantedText], view: View, _world: World, keystore: Keystore) -> Outcome:
    """Seal texts to target keys: all or none, in the order of the request.

    Errors: none or too many, a target that is no point of P-256 (400), an unknown secret (404).
    Source: Turnkey API reference, export_secrets; Turnkey docs, secrets.
    """
    id_ = view.organization.id
    payloads = [export_secret(keystore, id_, each.secret.id, each.sealed, each.target) for each in wanted]
    return Outcome(result=ExportSecretsResult(secret_payloads=payloads))


def _wanted(params: ExportSecretParams, field: str, view: View) -> WantedText:
    target = target_key(params.target_public_key)
    properties(params.request_context, f"{field}.requestContext")
    secret = the_secret(by_id(params.secret_id), view)
    return WantedText(secret=secret, sealed=secret_of(secret.id, view), target=target)
