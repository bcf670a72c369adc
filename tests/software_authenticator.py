"""An authenticator and its browser in software: registers passkeys and signs with them, as WebAuthn Level 2 has it.

Everything that a test may want to be wrong is an argument. Attestation statements are true for ``none``, ``packed``
(self attestation) and ``fido-u2f``; those of the other formats have their members and prove nothing.
"""

from __future__ import annotations

import base64
import datetime
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import cbor2
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

ES256, RS256 = -7, -257
FORMATS = ("none", "packed", "fido-u2f", "apple", "tpm", "android-key", "android-safetynet")
USER_PRESENT, USER_VERIFIED, HAS_CREDENTIAL, HAS_EXTENSIONS = 0x01, 0x04, 0x40, 0x80

AAGUID = bytes.fromhex("fbfc3007154e4ecc8c0b6e020557d7bd")
"""Of iCloud Keychain."""

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


def b64u(data: bytes) -> str:
    """Base64url without padding, as browsers write bytes."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def challenge_of(body: bytes) -> bytes:
    """What a passkey is asked to sign for a request: the text of the body's SHA-256."""
    return hashlib.sha256(body).hexdigest().encode()


@cache
def rsa_key() -> rsa.RSAPrivateKey:
    """One RSA key for all tests: making one takes long."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def new_key(algorithm: int) -> PrivateKey:
    """A fresh P-256 key, or the RSA key."""
    return ec.generate_private_key(ec.SECP256R1()) if algorithm == ES256 else rsa_key()


def cose_key(key: PrivateKey) -> bytes:
    """The public half as a COSE key."""
    numbers = key.public_key().public_numbers()
    if isinstance(numbers, ec.EllipticCurvePublicNumbers):
        return cbor2.dumps({1: 2, 3: ES256, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)})
    return cbor2.dumps({1: 3, 3: RS256, -1: numbers.n.to_bytes((numbers.n.bit_length() + 7) // 8), -2: b"\x01\x00\x01"})


@dataclass
class SoftwareAuthenticator:
    """One passkey of one relying party."""

    algorithm: int = ES256
    rp_id: str = "localhost"
    origin: str = "http://localhost:3000"
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(20))
    aaguid: bytes = AAGUID

    def __post_init__(self) -> None:
        self.key = new_key(self.algorithm)

    @property
    def id(self) -> str:
        """The credential id as stamps carry it."""
        return b64u(self.credential_id)

    @property
    def cose_key(self) -> bytes:
        """The public key as registrations carry it."""
        return cose_key(self.key)

    @property
    def public_key(self) -> str:
        """The public key as votes show it."""
        return b64u(self.cose_key)

    def registration(
        self,
        name: str = "passkey",
        *,
        challenge: bytes | None = None,
        form: str = "none",
        transports: tuple[str, ...] = ("INTERNAL",),
        **wrong: Any,
    ) -> dict[str, Any]:
        """``AuthenticatorParamsV2``. ``wrong`` may replace ``type``, ``auth_data``, ``statement`` or ``envelope``."""
        challenge = secrets.token_bytes(32) if challenge is None else challenge
        client_data = self.client_data(wrong.get("type", "webauthn.create"), b64u(challenge))
        auth_data = wrong.get("auth_data", self.authenticator_data(HAS_CREDENTIAL | USER_PRESENT | USER_VERIFIED))
        statement = wrong.get("statement", self._statement(form, auth_data, client_data))
        envelope = wrong.get("envelope", {"fmt": form, "attStmt": statement, "authData": auth_data})
        return {
            "authenticatorName": name,
            "challenge": b64u(challenge),
            "attestation": {
                "credentialId": self.id,
                "clientDataJson": b64u(client_data),
                "attestationObject": b64u(cbor2.dumps(envelope)),
                "transports": [f"AUTHENTICATOR_TRANSPORT_{each}" for each in transports],
            },
        }

    def registration_v1(self, user_id: str, name: str = "passkey") -> dict[str, Any]:
        """``AuthenticatorParams``, the first version: a browser's own form of a credential."""
        params = self.registration(name)
        attestation = params["attestation"]
        return {
            "authenticatorName": name,
            "userId": user_id,
            "challenge": params["challenge"],
            "attestation": {
                "id": attestation["credentialId"],
                "rawId": attestation["credentialId"],
                "type": "public-key",
                "response": {
                    "clientDataJson": attestation["clientDataJson"],
                    "attestationObject": attestation["attestationObject"],
                    "transports": attestation["transports"],
                },
                "clientExtensionResults": {},
            },
        }

    def assertion(self, body: bytes, *, sign_with: PrivateKey | None = None, **wrong: Any) -> dict[str, str]:
        """The members of a stamp. ``wrong`` may replace ``type``, ``challenge`` (text), ``origin``, ``flags``,
        ``auth_data`` or ``client_data``; all of it is signed.
        """
        challenge = wrong.get("challenge", b64u(challenge_of(body)))
        client_data = self.client_data(wrong.get("type", "webauthn.get"), challenge, origin=wrong.get("origin"))
        client_data = wrong.get("client_data", client_data)
        auth_data = wrong.get("auth_data", self.authenticator_data(wrong.get("flags", USER_PRESENT)))
        signature = self._sign(auth_data + hashlib.sha256(client_data).digest(), sign_with)
        return {
            "authenticatorData": b64u(auth_data),
            "clientDataJson": b64u(client_data),
            "credentialId": self.id,
            "signature": b64u(signature),
        }

    def stamp(self, body: bytes, **wrong: Any) -> str:
        """``X-Stamp-WebAuthn`` as the official stampers send it: bare, compact JSON."""
        return json.dumps(self.assertion(body, **wrong), separators=(",", ":"))

    def client_data(self, type_: str, challenge: str, *, origin: str | None = None) -> bytes:
        """What a browser says it did."""
        members = {"type": type_, "challenge": challenge, "origin": origin or self.origin, "crossOrigin": False}
        return json.dumps(members, separators=(",", ":")).encode()

    def authenticator_data(self, flags: int, *, public_key: bytes | None = None, extensions: bytes = b"") -> bytes:
        """With the credential if the flags say so. The counter stays at zero, as that of synchronised passkeys."""
        data = hashlib.sha256(self.rp_id.encode()).digest() + bytes([flags]) + bytes(4)
        if flags & HAS_CREDENTIAL:
            data += self.aaguid + len(self.credential_id).to_bytes(2) + self.credential_id
            data += public_key or self.cose_key
        return data + extensions

    def _sign(self, data: bytes, key: PrivateKey | None = None) -> bytes:
        key = key or self.key
        if isinstance(key, ec.EllipticCurvePrivateKey):
            return key.sign(data, ec.ECDSA(SHA256()))
        return key.sign(data, padding.PKCS1v15(), SHA256())

    def _statement(self, form: str, auth_data: bytes, client_data: bytes) -> dict[str, Any]:
        client_data_hash = hashlib.sha256(client_data).digest()
        signature = self._sign(auth_data + client_data_hash)
        match form:
            case "none":
                return {}
            case "packed":
                return {"alg": self.algorithm, "sig": signature}
            case "fido-u2f":
                return self._u2f_statement(client_data_hash)
            case "apple":
                return {"x5c": [certificate()[1]]}
            case "android-key":
                return {"alg": self.algorithm, "sig": signature, "x5c": [certificate()[1]]}
            case "android-safetynet":
                return {"ver": "1", "response": b"header.payload.signature"}
            case _:
                return {
                    "ver": "2.0",
                    "alg": self.algorithm,
                    "sig": signature,
                    "x5c": [certificate()[1]],
                    "certInfo": b"\xffTCG",
                    "pubArea": b"\x00\x23",
                }

    def _u2f_statement(self, client_data_hash: bytes) -> dict[str, Any]:
        """WebAuthn Level 2 §8.6; only P-256 keys have one that is true."""
        numbers = new_key(ES256).public_key().public_numbers()
        if isinstance(self.key, ec.EllipticCurvePrivateKey):
            numbers = self.key.public_key().public_numbers()
        assert isinstance(numbers, ec.EllipticCurvePublicNumbers)
        point = b"\x04" + numbers.x.to_bytes(32) + numbers.y.to_bytes(32)
        signed = b"\x00" + hashlib.sha256(self.rp_id.encode()).digest() + client_data_hash + self.credential_id + point
        key, der = certificate()
        return {"x5c": [der], "sig": key.sign(signed, ec.ECDSA(SHA256()))}


@cache
def certificate() -> tuple[ec.EllipticCurvePrivateKey, bytes]:
    """A key of a maker of authenticators, and its certificate in DER, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Makers of authenticators")])
    start = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(start).not_valid_after(start + datetime.timedelta(days=36500))
    return key, builder.sign(key, SHA256()).public_bytes(Encoding.DER)
