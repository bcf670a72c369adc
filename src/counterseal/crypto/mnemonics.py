"""Phrases of words that stand for entropy (BIP-39): made, read, and stretched to a seed.

The word lists are those of Trezor's ``mnemonic`` package, for the nine languages of the API. The rest is here, because
the package keeps entropy in strings and quotes words in its errors.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from functools import cache
from hashlib import pbkdf2_hmac, sha256
from types import MappingProxyType
from unicodedata import normalize

from mnemonic import Mnemonic

from counterseal.crypto.errors import CryptoError
from counterseal.crypto.wiping import wipe

WORD_COUNTS = (12, 15, 18, 21, 24)
PHRASE_MAX = 2048
"""Characters. The longest phrase, of 24 Japanese words, has fewer than 300."""

SEED_SIZE = 64
_ROUNDS = 2048
_SALT = b"mnemonic"
_BITS = 11  # of a word


class Language(enum.StrEnum):
    """Which list a phrase's words are of (Turnkey API: ``MnemonicLanguage``)."""

    ENGLISH = "MNEMONIC_LANGUAGE_ENGLISH"
    SIMPLIFIED_CHINESE = "MNEMONIC_LANGUAGE_SIMPLIFIED_CHINESE"
    TRADITIONAL_CHINESE = "MNEMONIC_LANGUAGE_TRADITIONAL_CHINESE"
    CZECH = "MNEMONIC_LANGUAGE_CZECH"
    FRENCH = "MNEMONIC_LANGUAGE_FRENCH"
    ITALIAN = "MNEMONIC_LANGUAGE_ITALIAN"
    JAPANESE = "MNEMONIC_LANGUAGE_JAPANESE"
    KOREAN = "MNEMONIC_LANGUAGE_KOREAN"
    SPANISH = "MNEMONIC_LANGUAGE_SPANISH"


_LIST_NAMES = {
    Language.SIMPLIFIED_CHINESE: "chinese_simplified",
    Language.TRADITIONAL_CHINESE: "chinese_traditional",
}


class InvalidMnemonic(CryptoError):
    """Not a phrase. The message never quotes a word."""


def entropy_size(word_count: int) -> int:
    """The bytes of entropy behind so many words: 16 to 32. Raises ``InvalidMnemonic`` for another number of words."""
    if word_count not in WORD_COUNTS:
        raise InvalidMnemonic(f"a phrase of {word_count} words, expected one of {', '.join(map(str, WORD_COUNTS))}")
    return word_count * 4 // 3


def phrase_of(entropy: bytes | bytearray, language: Language = Language.ENGLISH) -> bytearray:
    """The words of 16, 20, 24, 28 or 32 bytes: UTF-8 in NFKD, one blank between two, in Japanese too."""
    count = len(entropy) * 3 // 4
    if entropy_size(count) != len(entropy):
        raise InvalidMnemonic(f"entropy is {len(entropy)} bytes long, expected 16, 20, 24, 28 or 32")
    numbers = _numbers_of(entropy, count)
    words = _words(language)
    phrase = bytearray(b" ") * (sum(len(words[number]) for number in numbers) + count - 1)  # growing leaves copies
    place = 0
    for number in numbers:
        end = place + len(words[number])
        phrase[place:end] = words[number]
        place = end + 1
    return phrase


def read_phrase(text: str) -> tuple[bytearray, Language]:
    """The entropy of a phrase, and the list its words are of. Raises ``InvalidMnemonic``.

    Unicode is brought into NFKD, and blanks of any kind and number count as one; a word in upper case is none. Where
    two lists have all the words (the Chinese ones share many), the first by which the checksum is right counts: the
    text, and so the seed, is the same by either.
    """
    if len(text) > PHRASE_MAX:
        raise InvalidMnemonic(f"{len(text)} characters, expected at most {PHRASE_MAX}")
    words = normalize("NFKD", text).split()
    entropy_size(len(words))
    read = False
    for language in Language:
        numbers = [_numbers(language).get(word) for word in words]
        if None in numbers:
            continue
        read = True
        entropy = _entropy_of([number for number in numbers if number is not None])
        if entropy is not None:
            return entropy, language
    raise InvalidMnemonic("the checksum does not match" if read else "not all words are of one list")


def seed_of(phrase: bytes | bytearray, *, passphrase: str = "") -> bytearray:
    """The 64 bytes that keys are derived from; ``phrase`` as `phrase_of` gives it. Takes a millisecond or two.

    Other threads run meanwhile: ``hashlib`` lets them, which OpenSSL's other bindings do not.
    """
    salt = _SALT + normalize("NFKD", passphrase).encode()
    stretched = pbkdf2_hmac("sha512", phrase, salt, _ROUNDS, SEED_SIZE)
    seed = bytearray(stretched)
    wipe(stretched)
    return seed


def _numbers_of(entropy: bytes | bytearray, count: int) -> list[int]:
    """Entropy and a bit of its SHA-256 for each 32 of its own, by elevens."""
    checksum_bits = count // 3
    bits = int.from_bytes(entropy) << checksum_bits | sha256(entropy).digest()[0] >> 8 - checksum_bits
    return [bits >> shift & (1 << _BITS) - 1 for shift in range(_BITS * (count - 1), -1, -_BITS)]


def _entropy_of(numbers: list[int]) -> bytearray | None:
    """The entropy, unless the checksum says otherwise."""
    count = len(numbers)
    bits = 0
    for number in numbers:
        bits = bits << _BITS | number
    entropy = bytearray((bits >> count // 3).to_bytes(count * 4 // 3))
    return entropy if _numbers_of(entropy, count) == numbers else None


@cache
def _words(language: Language) -> tuple[bytes, ...]:
    name = _LIST_NAMES.get(language, language.name.lower())
    return tuple(normalize("NFKD", word).encode() for word in Mnemonic(name).wordlist)


@cache
def _numbers(language: Language) -> Mapping[str, int]:
    return MappingProxyType({word.decode(): number for number, word in enumerate(_words(language))})
