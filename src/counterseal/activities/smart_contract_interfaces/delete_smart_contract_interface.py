"""DELETE_SMART_CONTRACT_INTERFACE: policies do not see any more what calls of a contract say."""

from __future__ import annotations

from counterseal.activities.needs import Reading
from counterseal.activities.registry import Outcome, activity
from counterseal.contract.errors import NotFound
from counterseal.contract.rules import uuid
from counterseal.contract.shapes import DeleteSmartContractInterfaceIntent, DeleteSmartContractInterfaceResult
from counterseal.organizations import InterfaceText, Removed, SmartContractInterface, View
from counterseal.store import RowKey
from counterseal.world import World


def it_and_its_text(intent: DeleteSmartContractInterfaceIntent, _view: View) -> Reading:
    """Both rows of it."""
    yield _rows(intent)


@activity("DELETE_SMART_CONTRACT_INTERFACE", needs=it_and_its_text)
def delete_smart_contract_interface(intent: DeleteSmartContractInterfaceIntent, view: View, _world: World) -> Outcome:
    """Remove an interface. Another one may be uploaded for the contract then.

    Errors: an id that is no UUID (400), an unknown interface (404).
    Source: Turnkey API reference, delete_smart_contract_interface.
    """
    gone = [row for asked in _rows(intent) for row in view.rows[asked]]
    if not gone:
        id_ = intent.smart_contract_interface_id
        raise NotFound(f"unable to find smart contract interface {id_} in organization {view.organization.id}")
    return Outcome(
        result=DeleteSmartContractInterfaceResult(smart_contract_interface_id=gone[0].id),
        rows=tuple(Removed(row=row) for row in gone),
    )


def _rows(intent: DeleteSmartContractInterfaceIntent) -> list[RowKey]:
    id_ = uuid(intent.smart_contract_interface_id, "smartContractInterfaceId")
    return [RowKey(kind=kind, value=id_) for kind in (SmartContractInterface, InterfaceText)]
