"""Stamps that must not be taken: spoilt headers, DER, curve points, and signatures of one scheme sold as another."""

from __future__ import annotations

import json
from base64 import b64encode, urlsafe_b64decode, urlsafe_b64encode
from random import Random

from counterseal.crypto import ApiKeyScheme, PrivateKey, sign_stamp
from hostile.spoiling import RAW, VALUES, rendered

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
P256_FIELD = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF
NUMBERS = (0, 1, P256_ORDER - 1, P256_ORDER, P256_ORDER + 1, P256_FIELD, 2**255, 2**256 - 1, 2**256, 2**520)
SCHEMES = tuple(ApiKeyScheme)
PASSKEYS = 0.15
OTHER_SCHEMES = (
    "SIGNATURE_SCHEME_UNSPECIFIED",
    "SIGNATURE_SCHEME_TK_WEBAUTHN",
    "SIGNATURE_SCHEME_TK_QUORUM_P256",
    "SIGNATURE_SCHEME_TK_ATTESTED_P256",
    "signature_scheme_tk_api_p256",
    "",
)

Stamp = dict[str, object]


def hostile_stamp(keys: tuple[PrivateKey, ...], body: bytes, random: Random) -> tuple[str, bytes]:
    """A header's name and value: nothing that verifies over ``body``."""
    if random.random() < PASSKEYS:
        return "X-Stamp-WebAuthn", _passkey_stamp(random)
    key = random.choice(keys)
    stamp = _parts(sign_stamp(key, body))
    spoil = random.choice(_SPOILERS)
    value = spoil(stamp, key, body, random)
    name = random.choices(("X-Stamp", "X-Stamp-WebAuthn", "X-Stamp-Attested", "X-Session"), (20, 3, 1, 1))[0]
    return name, value


def _passkey_stamp(random: Random) -> bytes:
    """By a passkey that nobody has registered, and most of them broken besides."""
    client_data = {"type": "webauthn.get", "challenge": "AAAA", "origin": "https://example.org"}
    stamp: dict[str, object] = {
        "authenticatorData": urlsafe_b64encode(random.randbytes(37)).decode(),
        "clientDataJson": urlsafe_b64encode(json.dumps(client_data).encode()).decode(),
        "credentialId": urlsafe_b64encode(random.randbytes(random.choice((0, 16, 64, 1023)))).decode(),
        "signature": urlsafe_b64encode(_edge_numbers(b"", random)).decode(),
    }
    if random.random() < 0.7:
        stamp[random.choice(tuple(stamp))] = random.choice([each for each in (*VALUES, *RAW) if len(str(each)) < 2000])
    text = rendered(stamp, random).encode("utf-8", "surrogatepass")
    return random.choice((_printable(text), urlsafe_b64encode(text), _printable(text[: random.randrange(len(text))])))


def _parts(header: str) -> Stamp:
    stamp: Stamp = json.loads(urlsafe_b64decode(header + "=" * (-len(header) % 4)))
    return stamp


def _header(stamp: object) -> bytes:
    return urlsafe_b64encode(json.dumps(stamp).encode()).rstrip(b"=")


def _signature(stamp: Stamp) -> bytes:
    return bytes.fromhex(str(stamp["signature"]))


def _printable(data: bytes) -> bytes:
    """What may stand in a header's line: llhttp refuses the rest, which tests of HTTP itself cover."""
    return bytes(byte if byte >= 0x20 and byte != 0x7F else 0x2E for byte in data)


def _random_bytes(stamp: Stamp, key: PrivateKey, body: bytes, random: Random) -> bytes:
    data = random.randbytes(random.choice((0, 1, 10, 300, 4096, 5000)))
    return random.choice((_printable(data), b64encode(data), urlsafe_b64encode(data), data.hex().encode()))[:8000]


