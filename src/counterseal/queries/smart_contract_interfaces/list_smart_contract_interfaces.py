"""list_smart_contract_interfaces: every interface of the organization."""

from __future__ import annotations

from counterseal.contract.shapes import GetSmartContractInterfacesRequest
from counterseal.organizations import INTERFACES_MAX, SmartContractInterface
from counterseal.queries.pieces import array_of, joined
from counterseal.queries.registry import QueryContext, query
from counterseal.queries.smart_contract_interfaces.shown import shown


@query("list_smart_contract_interfaces")
async def list_smart_contract_interfaces(_request: GetSmartContractInterfacesRequest, context: QueryContext) -> bytes:
    """All interfaces with their texts, oldest first, without pages: there are at most 100.

    One that is deleted meanwhile is left out.
    Source: Turnkey API reference, list_smart_contract_interfaces.
    """
    interfaces = await context.reader.all_of(SmartContractInterface, at_most=INTERFACES_MAX)
    found = [parts for each in interfaces if (parts := await shown(each, context)) is not None]
    return await joined([b'{"smartContractInterfaces":', *array_of(found), b"}"])
