"""A large transaction is read once, before its decision, for which all other writes would wait."""

from __future__ import annotations

from typing import Any

import pytest

import bitcoin_samples as samples
from composed import ComposedServer
from counterseal.chains import bitcoin
from counterseal.chains.bitcoin.psbt import INPUTS_MAX, OUTPUTS_MAX
from counterseal.engine.decide.submit import Submitter
from wallet_samples import key


def largest() -> str:
    """A PSBT of as many inputs and outputs as there may be, none of them the signer's."""
    salts = range(INPUTS_MAX)
    spent = [samples.spending(samples.outpoint(samples.previous(samples.P2PKH, salt=at))) for at in salts]
    outputs = [samples.output(samples.OTHER, 5)] * OUTPUTS_MAX
    maps = [samples.proven(samples.P2PKH, salt=at) for at in salts]
    return samples.psbt(samples.transaction(spent, outputs), *maps, outputs=OUTPUTS_MAX).hex()


async def test_it_is_read_once_and_before(server: ComposedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = [key("k", "BITCOIN_MAINNET_P2WPKH")]
    made = (await server.submit("CREATE_PRIVATE_KEYS_V2", {"privateKeys": keys})).result
    order: list[str] = []
    parse, submit = bitcoin.parse_transaction, Submitter.submit

    def reading(*given: Any, **more: Any) -> Any:
        order.append("read")
        return parse(*given, **more)

    async def deciding(*given: Any) -> Any:
        order.append("decided")
        return await submit(*given)

    monkeypatch.setattr(bitcoin, "parse_transaction", reading)
    monkeypatch.setattr(Submitter, "submit", deciding)
    parameters = {
        "signWith": made["privateKeys"][0]["privateKeyId"],
        "unsignedTransaction": largest(),
        "type": "TRANSACTION_TYPE_BITCOIN",
    }
    reply = await server.submit("SIGN_TRANSACTION_V2", parameters)
    assert "no input of it is the signer's to sign" in reply.json["message"]
    assert order == ["read", "decided"]


async def test_what_is_wrong_with_it_is_told_by_the_decision(server: ComposedServer) -> None:
    keys = [key("k", "BITCOIN_MAINNET_P2WPKH")]
    made = (await server.submit("CREATE_PRIVATE_KEYS_V2", {"privateKeys": keys})).result
    parameters = {
        "signWith": made["privateKeys"][0]["privateKeyId"],
        "unsignedTransaction": largest()[:-2],
        "type": "TRANSACTION_TYPE_BITCOIN",
    }
    reply = await server.submit("SIGN_TRANSACTION_V2", parameters)
    assert reply.status == 400
    assert "failed to pre-parse Bitcoin transaction" in reply.json["message"]
