"""Import bundles: a key that the client seals to, and what it sends back.

A target key is of one organization, one user and one kind of import, and is used up by the first that succeeds: whoever
keeps it says so. Here is only how it is told to the client, and how the answer is opened with it.
Source: ``@turnkey/crypto``, ``encryptWalletToBundle``, ``encryptPrivateKeyToBundle``, ``encryptSecretToBundle``.
"""

from __future__ import annotations

from typing import Final, NoReturn

from counterseal.contract import NotStrictJson
from counterseal.contract.errors import InvalidRequest
from counterseal.contract.parse import read_json
from counterseal.crypto import hexadecimal, hpke
from counterseal.crypto.errors import CryptoError, InvalidEncoding
from counterseal.crypto.p256 import P256PrivateKey
from counterseal.crypto.points import UNCOMPRESSED_SIZE
from counterseal.crypto.wiping import wipe
from counterseal.keystore.bundles.envelope import signed_envelope

_TAG_SIZE: Final = 16
_NOT_DECRYPTED: Final = "could not decrypt import bundle"
_KEY, _CIPHERTEXT = "encappedPublic", "ciphertext"
FRAME_CHARACTERS_MAX: Final = 1024
"""What a message may have beside the digits of its ciphertext: names, punctuation, blanks, and the client's key."""


def target_bundle(target: P256PrivateKey, *, organization_id: str, user_id: str | None, signer: P256PrivateKey) -> str:
    """What the ``init_import_…`` operations give: a key to seal to. Clients compare both ids with their own.

    ``user_id`` is ``None`` for secrets, whose targets are bound to the organization alone.
    """
    message = {"targetPublic": target.public_point.hex(), "organizationId": organization_id}
    if user_id is not None:
        message["userId"] = user_id
    return signed_envelope(message, signer=signer)


def open_client_message(text: str, *, target: P256PrivateKey, plaintext_max: int) -> bytearray:
    """What the client sealed, of at most ``plaintext_max`` bytes; ``text`` is ``{"encappedPublic", "ciphertext"}``.

    Raises ``InvalidRequest``: with a reason if it has not that form, which its sender knows without asking; and in the
    same words always, if it was altered or not sealed to ``target``.
    """
    plaintext = opened_by(target, read_client_message(text, plaintext_max=plaintext_max))
    if plaintext is None:
        raise not_decrypted()
    return plaintext


def opened_by(target: P256PrivateKey, sealed: hpke.Sealed) -> bytearray | None:
    """What was sealed to ``target``; None if it was altered or sealed to another key."""
    try:
        opened = hpke.open_from_sender(sealed, target)
    except CryptoError:
        return None
    plaintext = bytearray(opened)
    wipe(opened)
    return plaintext


def not_decrypted() -> InvalidRequest:
    """The one answer to everything that does not open, whatever the reason."""
    return InvalidRequest(_NOT_DECRYPTED)


def read_client_message(text: str, *, plaintext_max: int) -> hpke.Sealed:
    """What the client sealed, still sealed; of at most ``plaintext_max`` bytes. Raises ``InvalidRequest``."""
    ciphertext_max = plaintext_max + _TAG_SIZE
    characters_max = 2 * ciphertext_max + FRAME_CHARACTERS_MAX
    if len(text) > characters_max:
        _refuse(f"it is {len(text)} characters long, expected at most {characters_max}")
    try:
        members = read_json(text.encode())
    except (NotStrictJson, UnicodeEncodeError) as fault:
        _refuse(str(fault))
    if set(members) != {_KEY, _CIPHERTEXT}:
        _refuse(f"expected an object with the members {_KEY} and {_CIPHERTEXT}, and no others")
    return hpke.Sealed(
        encapsulated_key=_bytes_of(members, _KEY, UNCOMPRESSED_SIZE),
        ciphertext=_bytes_of(members, _CIPHERTEXT, ciphertext_max),
    )


def _bytes_of(members: dict[str, object], name: str, bytes_max: int) -> bytes:
    text = members[name]
    if not isinstance(text, str):
        _refuse(f"{name} is no string")
    try:
        return hexadecimal.decode(text, bytes_max=bytes_max)
    except InvalidEncoding as fault:
        _refuse(f"{name} is {fault}")


def _refuse(reason: str) -> NoReturn:
    raise InvalidRequest(f"{_NOT_DECRYPTED}: {reason}")
