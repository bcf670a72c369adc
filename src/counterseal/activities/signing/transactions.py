"""Transactions of each chain: read once, what policies see of them for a signer, what is signed, and the signed whole.

Sources: Turnkey docs, networks pages, policy language; the chains' own are in ``counterseal.chains``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, TypeAlias

import msgspec

from counterseal.activities.signing.interfaces import Interface
from counterseal.activities.signing.signer import Signer
from counterseal.chains import bitcoin, ethereum, solana, tempo, tron
from counterseal.chains.ethereum import ContractInterface
from counterseal.chains.refusal import transaction_bytes
from counterseal.chains.solana import ProgramInterface
from counterseal.contract.errors import InvalidRequest
from counterseal.contract.shapes import AddressFormat, SmartContractInterfaceType, TransactionType
from counterseal.crypto.signing import Scheme, Signature
from counterseal.organizations import SigningRules

Interfaces: TypeAlias = Mapping[str, Interface]
"""By the addresses of contracts or programs."""


class Prepared(msgspec.Struct, frozen=True, kw_only=True):
    """``facts`` by keyword, each message with how it is signed, what makes the signed whole of the signatures, and what
    says in words what the transaction does.
    """

    facts: dict[str, Any]
    messages: tuple[tuple[Scheme, bytes], ...]
    whole: Callable[[Sequence[Signature]], bytes]
    in_words: Callable[[], str]


class Chain(msgspec.Struct, frozen=True):
    """How one chain's transactions are read and prepared. ``contracts`` are those whose interfaces explain calls."""

    scheme: Scheme
    read: Callable[[str, SigningRules], Any]
    prepare: Callable[[Any, Signer, Mapping[str, Interface]], Prepared]
    interface_type: SmartContractInterfaceType | None = None
    contracts: Callable[[Any], Iterable[str]] = lambda _transaction: ()


def check_signer(chain: Chain, signer: Signer) -> None:
    """Raise InvalidRequest unless the key signs as such transactions are signed: Schnorr is for Bitcoin alone."""
    schemes = _OF_BITCOIN if chain.read is _read_bitcoin else {chain.scheme}
    if signer.scheme not in schemes:
        raise InvalidRequest(
            f"this transaction is signed by {chain.scheme.value}, and the key that signWith names signs by"
            f" {signer.scheme.value}"
        )


_OF_BITCOIN = {Scheme.ECDSA_SECP256K1, Scheme.SCHNORR_TAPROOT}


def _read_ethereum(text: str, rules: SigningRules) -> ethereum.UnsignedTransaction:
    raw = transaction_bytes(text, chain="Ethereum")
    return ethereum.parse_transaction(raw, replayable=rules.replayable_ethereum)


def _called(transaction: ethereum.UnsignedTransaction) -> Iterable[str]:
    return (f"0x{transaction.to.hex()}",) if transaction.to and transaction.data else ()


def _prepare_ethereum(transaction: ethereum.UnsignedTransaction, signer: Signer, interfaces: Interfaces) -> Prepared:
    call = ethereum.NO_CALL
    for interface in interfaces.values():
        if isinstance(interface, ContractInterface):
            call = ethereum.call_of(interface, transaction.data)
    ethereum.refuse_unclear_call(call)
    sender = signer.ethereum_address()
    return Prepared(
        facts={"eth": {"tx": ethereum.transaction_facts(transaction, sender=sender, call=call)}},
        messages=((Scheme.ECDSA_SECP256K1, ethereum.signing_digest(transaction)),),
        whole=partial(_recoverable, ethereum.signed_transaction, transaction),
        in_words=partial(ethereum.transaction_in_words, transaction, sender=sender, call=call),
    )


def _read_tempo(text: str, _rules: SigningRules) -> tempo.UnsignedTransaction:
    return tempo.parse_transaction(transaction_bytes(text, chain="Tempo"))


def _prepare_tempo(transaction: tempo.UnsignedTransaction, signer: Signer, _interfaces: Interfaces) -> Prepared:
    sender = signer.ethereum_address()
    return Prepared(
        facts={"tempo": {"tx": tempo.transaction_facts(transaction, sender=sender)}},
        messages=((Scheme.ECDSA_SECP256K1, tempo.signing_digest(transaction)),),
        whole=partial(_recoverable, tempo.signed_transaction, transaction),
        in_words=partial(tempo.transaction_in_words, transaction, sender=sender),
    )


