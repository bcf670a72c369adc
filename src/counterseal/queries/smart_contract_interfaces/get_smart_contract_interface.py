"""get_smart_contract_interface: one interface by its id."""

from __future__ import annotations

from counterseal.contract.errors import NotFound
from counterseal.contract.rules import uuid
from counterseal.contract.shapes import GetSmartContractInterfaceRequest
from counterseal.organizations import SmartContractInterface
from counterseal.queries.pieces import joined
from counterseal.queries.registry import QueryContext, query
from counterseal.queries.smart_contract_interfaces.shown import shown


@query("get_smart_contract_interface")
async def get_smart_contract_interface(request: GetSmartContractInterfaceRequest, context: QueryContext) -> bytes:
    """Errors: an id that is no UUID (400), an unknown interface (404).

    Source: Turnkey API reference, get_smart_contract_interface.
    """
    id_ = uuid(request.smart_contract_interface_id, "smartContractInterfaceId")
    interface = await context.reader.row(SmartContractInterface, id_)
    parts = None if interface is None else await shown(interface, context)
    if parts is None:
        raise NotFound(f"unable to find smart contract interface {id_} in organization {context.organization.id}")
    return await joined([b'{"smartContractInterface":', *parts, b"}"])
