import unicodedata
from hashlib import sha256

import pytest

from counterseal.contract.shapes import MnemonicLanguage
from counterseal.crypto import mnemonics
from counterseal.crypto.mnemonics import InvalidMnemonic, Language

PHRASE = "abandon " * 11 + "about"


def test_the_languages_are_those_of_the_contract() -> None:
    assert {each.value for each in Language} == {each.value for each in MnemonicLanguage}


def test_the_english_list_is_the_published_one() -> None:
    """BIP-39's ``english.txt``, by its SHA-256; the others are shown by Trezor's vectors."""
    text = b"".join(word + b"\n" for word in mnemonics._words(Language.ENGLISH))
    assert sha256(text).hexdigest() == "2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda"


@pytest.mark.parametrize("language", Language)
def test_a_list_has_2048_words_in_nfkd(language: Language) -> None:
    words = mnemonics._words(language)
    assert len(set(words)) == 2048
    assert all(unicodedata.is_normalized("NFKD", word.decode()) for word in words)
    longest = max(words, key=len).decode()
    assert len(" ".join([longest] * 24)) < mnemonics.PHRASE_MAX


@pytest.mark.parametrize(("count", "size"), [(12, 16), (15, 20), (18, 24), (21, 28), (24, 32)])
def test_entropy_of_a_number_of_words(count: int, size: int) -> None:
    assert mnemonics.entropy_size(count) == size
    assert len(mnemonics.phrase_of(bytes(size)).split()) == count


@pytest.mark.parametrize("count", [0, 1, 11, 13, 16, 25, -12])
def test_other_numbers_of_words(count: int) -> None:
    with pytest.raises(InvalidMnemonic, match=f"a phrase of {count} words, expected one of 12, 15, 18, 21, 24"):
        mnemonics.entropy_size(count)


@pytest.mark.parametrize("size", [0, 15, 17, 33, 64])
def test_other_sizes_of_entropy(size: int) -> None:
    with pytest.raises(InvalidMnemonic):
        mnemonics.phrase_of(bytes(size))


@pytest.mark.parametrize("text", [f"  {PHRASE}\n", PHRASE.replace(" ", "   "), PHRASE.replace(" ", "\u3000")])
def test_blanks_of_any_kind_count_as_one(text: str) -> None:
    assert mnemonics.read_phrase(text) == (bytes(16), Language.ENGLISH)


def test_unicode_is_brought_into_one_form() -> None:
    phrase = mnemonics.phrase_of(bytes(range(16)), Language.SPANISH).decode()
    composed = unicodedata.normalize("NFC", phrase)
    assert composed != phrase
    assert mnemonics.read_phrase(composed) == (bytes(range(16)), Language.SPANISH)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "a phrase of 0 words"),
        ("abandon", "a phrase of 1 words"),
        (PHRASE.removesuffix("about") + "abandon", "the checksum does not match"),
        (PHRASE.removesuffix("about") + "abaut", "not all words are of one list"),
        (PHRASE.upper(), "not all words are of one list"),
        (PHRASE.removesuffix("about") + "abaisser ábaco", "a phrase of 13 words"),
        ("abaisser " * 11 + "ábaco", "not all words are of one list"),
        (PHRASE + " " * 2000, "characters, expected at most 2048"),
    ],
)
def test_refusals_quote_no_word(text: str, complaint: str) -> None:
    with pytest.raises(InvalidMnemonic, match=complaint) as refusal:
        mnemonics.read_phrase(text)
    assert not set(text.lower().split()) & set(str(refusal.value).split())


def test_a_phrase_of_both_chinese_lists_stays_the_same_text() -> None:
    """They share 1,275 characters, so a phrase of one may be one of the other: then the first list counts."""
    shared = set(mnemonics._words(Language.SIMPLIFIED_CHINESE)) & set(mnemonics._words(Language.TRADITIONAL_CHINESE))
    assert len(shared) == 1275
    of_both = 0
    for number in range(1000):
        entropy = sha256(b"%d" % number).digest()[:16]
        phrase = mnemonics.phrase_of(entropy, Language.TRADITIONAL_CHINESE)
        if set(bytes(phrase).split(b" ")) <= shared:
            of_both += 1
            assert mnemonics.phrase_of(*mnemonics.read_phrase(phrase.decode())) == phrase
    assert of_both > 0