def _read_tron(text: str, _rules: SigningRules) -> tron.UnsignedTransaction:
    return tron.parse_transaction(transaction_bytes(text, chain="Tron"))


def _prepare_tron(transaction: tron.UnsignedTransaction, _signer: Signer, _interfaces: Interfaces) -> Prepared:
    return Prepared(
        facts={"tron": {"tx": tron.transaction_facts(transaction)}},
        messages=((Scheme.ECDSA_SECP256K1, tron.signing_digest(transaction)),),
        whole=partial(_recoverable, tron.signed_transaction, transaction),
        in_words=partial(tron.transaction_in_words, transaction),
    )


def _read_solana(text: str, _rules: SigningRules) -> solana.UnsignedTransaction:
    return solana.parse_transaction(transaction_bytes(text, chain="Solana"))


def _prepare_solana(transaction: solana.UnsignedTransaction, signer: Signer, interfaces: Interfaces) -> Prepared:
    message = solana.message_to_sign(transaction, public_key=signer.public_key)
    programs = {address: each for address, each in interfaces.items() if isinstance(each, ProgramInterface)}
    parsed, fault = solana.parsed_instructions(transaction, programs)
    solana.refuse_unclear_instructions(fault)
    return Prepared(
        facts={"solana": {"tx": solana.transaction_facts(transaction, parsed=parsed)}},
        messages=((Scheme.ED25519, message),),
        whole=partial(_signed_solana, transaction, signer.public_key),
        in_words=partial(solana.transaction_in_words, transaction),
    )


def _signed_solana(
    transaction: solana.UnsignedTransaction, public_key: bytes, signatures: Sequence[Signature]
) -> bytes:
    signature = signatures[0].r + signatures[0].s
    return solana.signed_transaction(transaction, public_key=public_key, signature=signature)


def _read_bitcoin(text: str, rules: SigningRules) -> bitcoin.UnsignedTransaction:
    raw = transaction_bytes(text, chain="Bitcoin", bytes_max=bitcoin.PSBT_BYTES_MAX)
    return bitcoin.parse_transaction(raw, witness_only=rules.psbt_allow_witness_only)


def _prepare_bitcoin(transaction: bitcoin.UnsignedTransaction, signer: Signer, _interfaces: Interfaces) -> Prepared:
    named = bitcoin.signer_of(signer.address_format or AddressFormat.COMPRESSED)
    inputs = bitcoin.inputs_to_sign(transaction, public_key=signer.public_key, kinds=named.kinds)
    return Prepared(
        facts={"bitcoin": {"tx": bitcoin.transaction_facts(transaction, network=named.network)}},
        messages=tuple((each.scheme, each.digest) for each in inputs),
        whole=partial(_signed_psbt, transaction, signer.public_key, inputs),
        in_words=partial(bitcoin.transaction_in_words, transaction, network=named.network),
    )


def _signed_psbt(
    transaction: bitcoin.UnsignedTransaction,
    public_key: bytes,
    inputs: Sequence[bitcoin.InputToSign],
    signatures: Sequence[Signature],
) -> bytes:
    made = {each.number: (each, signature) for each, signature in zip(inputs, signatures, strict=True)}
    return bitcoin.signed_psbt(transaction, public_key=public_key, signatures=made)


def _recoverable(signed: Callable[..., bytes], transaction: Any, signatures: Sequence[Signature]) -> bytes:
    """The whole with a signature from which the key can be recovered."""
    [each] = signatures
    return signed(transaction, r=int.from_bytes(each.r), s=int.from_bytes(each.s), parity=each.v)


CHAINS: Mapping[TransactionType, Chain] = {
    TransactionType.ETHEREUM: Chain(
        Scheme.ECDSA_SECP256K1,
        _read_ethereum,
        _prepare_ethereum,
        interface_type=SmartContractInterfaceType.ETHEREUM,
        contracts=_called,
    ),
    TransactionType.SOLANA: Chain(
        Scheme.ED25519,
        _read_solana,
        _prepare_solana,
        interface_type=SmartContractInterfaceType.SOLANA,
        contracts=solana.programs_of,
    ),
    TransactionType.TRON: Chain(Scheme.ECDSA_SECP256K1, _read_tron, _prepare_tron),
    TransactionType.BITCOIN: Chain(Scheme.ECDSA_SECP256K1, _read_bitcoin, _prepare_bitcoin),
    TransactionType.TEMPO: Chain(Scheme.ECDSA_SECP256K1, _read_tempo, _prepare_tempo),
}
