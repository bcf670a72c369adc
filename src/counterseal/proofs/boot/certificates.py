"""The two certificates of an attestation: the deployment's root, and that of the key of one start. P-384, X.509 v3.

Official verifiers look at them as at certificates of TLS servers, so the second has no extended key usage and nothing
critical that they do not know (crate ``webpki`` 0.22).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA384
from cryptography.hazmat.primitives.serialization import Encoding

from counterseal.ledger.errors import Malformed, NotProven

CERTIFICATE_BYTES_MAX = 1024
"""What official verifiers take."""

_CURVE = ec.SECP384R1()
_FAULTS = (
    ValueError,
    TypeError,
    InvalidSignature,
    UnsupportedAlgorithm,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.ExtensionNotFound,
)
"""What the library says of certificates that are wrong in one way or other."""

ROOT_NAME = "counterseal root "
"""So a root's common name begins; the deployment's id follows."""

_ROOT_YEARS = 10
_BEFORE = timedelta(minutes=5)
_AFTER = timedelta(hours=3)


def root_certificate(
    public_point: bytes, *, sign: Callable[[bytes], bytes], deployment_id: str, serial: int, now_ms: int
) -> bytes:
    """A self-signed root for ten years, DER.

    ``public_point`` has 97 bytes; ``sign`` makes ECDSA over SHA-384 by its private half, DER; ``serial`` is positive
    and has at most 159 bits.
    """
    name, key, now = _name(ROOT_NAME + deployment_id), _key_of(public_point), _time(now_ms)
    builder = _builder(name, name, key, serial, (now, now + timedelta(days=365 * _ROOT_YEARS)))
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(_usage(signs_certificates=True), critical=True)
    return _signed(builder, key, sign)


def boot_certificate(
    public_point: bytes, *, root: bytes, sign: Callable[[bytes], bytes], module_id: str, serial: int, now_ms: int
) -> bytes:
    """The certificate of the key of one start, DER, valid from five minutes before to three hours after.

    ``sign`` is the root's; ``module_id`` becomes the name.
    """
    issuer, key, now = _read(root), _key_of(public_point), _time(now_ms)
    builder = _builder(_name(module_id), issuer.subject, key, serial, (now - _BEFORE, now + _AFTER))
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(_usage(signs_certificates=False), critical=True)
    return _signed(builder, _p384(issuer), sign)


def check_chain(certificate: bytes, *, root: bytes, at_ms: int) -> ec.EllipticCurvePublicKey:
    """The key in a certificate, which ``root`` itself has signed, and which was valid then.

    Raises ``Malformed`` and ``NotProven``.
    """
    leaf, issuer = _read(certificate), _read(root)
    try:
        leaf.verify_directly_issued_by(issuer)
        is_root = issuer.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
        is_leaf = not leaf.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except _FAULTS:
        raise NotProven("the certificate was not issued by the root that was given") from None
    if not is_root or not is_leaf:
        raise NotProven("the root is no certificate of an authority, or the certificate under it is one")
    at = _time(at_ms)
    for each, what in ((leaf, "certificate"), (issuer, "root")):
        if not each.not_valid_before_utc <= at <= each.not_valid_after_utc:
            raise NotProven(f"the {what} was not valid at the time of the start")
    return _p384(leaf)


class _Elsewhere(ec.EllipticCurvePrivateKey):
    """A private key that is somewhere else: all that the library's builder asks of one is its signature."""

    def __init__(self, public_key: ec.EllipticCurvePublicKey, sign: Callable[[bytes], bytes]) -> None:
        self._public_key = public_key
        self._sign = sign

    def sign(self, data: Any, signature_algorithm: ec.EllipticCurveSignatureAlgorithm) -> bytes:  # noqa: ARG002 - it is SHA-384
        """ECDSA over SHA-384, DER."""
        return self._sign(bytes(data))

    def public_key(self) -> ec.EllipticCurvePublicKey:
        """The public half."""
        return self._public_key

    @property
    def curve(self) -> ec.EllipticCurve:
        """P-384."""
        return _CURVE

    @property
    def key_size(self) -> int:
        """Bits."""
        return _CURVE.key_size

    def _never(self, *_: Any, **__: Any) -> NoReturn:
        raise NotImplementedError

    exchange = private_numbers = private_bytes = __copy__ = __deepcopy__ = _never


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    serial: int,
    valid: tuple[datetime, datetime],
) -> x509.CertificateBuilder:
    start, end = valid
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key)
    return builder.serial_number(serial).not_valid_before(start).not_valid_after(end)


def _signed(builder: x509.CertificateBuilder, key: ec.EllipticCurvePublicKey, sign: Callable[[bytes], bytes]) -> bytes:
    return builder.sign(_Elsewhere(key, sign), SHA384()).public_bytes(Encoding.DER)


def _read(certificate: bytes) -> x509.Certificate:
    if len(certificate) > CERTIFICATE_BYTES_MAX:
        raise Malformed(f"a certificate has {len(certificate)} bytes, expected at most {CERTIFICATE_BYTES_MAX}")
    try:
        return x509.load_der_x509_certificate(certificate)
    except _FAULTS:
        raise Malformed("a certificate is not X.509 in DER") from None


def _p384(certificate: x509.Certificate) -> ec.EllipticCurvePublicKey:
    try:
        key = certificate.public_key()
    except _FAULTS:
        raise Malformed("the key in a certificate is not read") from None
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP384R1):
        raise NotProven("the key in a certificate is not of P-384")
    return key


def _key_of(public_point: bytes) -> ec.EllipticCurvePublicKey:
    return ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, public_point)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])


def _time(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms // 1000, UTC)


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
