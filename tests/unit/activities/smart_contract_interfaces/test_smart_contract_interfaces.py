"""CREATE_ and DELETE_SMART_CONTRACT_INTERFACE, get and list."""

from __future__ import annotations

import asyncio
import json
from hashlib import sha256
from typing import Any

import pytest

import sample
from composed import Actor, ComposedServer, Reply
from counterseal.activities import Outcome, look_ahead, unit_of
from counterseal.activities.smart_contract_interfaces import reading
from counterseal.chains.interface_text import INTERFACE_CHARACTERS_MAX
from counterseal.contract.errors import InvalidRequest, LimitExceeded
from counterseal.contract.shapes import CreateSmartContractInterfaceIntent, SmartContractInterfaceType
from counterseal.organizations import INTERFACES_BYTES_MAX, INTERFACES_MAX, STRICT, Row, SmartContractInterface, View
from office import Office, status_of
from rows_at_hand import supply

NOBODY = "00000000-0000-4000-8000-0000000000ff"
WETH = "0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2"
PROGRAM = "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA"
TRANSFER = {
    "type": "function",
    "name": "transfer",
    "inputs": [{"name": "dst", "type": "address"}, {"name": "wad", "type": "uint256"}],
}
ABI = json.dumps([TRANSFER])
IDL = json.dumps({"instructions": [{"name": "go", "accounts": [], "args": []}], "types": []})
ETHEREUM, SOLANA = SmartContractInterfaceType.ETHEREUM.value, SmartContractInterfaceType.SOLANA.value


def parameters(**more: Any) -> dict[str, Any]:
    given = {"smartContractAddress": WETH, "smartContractInterface": ABI, "type": ETHEREUM, "label": "WETH"}
    return given | more


async def create(server: ComposedServer, *, by: Actor | None = None, **more: Any) -> Reply:
    return await server.submit("CREATE_SMART_CONTRACT_INTERFACE", parameters(**more), by=by)


async def make(server: ComposedServer, **more: Any) -> str:
    id_: str = (await create(server, **more)).result["smartContractInterfaceId"]
    return id_


async def listed(server: ComposedServer, **asked: Any) -> list[dict[str, Any]]:
    reply = await server.query("list_smart_contract_interfaces", **asked)
    found: list[dict[str, Any]] = reply.json["smartContractInterfaces"]
    return found


async def delete(server: ComposedServer, id_: str, *, by: Actor | None = None) -> Reply:
    return await server.submit("DELETE_SMART_CONTRACT_INTERFACE", {"smartContractInterfaceId": id_}, by=by)


async def test_an_interface_lives(server: ComposedServer) -> None:
    notes = 'why: "of Ethereum"\nand more'
    text = json.dumps([TRANSFER | {"devdoc": "\N{GRINNING FACE}"}], indent=1, ensure_ascii=False)
    id_ = await make(server, notes=notes, smartContractInterface=text)
    (found,) = await listed(server)
    assert set(found.pop("createdAt")) == set(found.pop("updatedAt")) == {"seconds", "nanos"}
    assert found == {
        "organizationId": server.root.organization_id,
        "smartContractInterfaceId": id_,
        "smartContractAddress": WETH,
        "smartContractInterface": text,
        "type": ETHEREUM,
        "label": "WETH",
        "notes": notes,
    }
    data = (await server.query("get_organization")).json["organizationData"]
    digest = sha256(text.encode()).hexdigest()
    reference = {"smartContractInterfaceId": id_, "smartContractAddress": WETH, "digest": digest}
    assert data["smartContractInterfaceReferences"] == [reference]
    await server.restart()
    reply = await server.query("get_smart_contract_interface", smartContractInterfaceId=id_.upper())
    assert reply.json["smartContractInterface"].items() >= found.items()
    reply = await delete(server, id_)
    assert reply.result == {"smartContractInterfaceId": id_}
    assert await listed(server) == []
    assert (await server.query("get_smart_contract_interface", smartContractInterfaceId=id_)).error == (404, 5, "")
    assert await make(server) != id_, "the contract may have another one now"


async def test_notes_are_always_there(server: ComposedServer) -> None:
    await make(server)
    (found,) = await listed(server)
    assert found["notes"] == ""


@pytest.mark.parametrize(
    ("first", "second", "is_taken"),
    [
        ({}, {"smartContractAddress": WETH.lower()}, True),
        ({}, {"smartContractAddress": "0x" + "11" * 20}, False),
        ({}, {"smartContractAddress": PROGRAM, "type": SOLANA, "smartContractInterface": IDL}, False),
    ],
)
async def test_a_contract_has_one_interface(
    server: ComposedServer, first: dict[str, Any], second: dict[str, Any], *, is_taken: bool
) -> None:
    id_ = await make(server, **first)
    reply = await create(server, **second)
    assert reply.status == (409 if is_taken else 200)
    if is_taken:
        assert reply.error == (409, 6, "")
        assert reply.message == f"smart contract `{WETH.lower()}` has an interface already: {id_}"
    (child,) = await server.add_sub_organization("child")
    assert (await create(server, by=child)).status == 200, "a sub-organization has its own"