def _flipped_header(stamp: Stamp, key: PrivateKey, body: bytes, random: Random) -> bytes:
    header = bytearray(_header(stamp))
    at = random.randrange(len(header) // 2, len(header) - 8)
    header[at] = ord("A") if header[at] != ord("A") else ord("B")
    return bytes(header) if _changes_signature(bytes(header), stamp) else b"!" + bytes(header)


def _changes_signature(header: bytes, stamp: Stamp) -> bool:
    try:
        found = _parts(header.decode())
    except ValueError:
        return True
    if not isinstance(found, dict) or not isinstance(found.get("signature"), str):
        return True
    return str(found["signature"]).lower() != str(stamp["signature"]).lower()


def _truncated(stamp: Stamp, key: PrivateKey, body: bytes, random: Random) -> bytes:
    header = _header(stamp)
    return header[: random.randrange(len(header) - 4)]


def _member_of_another_type(stamp: Stamp, key: PrivateKey, body: bytes, random: Random) -> bytes:
    wrong = random.choice([each for each in (*VALUES, *RAW) if len(str(each)) < 2000])
    changed = stamp | {random.choice(tuple(stamp)): wrong}
    return urlsafe_b64encode(rendered(changed, random).encode("utf-8", "surrogatepass")).rstrip(b"=")


def _member_missing(stamp: Stamp, key: PrivateKey, body: bytes, random: Random) -> bytes:
    missing = random.choice(tuple(stamp))
    return _header({name: value for name, value in stamp.items() if name != missing})


def _not_an_object(stamp: Stamp, key: PrivateKey, body: bytes, random: Random) -> bytes:
    return _header(random.choice((None, 1, "text", [], [stamp], {"stamp": stamp}, {})))


def _nested(stamp: Stamp, key: PrivateKey, body: bytes, random: Random) -> bytes:
    depth = random.choice((10, 100, 1400))
    return urlsafe_b64encode(random.choice((b"[" * depth, b'{"a":' * (depth // 4), b'"\\ud800"', b"\xff\xfe")))


def _other_scheme(stamp: Stamp, key: PrivateKey, body: bytes, random: Random) -> bytes:
    others = [each for each in SCHEMES if each != stamp["scheme"]]
    return _header(stamp | {"scheme": random.choice((*others, *OTHER_SCHEMES))})


def _other_key(stamp: Stamp, key: PrivateKey, body: bytes, random: Random) -> bytes:
    """A point that is none, that is another, or that is written in another way."""
    public_key = str(stamp["publicKey"])
    choices = (
        "00" * 33,
        "02" + "00" * 32,
        "03" + "ff" * 32,
        f"02{P256_FIELD:064x}",
        "04" + public_key[2:],
        "02" + random.randbytes(32).hex(),
        random.randbytes(32).hex(),
        "01" + "00" * 31,
        public_key[:-1],
        public_key + "00",
        ("03" if public_key.startswith("02") else "02") + public_key[2:],
        "zz" * 33,
        "０" * 66,
    )
    return _header(stamp | {"publicKey": random.choice([each for each in choices if each != public_key])})


def _other_body(stamp: Stamp, key: PrivateKey, body: bytes, random: Random) -> bytes:
    return sign_stamp(key, random.choice((body + b" ", body[:-1], b"", random.randbytes(20)))).encode()


def _other_signature(stamp: Stamp, key: PrivateKey, body: bytes, random: Random) -> bytes:
    sound = _signature(stamp)
    spoilt = random.choice(_DER)(sound, random)
    return _header(stamp | {"signature": (spoilt if spoilt != sound else sound[1:]).hex()})


def _not_hexadecimal(stamp: Stamp, key: PrivateKey, body: bytes, random: Random) -> bytes:
    signature = str(stamp["signature"])
    return _header(stamp | {"signature": random.choice(("", "zz", signature[:-1], "0x" + signature, " " + signature))})


def _integer(number: int) -> bytes:
    encoded = number.to_bytes(number.bit_length() // 8 + 1, "big")
    return b"\x02" + _length(len(encoded)) + encoded


def _length(length: int) -> bytes:
    return bytes([length]) if length < 128 else bytes([0x81, length])


def _sequence(*parts: bytes) -> bytes:
    content = b"".join(parts)
    return b"\x30" + _length(len(content)) + content


def _edge_numbers(_signature: bytes, random: Random) -> bytes:
    return _sequence(_integer(random.choice(NUMBERS)), _integer(random.choice(NUMBERS)))


def _one_byte_more_or_less(signature: bytes, random: Random) -> bytes:
    return random.choice((signature + b"\x00", signature[:-1], signature[1:], b"\x00" + signature, b""))


def _one_bit(signature: bytes, random: Random) -> bytes:
    at, changed = random.randrange(len(signature)), bytearray(signature)
    changed[at] ^= 1 << random.randrange(8)
    return bytes(changed)


def _lying_lengths(signature: bytes, random: Random) -> bytes:
    changed = bytearray(signature)
    changed[random.choice((1, 3))] = random.choice((0, 1, 0x7F, 0x80, 0x81, 0x84, 0xFF))
    return bytes(changed)


def _one_or_three_numbers(signature: bytes, random: Random) -> bytes:
    return _sequence(*[_integer(random.getrandbits(250)) for _ in range(random.choice((0, 1, 3, 6)))])


def _long(_signature: bytes, random: Random) -> bytes:
    return random.randbytes(random.choice((64, 65, 128, 1200)))


_DER = (_edge_numbers, _one_byte_more_or_less, _one_bit, _lying_lengths, _one_or_three_numbers, _long)

_SPOILERS = (
    _random_bytes,
    _flipped_header,
    _truncated,
    _member_of_another_type,
    _member_missing,
    _not_an_object,
    _nested,
    _other_scheme,
    _other_key,
    _other_body,
    _other_signature,
    _other_signature,
    _other_signature,
    _not_hexadecimal,
)
