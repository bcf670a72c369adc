"""The chains on this machine carry out what is signed rightly and nothing else: what other tests rest on."""

from __future__ import annotations

from base64 import b64encode

from eth_account import Account
from solders.hash import Hash
from solders.keypair import Keypair
from solders.message import Message
from solders.signature import Signature
from solders.system_program import TransferParams, transfer
from solders.transaction import Transaction

from conformance.chains.rpc import call


def test_the_node_of_ethereum(chains: dict[str, str]) -> None:
    node, account, receiver = chains["ethereum"], Account.create(), Account.create().address
    call(node, "anvil_setBalance", account.address, hex(10**18))
    fields = {"to": receiver, "value": 5, "gas": 21_000, "gasPrice": 2 * 10**9, "nonce": 0, "chainId": 31337}
    raw = account.sign_transaction(fields).raw_transaction
    spoilt = raw[:-1] + bytes((raw[-1] ^ 1,))  # the signature of somebody without ether
    assert "error" in call(node, "eth_sendRawTransaction", f"0x{spoilt.hex()}")
    assert call(node, "eth_sendRawTransactionSync", f"0x{raw.hex()}")["result"]["status"] == "0x1"
    assert int(call(node, "eth_getBalance", receiver, "latest")["result"], 16) == 5


def test_the_bank_of_solana(chains: dict[str, str]) -> None:
    bank, payer, receiver = chains["solana"], Keypair(), Keypair().pubkey()
    call(bank, "requestAirdrop", str(payer.pubkey()), 10**9)
    latest = Hash.from_string(call(bank, "getLatestBlockhash")["result"]["value"]["blockhash"])
    params = TransferParams(from_pubkey=payer.pubkey(), to_pubkey=receiver, lamports=10**7)
    signed = Transaction([payer], Message([transfer(params)], payer.pubkey()), latest)
    spoilt = Transaction.populate(signed.message, [Signature.new_unique()])
    for each, moved in ((spoilt, 0), (signed, 10**7)):
        answer = call(bank, "sendTransaction", b64encode(bytes(each)).decode(), {"encoding": "base64"})
        assert ("error" in answer) == (moved == 0)
        assert call(bank, "getBalance", str(receiver))["result"]["value"] == moved