async def test_of_many_at_once_one_is_kept(server: ComposedServer) -> None:
    replies = await asyncio.gather(*(create(server, label=f"label {at}") for at in range(6)))
    assert sorted(reply.status for reply in replies) == [200] + [409] * 5
    assert len(await listed(server)) == 1


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no label": ({"label": ""}, "invalid request body: expected 1 to 255 characters, got 0 at `label`"),
    "notes": ({"notes": "\x00"}, "invalid request body: "),
    "long notes": ({"notes": "a" * 4097}, "invalid request body: expected at most 4096 characters, got 4097 at"),
    "address": ({"smartContractAddress": WETH[2:]}, "invalid smart contract address `C02aaA39b223FE8D0A0e5C4F27eAD"),
    "address of Solana": ({"type": SOLANA, "smartContractInterface": IDL}, "invalid smart contract address `0xC02a"),
    "31 bytes": ({"smartContractAddress": "1" * 33, "type": SOLANA}, "invalid smart contract address `111111111111"),
    "an IDL": ({"smartContractInterface": IDL}, "invalid smart contract interface: expected an array, as compilers"),
    "an ABI": (
        {"smartContractAddress": PROGRAM, "type": SOLANA},
        "invalid smart contract interface: expected an object with instructions and types, as Anchor writes it",
    ),
    "no JSON": ({"smartContractInterface": ""}, "invalid smart contract interface: expected JSON"),
    "long": (
        {"smartContractInterface": "[" + " " * INTERFACE_CHARACTERS_MAX + "]"},
        "invalid smart contract interface: 400002 characters, expected at most 400000",
    ),
}


@pytest.mark.parametrize(("given", "message"), REFUSED.values(), ids=REFUSED)
async def test_refusals(server: ComposedServer, given: dict[str, Any], message: str) -> None:
    reply = await create(server, **given)
    assert reply.error == (400, 3, "REQUEST_INVALID")
    assert reply.message.startswith(message)
    assert await listed(server) == []


async def test_unknown_ids(server: ComposedServer) -> None:
    (child,) = await server.add_sub_organization("child")
    foreign = await make(server, by=child)
    for id_, status in ((NOBODY, 404), (foreign, 404), ("x", 400)):
        assert (await delete(server, id_)).status == status
        reply = await server.query("get_smart_contract_interface", smartContractInterfaceId=id_)
        assert reply.status == status
    below = await listed(server, organizationId=child.organization_id)
    assert [each["smartContractInterfaceId"] for each in below] == [foreign], "a parent reads below"


async def test_the_longest_interface_is_taken_and_shown(server: ComposedServer) -> None:
    entries = [TRANSFER | {"name": f"f{at}"} for at in range(1990)]
    text = json.dumps(entries).ljust(INTERFACE_CHARACTERS_MAX)
    await make(server, smartContractInterface=text)
    (found,) = await listed(server)
    assert found["smartContractInterface"] == text


def carried_out(intent: CreateSmartContractInterfaceIntent, *rows: Row) -> Outcome:
    unit = unit_of("CREATE_SMART_CONTRACT_INTERFACE")
    assert unit is not None
    view = View(sample.organization(sample.user()), initiator_id=sample.uuid(1))
    supply(unit, intent, view, *rows)
    outcome: Outcome = unit.check(intent, view, sample.world()).found
    return outcome


def intent_of(text: str = ABI) -> CreateSmartContractInterfaceIntent:
    return CreateSmartContractInterfaceIntent(
        smart_contract_address=WETH,
        smart_contract_interface=text,
        type=SmartContractInterfaceType.ETHEREUM,
        label="WETH",
    )


def other(number: int, size: int = 1) -> SmartContractInterface:
    return SmartContractInterface(
        id=sample.uuid(number),
        address=f"0x{number:040x}",
        type=SmartContractInterfaceType.ETHEREUM,
        label="other",
        bytes=size,
        digest="00" * 32,
        created_ms=0,
    )


def test_limits_in_number_and_in_all() -> None:
    with pytest.raises(LimitExceeded, match="at most 100 are allowed"):
        carried_out(intent_of(), *map(other, range(1, INTERFACES_MAX + 1)))
    assert carried_out(intent_of(), *map(other, range(1, INTERFACES_MAX))).rows
    with pytest.raises(LimitExceeded, match="all together would have 16777217 bytes, at most 16777216"):
        carried_out(intent_of(), other(1, INTERFACES_BYTES_MAX - len(ABI) + 1))
    assert carried_out(intent_of(), other(1, INTERFACES_BYTES_MAX - len(ABI))).rows


@pytest.mark.parametrize("text", [ABI, "[5]"])
def test_what_was_read_ahead_is_not_read_again(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    held = list(look_ahead(intent_of(text), STRICT))
    monkeypatch.setattr(reading, "_READERS", {})
    if text == ABI:
        assert carried_out(intent_of(text)).rows
    else:
        with pytest.raises(InvalidRequest, match="expected an object"):
            carried_out(intent_of(text))
    assert held
    del held
    with pytest.raises(KeyError):
        carried_out(intent_of(text))


async def test_policies_decide_by_resource(office: Office) -> None:
    server = office.server
    assert (await create(server, by=office.ann)).status == 403
    await office.allow("activity.resource == 'SMART_CONTRACT_INTERFACE' && activity.action == 'CREATE'")
    reply = await create(server, by=office.ann)
    assert status_of(reply) == "COMPLETED"
    id_ = reply.result["smartContractInterfaceId"]
    assert (await delete(server, id_, by=office.ann)).status == 403
    await office.allow("activity.resource == 'SMART_CONTRACT_INTERFACE' && activity.action == 'DELETE'")
    assert status_of(await delete(server, id_, by=office.ann)) == "COMPLETED"
