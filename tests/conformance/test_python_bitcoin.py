"""The official Python client, unmodified: PSBTs are signed, made final by bitcoinjs, and pass Bitcoin's rules."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from turnkey_sdk_types import CreateWalletBody, GetWalletAccountBody, SignTransactionBody

import bitcoin_samples as samples
from bitcoin_consensus import spends
from conformance.members import Member, new_organization
from conformance.test_python_wallets import account, refused
from counterseal.chains.bitcoin.address import p2pkh_script, p2tr_script, p2wpkh_script

ORACLES = Path(__file__).parents[1] / "oracles"
SCRIPTS = {
    "BITCOIN_MAINNET_P2PKH": p2pkh_script,
    "BITCOIN_TESTNET_P2WPKH": p2wpkh_script,
    "BITCOIN_MAINNET_P2TR": p2tr_script,
}


@pytest.fixture(scope="module")
def owner(python_server) -> Member:
    """The only root user of an organization that this module shares."""
    return new_organization(python_server)[0]


def new_account(owner: Member, address_format: str) -> tuple[str, bytes]:
    """The address of a new wallet's account, and its public key, compressed."""
    body = CreateWalletBody(walletName=address_format, accounts=[account("m/84'/0'/0'/0/0", address_format)])
    made = owner.client.create_wallet(body)
    shown = GetWalletAccountBody(walletId=made.walletId, address=made.addresses[0])
    return made.addresses[0], bytes.fromhex(owner.client.get_wallet_account(shown).account.publicKey)


def psbt_of(script: bytes, internal_key: bytes) -> tuple[bytes, list[tuple[bytes, int]]]:
    """A PSBT that spends two coins of ``script``, and the coins."""
    coins = [(script, samples.VALUE + salt) for salt in range(2)]
    spent = [samples.previous(script, value, salt=salt) for salt, (_, value) in enumerate(coins)]
    unsigned = samples.transaction(
        [samples.spending(samples.outpoint(each)) for each in spent], [samples.output(samples.OTHER, samples.VALUE)]
    )
    maps = [samples.proven(script, value, salt=salt) for salt, (_, value) in enumerate(coins)]
    if script.startswith(b"\x51\x20"):  # bitcoinjs wants Taproot's internal key to verify
        maps = [[*each, samples.record(b"\x17", internal_key)] for each in maps]
    return samples.psbt(unsigned, *maps, outputs=1), coins


def made_final(psbt: str) -> bytes:
    """The transaction, once bitcoinjs has found that all signatures hold."""
    done = subprocess.run(
        ["node", "transactions.mjs"],
        cwd=ORACLES,
        input=json.dumps({"psbt": psbt}),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return bytes.fromhex(json.loads(done.stdout)["final"])


@pytest.mark.parametrize("address_format", SCRIPTS)
def test_a_psbt_is_signed_made_final_and_may_be_spent(owner, address_format):
    address, key = new_account(owner, address_format)
    psbt, coins = psbt_of(SCRIPTS[address_format](key), key[1:])
    body = SignTransactionBody(signWith=address, unsignedTransaction=psbt.hex(), type="TRANSACTION_TYPE_BITCOIN")
    final = made_final(owner.client.sign_transaction(body).signedTransaction)
    assert spends(final, coins)
    assert not spends(final, [(samples.P2TR, value) for _, value in coins])


def test_a_psbt_without_an_input_of_the_signers_is_refused(owner):
    address, _ = new_account(owner, "BITCOIN_MAINNET_P2WPKH")
    psbt, _ = psbt_of(samples.P2WPKH, samples.KEY[1:])
    body = SignTransactionBody(signWith=address, unsignedTransaction=psbt.hex(), type="TRANSACTION_TYPE_BITCOIN")
    refused(owner.client.sign_transaction, body, 400, "")
