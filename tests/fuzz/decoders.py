"""Coverage-guided fuzzing of what reads a stranger's bytes: stamps, signatures, keys, bodies, parameters, transactions,
evidence.

``make fuzz`` runs it for a while. ``PYTHONPATH=tests python tests/fuzz/decoders.py FILE`` runs one input that it found.
The first byte of an input chooses the decoder. A decoder may refuse, in the way that its caller expects, or answer:
nothing else.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import sys
import tempfile
import unicodedata
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import atheris
import cbor2
import msgspec

with atheris.instrument_imports(include=["counterseal"]):
    import bitcoin_samples as samples
    from counterseal.activities.authenticators.attestation import parse_attestation
    from counterseal.activities.webhook_endpoints.subscriptions import check_filters
    from counterseal.chains import bitcoin, solana
    from counterseal.chains.bitcoin.address import MAINNET
    from counterseal.chains.raw_payload import bytes_to_sign
    from counterseal.contract import (
        Body,
        all_extensions,
        all_operations,
        decode,
        encode,
        intent_of,
        organization_id_of,
        parse_json,
        timestamp_ms_of,
        upgrade,
    )
    from counterseal.contract import body as body_module
    from counterseal.contract.errors import Refused
    from counterseal.contract.shapes import HashFunction, PayloadEncoding
    from counterseal.contract.webhook_urls import webhook_url
    from counterseal.crypto import (
        SCHEMES_OF_CURVE,
        ApiKeyScheme,
        Curve,
        base58check,
        base64url,
        cbor,
        cose,
        der,
        generate_key_pair,
        hexadecimal,
        mnemonics,
        paths,
        sign_stamp,
    )
    from counterseal.crypto.errors import CryptoError
    from counterseal.crypto.p256 import P256PrivateKey
    from counterseal.crypto.signing import Signature
    from counterseal.keystore.bundles import imported_key, imported_phrase, imported_secret, open_client_message
    from counterseal.ledger import LedgerError
    from counterseal.stamps import (
        parse_client_data,
        parse_stamp,
        parse_webauthn_stamp,
        verify_stamp,
        verify_webauthn_stamp,
    )
    from fuzz import evidence, transactions

_CURVE_OF = {scheme: curve for curve, schemes in SCHEMES_OF_CURVE.items() for scheme in schemes}
_OPERATIONS = (*all_operations(), *all_extensions())
_QUERIES = tuple(each for each in _OPERATIONS if each.request is not None)
_VARIANTS = tuple(variant for each in _OPERATIONS for variant in each.variants.values())


def api_key_stamp(data: bytes) -> None:
    """A header, read and, as if its key were registered, verified."""
    text = data.decode("latin-1")
    stamp = parse_stamp(text)
    assert_one_reading(base64url.decode(text))
    verify_stamp(stamp, curve=_CURVE_OF[stamp.scheme], body=b"{}")


def signature(data: bytes) -> None:
    """A signature in a stamp that is in order but for it."""
    stamp = parse_stamp(_SEEDS["api_key_stamp"].decode())
    found = type(stamp)(stamp.public_key, stamp.scheme, data.hex())
    verify_stamp(found, curve=Curve.P256, body=b"{}")


def public_key(data: bytes) -> None:
    """Thirty-two or thirty-three bytes that may be a point."""
    for scheme, length in (
        (ApiKeyScheme.P256, 33),
        (ApiKeyScheme.SECP256K1, 33),
        (ApiKeyScheme.SECP256K1_EIP191, 33),
        (ApiKeyScheme.ED25519, 32),
    ):
        key, rest = data[:length].ljust(length, b"\0"), data[length:]
        stamp = parse_stamp(_SEEDS["api_key_stamp"].decode())
        try:
            verify_stamp(type(stamp)(key.hex(), scheme, rest.hex()), curve=_CURVE_OF[scheme], body=b"{}")
        except Refused:
            continue


def passkey_stamp(data: bytes) -> None:
    """A header, read and verified with a key that is no key."""
    stamp = parse_webauthn_stamp(data.decode("latin-1"))
    assert_one_reading(stamp.text.encode())
    verify_webauthn_stamp(
        stamp, public_key=stamp.signature, rp_id_hash=bytes(32), allowed_origins=["https://example.org"], body=b"{}"
    )


def client_data(data: bytes) -> None:
    """A browser's JSON."""
    with contextlib.suppress(ValueError):
        parse_client_data(data)
        assert_one_reading(data.removeprefix(b"\xef\xbb\xbf"))


