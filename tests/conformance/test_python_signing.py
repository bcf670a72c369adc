"""The official Python client, unmodified: what it has signed is verified by the chains' libraries and carried out."""

from __future__ import annotations

import json
from base64 import b64encode

import pytest
import rlp
from eth_account import Account
from eth_account.messages import SignableMessage, encode_defunct, encode_typed_data
from eth_keys.datatypes import Signature
from eth_utils import keccak
from solders.hash import Hash
from solders.keypair import Keypair
from solders.message import Message
from solders.pubkey import Pubkey
from solders.signature import Signature as SolanaSignature
from solders.system_program import TransferParams, transfer
from solders.transaction import Transaction
from turnkey_sdk_types import (
    CreatePolicyBody,
    CreateWalletBody,
    SignRawPayloadBody,
    SignRawPayloadsBody,
    SignTransactionBody,
    TurnkeyActivityConsensusNeededError,
    TurnkeyNetworkError,
)

from conformance.chains.rpc import call
from conformance.members import Member, new_organization, new_user
from conformance.test_python_wallets import ETHEREUM, SOLANA, refused

TYPED_DATA = {
    "types": {
        "EIP712Domain": [{"name": "name", "type": "string"}, {"name": "chainId", "type": "uint256"}],
        "Mail": [{"name": "to", "type": "address[]"}, {"name": "amount", "type": "int64"}],
    },
    "domain": {"name": "Post", "chainId": 1},
    "primaryType": "Mail",
    "message": {"to": ["0x" + "ab" * 20], "amount": -5},
}
NOTHING = "Could not find any resource to sign with"


@pytest.fixture(scope="module")
def owner(python_server) -> Member:
    """The only root user of an organization that this module shares."""
    return new_organization(python_server)[0]


@pytest.fixture(scope="module")
def addresses(owner) -> tuple[str, str]:
    """Of its wallet's account on Ethereum, and of the one on Solana."""
    made = owner.client.create_wallet(CreateWalletBody(walletName="wallet", accounts=[ETHEREUM, SOLANA]))
    ethereum, solana = made.addresses
    return ethereum, solana


def payload(sign_with: str, text: str, *, encoding: str = "HEXADECIMAL", hash_function: str = "NO_OP"):
    return SignRawPayloadBody(
        signWith=sign_with,
        payload=text,
        encoding=f"PAYLOAD_ENCODING_{encoding}",
        hashFunction=f"HASH_FUNCTION_{hash_function}",
    )


def transaction(sign_with: str, unsigned: bytes, kind: str = "ETHEREUM"):
    return SignTransactionBody(signWith=sign_with, unsignedTransaction=unsigned.hex(), type=f"TRANSACTION_TYPE_{kind}")


def digest_of(message: SignableMessage) -> bytes:
    """What a wallet signs of a message (EIP-191)."""
    return keccak(b"\x19" + message.version + message.header + message.body)


def signer_of(signed, digest: bytes) -> str:
    """The Ethereum address whose signature it is."""
    parts = Signature(vrs=(int(signed.v, 16), int(signed.r, 16), int(signed.s, 16)))
    return parts.recover_public_key_from_msg_hash(digest).to_checksum_address()


def test_texts_digests_and_typed_data_are_signed(owner, addresses):
    address, _ = addresses
    message = encode_defunct(text="Hello ✓")
    digest = digest_of(message)
    assert signer_of(owner.client.sign_raw_payload(payload(address, digest.hex())), digest) == address
    text = payload(address, "Hello ✓", encoding="TEXT_UTF8", hash_function="KECCAK256")
    assert signer_of(owner.client.sign_raw_payload(text), keccak(text="Hello ✓")) == address
    typed = payload(address, json.dumps(TYPED_DATA), encoding="EIP712")
    digest = digest_of(encode_typed_data(full_message=TYPED_DATA))
    assert signer_of(owner.client.sign_raw_payload(typed), digest) == address


def test_several_payloads_are_signed_in_order(owner, addresses):
    _, address = addresses
    texts = [b"one", b"two"]
    body = SignRawPayloadsBody(
        signWith=address,
        payloads=[text.hex() for text in texts],
        encoding="PAYLOAD_ENCODING_HEXADECIMAL",
        hashFunction="HASH_FUNCTION_NOT_APPLICABLE",
    )
    signatures = owner.client.sign_raw_payloads(body).signatures
    for text, each in zip(texts, signatures, strict=True):
        assert SolanaSignature(bytes.fromhex(each.r + each.s)).verify(Pubkey.from_string(address), text)