def assert_one_reading(data: bytes) -> None:
    """No object in it has a name twice."""

    def members(pairs: list[tuple[str, object]]) -> dict[str, object]:
        assert len(dict(pairs)) == len(pairs), "two readings were taken"
        return dict(pairs)

    json.loads(data, object_pairs_hook=members)


def attestation(data: bytes) -> None:
    """What an authenticator says of a new key."""
    parse_attestation(base64url.encode(data), "attestationObject")


def cose_key(data: bytes) -> None:
    """A passkey's public key, and a signature by it."""
    cut = data[0] if data else 0
    cose.verify(data[1 + cut :], data[1 : 1 + cut], b"message")


def cbor_item(data: bytes) -> None:
    """CBOR at the start of something, of which cbor2 must think the same."""
    item, size = cbor.decode_first(data)
    stream = io.BytesIO(data)
    theirs = cbor2.load(stream)
    assert repr(item) == repr(theirs), "types count, and repr shows them"
    assert size == stream.tell()


def texts(data: bytes) -> None:
    """Text that stands for bytes."""
    text = data.decode("latin-1")
    for decode_text in (base58check.decode, base64url.decode, lambda text: hexadecimal.decode(text, bytes_max=65)):
        with contextlib.suppress(CryptoError):
            decode_text(text)


def der_signature(data: bytes) -> None:
    """Two numbers, which must survive being written again."""
    r, s = der.decode(data)
    if max(r, s) < 2**256:
        assert der.decode(der.encode(r, s)) == (r, s)


def body(data: bytes) -> None:
    """A body as plain values, which must survive being written again."""
    tree = parse_json(data)
    timestamp_ms_of(tree)
    assert parse_json(encode(tree)) == tree


def body_in_steps(data: bytes) -> None:
    """A body that is gone through for its organization first must be the same in the end."""
    with patch.object(body_module, "LITTLE_VALUES", 0):
        read = Body(data)
    tree = read.tree()
    assert tree == parse_json(data)
    with contextlib.suppress(Refused):
        assert organization_id_of(read.envelope) == organization_id_of(tree)


def query(data: bytes) -> None:
    """A query's body as its shape."""
    decode(parse_json(data[2:]), _QUERIES[int.from_bytes(data[:2], "big") % len(_QUERIES)].request)  # type: ignore[type-var]


def parameters(data: bytes) -> None:
    """An activity's parameters as its intent, in the newest form."""
    variant = _VARIANTS[int.from_bytes(data[:2], "big") % len(_VARIANTS)]
    upgrade(intent_of({"parameters": parse_json(data[2:])}, variant), variant)


def webhook_address(data: bytes) -> None:
    """An address that the server may be told to call."""
    webhook_url(data.decode("latin-1"))


def webhook_filters(data: bytes) -> None:
    """The JSON that says of which activities an endpoint is told."""
    check_filters(data.decode("latin-1"), "filtersJson")


def phrase(data: bytes) -> None:
    """Words, which must come out again as they went in."""
    text = data.decode("utf-8", "replace")
    entropy, language = mnemonics.read_phrase(text)
    assert mnemonics.phrase_of(entropy, language).decode().split() == unicodedata.normalize("NFKD", text).split()


def derivation_path(data: bytes) -> None:
    """A path, which must be the same once it is written in its one spelling."""
    levels = paths.parse(data.decode("utf-8", "replace"))
    assert paths.parse(paths.text_of(levels)) == levels


def raw_payload(data: bytes) -> None:
    """A payload in either encoding: what is signed is its bytes, and 32 of them where nothing is hashed."""
    text = data.decode("utf-8", "replace")
    message = bytes_to_sign(text, encoding=PayloadEncoding.TEXT_UTF8, hash_function=HashFunction.NOT_APPLICABLE)
    assert message == text.encode()
    message = bytes_to_sign(text, encoding=PayloadEncoding.HEXADECIMAL, hash_function=HashFunction.NOT_APPLICABLE)
    assert message.hex() == text.lower().removeprefix("0x")
    digest = bytes_to_sign(text, encoding=PayloadEncoding.HEXADECIMAL, hash_function=HashFunction.NO_OP)
    assert len(digest) == 32


def client_message(data: bytes) -> None:
    """What a client seals for an import. Nothing opens that was made up."""
    open_client_message(data.decode("latin-1"), target=_TARGET_KEY, plaintext_max=64)
    raise AssertionError("it was opened")


def imported(data: bytes) -> None:
    """What an import may hold: a phrase comes out again as it went in, and a key has a public one."""
    with contextlib.suppress(Refused):
        imported_secret(data)
    for curve in Curve:
        with contextlib.suppress(Refused):
            assert imported_key(data, curve)
    entropy, language = imported_phrase(data)
    words = data.decode().removesuffix("\n--PASS--\n")
    assert mnemonics.phrase_of(entropy, language).decode().split() == unicodedata.normalize("NFKD", words).split()


def solana_transaction(data: bytes) -> None:
    """What is read of a transaction has facts and words, and what is signed of it stays as it was."""
    transaction = solana.parse_transaction(data)
    assert solana.transaction_facts(transaction)["account_keys"]
    assert solana.transaction_in_words(transaction)
    message = transaction.message
    for key in message.keys[: message.header.signers]:
        signed = solana.signed_transaction(transaction, public_key=key, signature=bytes(64))
        again = solana.parse_transaction(signed)
        signed_bytes = solana.message_to_sign(again, public_key=key)
        assert signed_bytes == solana.message_to_sign(transaction, public_key=key)


def psbt(data: bytes) -> None:
    """What is read of a PSBT has facts and words, and stays as it was when it is signed."""
    transaction = bitcoin.parse_transaction(data)
    assert bitcoin.transaction_facts(transaction, network=MAINNET)["fee"] >= 0
    assert bitcoin.transaction_in_words(transaction, network=MAINNET)
    key = samples.KEY
    nothing = Signature(b"\x01" * 32, b"\x01" * 32, 0)
    made = {each.number: (each, nothing) for each in bitcoin.inputs_to_sign(transaction, public_key=key)}
    again = bitcoin.parse_transaction(bitcoin.signed_psbt(transaction, public_key=key, signatures=made))
    assert again.psbt.transaction == transaction.psbt.transaction


TARGETS: tuple[Callable[[bytes], None], ...] = (
    api_key_stamp,
    signature,
    public_key,
    passkey_stamp,
    client_data,
    attestation,
    cose_key,
    cbor_item,
    texts,
    der_signature,
    body,
    body_in_steps,
    query,
    parameters,
    webhook_address,
    webhook_filters,
    *transactions.TARGETS,
    *evidence.TARGETS,
    phrase,
    derivation_path,
    raw_payload,
    client_message,
    imported,
    solana_transaction,
    psbt,
)