def unsigned_transfer(to: str, *, chain_id: int = 31337, nonce: int = 0, value: int = 5) -> bytes:
    """EIP-1559: chain, nonce, both fees, gas, receiver, value, data, access list."""
    return b"\2" + rlp.encode([chain_id, nonce, 10**9, 10**11, 21_000, bytes.fromhex(to[2:]), value, b"", []])


def test_a_transaction_of_ethereum_is_carried_out(owner, addresses, chains):
    address, node, receiver = addresses[0], chains["ethereum"], Account.create().address
    call(node, "anvil_setBalance", address, hex(10**18))
    nonce = int(call(node, "eth_getTransactionCount", address, "latest")["result"], 16)
    signed = owner.client.sign_transaction(transaction(address, unsigned_transfer(receiver, nonce=nonce)))
    assert Account.recover_transaction(signed.signedTransaction) == address
    sent = call(node, "eth_sendRawTransactionSync", f"0x{signed.signedTransaction}")
    assert sent["result"]["status"] == "0x1"
    assert int(call(node, "eth_getBalance", receiver, "latest")["result"], 16) == 5


def test_a_transaction_of_solana_is_carried_out(owner, addresses, chains):
    address, bank, receiver = Pubkey.from_string(addresses[1]), chains["solana"], Keypair().pubkey()
    call(bank, "requestAirdrop", str(address), 10**9)
    latest = Hash.from_string(call(bank, "getLatestBlockhash")["result"]["value"]["blockhash"])
    moved = transfer(TransferParams(from_pubkey=address, to_pubkey=receiver, lamports=10**7))
    unsigned = Transaction.new_unsigned(Message.new_with_blockhash([moved], address, latest))
    signed = owner.client.sign_transaction(transaction(str(address), bytes(unsigned), "SOLANA"))
    sent = b64encode(bytes.fromhex(signed.signedTransaction)).decode()
    assert "error" not in call(bank, "sendTransaction", sent, {"encoding": "base64"})
    assert call(bank, "getBalance", str(receiver))["result"]["value"] == 10**7


def test_whoever_may_sign_to_one_address_signs_to_no_other(owner, addresses):
    """The reason that the client is given names the policy."""
    address, allowed = addresses[0], Account.create().address
    agent = new_user(owner)
    policy = CreatePolicyBody(
        policyName="one address",
        effect="EFFECT_ALLOW",
        consensus=f"approvers.any(user, user.id == '{agent.user_id}')",
        condition=f"activity.action == 'SIGN' && eth.tx.to == '{allowed}' && eth.tx.value <= 5",
        notes="",
    )
    owner.client.create_policy(policy)
    signed = agent.client.sign_transaction(transaction(address, unsigned_transfer(allowed)))
    assert Account.recover_transaction(signed.signedTransaction) == address
    for other in (unsigned_transfer(Account.create().address), unsigned_transfer(allowed, value=6)):
        refused(agent.client.sign_transaction, transaction(address, other), 403, "")
    refused(agent.client.sign_raw_payload, payload(address, "11" * 32), 403, "")


def test_what_needs_consensus_waits(owner, addresses):
    member = new_user(owner)
    both = " && ".join(f"approvers.any(user, user.id == '{each}')" for each in (member.user_id, owner.user_id))
    policy = CreatePolicyBody(
        policyName="two", effect="EFFECT_ALLOW", consensus=both, condition="activity.action == 'SIGN'", notes=""
    )
    owner.client.create_policy(policy)
    with pytest.raises(TurnkeyActivityConsensusNeededError):
        member.client.sign_raw_payload(payload(addresses[0], "22" * 32))


def test_what_is_unknown_or_not_understood_is_refused(owner, addresses):
    ethereum, solana = addresses
    refused(owner.client.sign_raw_payload, payload(Account.create().address, "11" * 32), 404, NOTHING)
    refused(owner.client.sign_raw_payload, payload(ethereum, "11"), 400, "32")
    refused(owner.client.sign_transaction, transaction(ethereum, b"\2\xc0"), 400, "failed to pre-parse Ethereum")
    refused(owner.client.sign_transaction, transaction(solana, b"\1", "SOLANA"), 400, "failed to pre-parse Solana")
    refused(owner.client.sign_transaction, transaction(solana, unsigned_transfer(ethereum)), 400, "")
    with pytest.raises(TurnkeyNetworkError):
        owner.client.sign_transaction(transaction(ethereum, unsigned_transfer(ethereum) + b"\0"))