_TARGET_KEY = P256PrivateKey.from_secret(b"\x01" * 32)
_POINT = _TARGET_KEY.public_point
_SPENT = (samples.P2PKH, samples.P2WPKH, samples.P2TR)
_PSBT = samples.psbt(
    samples.transaction(
        [samples.spending(samples.outpoint(samples.previous(script))) for script in _SPENT],
        [samples.output(samples.OTHER, samples.VALUE)],
    ),
    *map(samples.proven, _SPENT),
)
"""Its inputs are of the key by which the target signs: of another's nothing would be signed."""
_STAMP = sign_stamp(generate_key_pair(Curve.P256), b"{}").encode()
_SEEDS = {
    **transactions.SEEDS,
    **evidence.SEEDS,
    "api_key_stamp": _STAMP,
    "signature": bytes.fromhex(parse_stamp(_STAMP.decode()).signature),
    "public_key": generate_key_pair(Curve.SECP256K1).public_key,
    "passkey_stamp": b'{"authenticatorData":"AA","clientDataJson":"e30","credentialId":"AA","signature":"MAYCAQECAQE"}',
    "client_data": b'{"type":"webauthn.get","challenge":"AAAA","origin":"https://example.org"}',
    "attestation": b"\xa3cfmtdnonegattStmt\xa0hauthDataXT" + bytes(32) + b"\x41" + bytes(51),
    "cose_key": bytes.fromhex("00a5010203262001215820") + bytes(32) + bytes.fromhex("225820") + bytes(32),
    "cbor_item": bytes.fromhex("a301020363616263f60481f5"),
    "texts": b"AAAA",
    "body_in_steps": b'{"a":[0],"organizationId":"0f8fad5b-d9cb-469f-a165-70867728950e"}',
    "der_signature": bytes.fromhex("3006020101020101"),
    "body": b'{"type":"A","timestampMs":"1","organizationId":"b","parameters":{"a":[null,1.5,-2,true,"\\u00e9"]}}',
    "query": b'\0\0{"organizationId":"a","paginationOptions":{"limit":"1"}}',
    "parameters": b'\0\0{"users":[{"userName":"a","apiKeys":[],"authenticators":[],"userTags":[]}]}',
    "webhook_address": b"https://hooks.example.com:8443/a?b=c",
    "webhook_filters": b'{"types":["ACTIVITY_TYPE_CREATE_USERS_V4"],"statuses":["ACTIVITY_STATUS_COMPLETED"]}',
    "phrase": b"abandon " * 11 + b"about",
    "derivation_path": b"m/44'/60h/0H/0/2147483647",
    "raw_payload": b"0x48656c6c6f20576f726c64",
    "client_message": b'{"encappedPublic":"%b","ciphertext":"%b"}'
    % (_TARGET_KEY.public_point.hex().encode(), b"00" * 48),
    "solana_transaction": bytes.fromhex(
        f"01{'00' * 64}01000103{'61' * 32}{'62' * 32}{'00' * 32}{'68' * 32}01020200010c020000006400000000000000"
    ),
    "psbt": _PSBT,
    "imported": b"abandon " * 11 + b"about\n--PASS--\n",
}


def one_input(data: bytes) -> None:
    """What libFuzzer calls."""
    if not data:
        return
    try:
        TARGETS[data[0] % len(TARGETS)](data[1:])
    except (CryptoError, LedgerError):
        return
    except Refused as refused:
        if refused.http >= 500 and refused.http != 501:
            raise


def main() -> None:
    """Begin with one sound input a decoder and a dictionary of the names of the wire."""
    arguments = sys.argv
    if all(each.startswith("-") for each in arguments[1:]):
        directory = Path(tempfile.mkdtemp(prefix="fuzz-"))
        corpus, dictionary = directory / "corpus", directory / "names"
        corpus.mkdir()
        for number, target in enumerate(TARGETS):
            seed = bytes([number]) + _SEEDS[target.__name__]
            (corpus / hashlib.sha256(seed).hexdigest()).write_bytes(seed)
        dictionary.write_text("".join(f'"{word}"\n' for word in sorted(_words())))
        arguments = [*arguments, f"-dict={dictionary}", str(corpus)]
    atheris.Setup(arguments, one_input)
    atheris.Fuzz()


def _words() -> set[str]:
    shapes = [each.request for each in _QUERIES] + [variant.intent for variant in _VARIANTS]
    members = {member.encode_name for shape in shapes if shape for member in msgspec.structs.fields(shape)}
    return members | {str(scheme) for scheme in ApiKeyScheme} | {"fmt", "attStmt", "authData", "packed", "publicKey"}


if __name__ == "__main__":
    main()
