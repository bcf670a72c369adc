"""Phrases and keys: laws, and three other implementations (Trezor's ``mnemonic`` and ``slip10``, bip-utils, embit)."""

import hmac
from hashlib import sha256

import bip_utils
import coincurve
import pytest
from embit.bip32 import HDKey
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from mnemonic import Mnemonic
from slip10 import SLIP10

from counterseal.crypto import mnemonics, paths
from counterseal.crypto.curves import Curve
from counterseal.crypto.key_tree import KeyTree
from counterseal.crypto.mnemonics import WORD_COUNTS, InvalidMnemonic, Language
from counterseal.crypto.paths import HARDENED, LEVELS_MAX, InvalidPath, Levels
from counterseal.crypto.public_keys import public_key_of
from counterseal.crypto.secp256k1 import ORDER

entropies = st.sampled_from(WORD_COUNTS).flatmap(
    lambda count: st.binary(min_size=mnemonics.entropy_size(count), max_size=mnemonics.entropy_size(count))
)
seeds = st.binary(min_size=16, max_size=64)
some_levels = st.integers(0, 2 * HARDENED - 1) | st.sampled_from([0, 1, HARDENED - 1, HARDENED, 2 * HARDENED - 1])
all_levels = st.lists(some_levels, max_size=5).map(tuple)

LISTS = {
    Language.ENGLISH: ("english", bip_utils.Bip39Languages.ENGLISH),
    Language.SIMPLIFIED_CHINESE: ("chinese_simplified", bip_utils.Bip39Languages.CHINESE_SIMPLIFIED),
    Language.TRADITIONAL_CHINESE: ("chinese_traditional", bip_utils.Bip39Languages.CHINESE_TRADITIONAL),
    Language.CZECH: ("czech", bip_utils.Bip39Languages.CZECH),
    Language.FRENCH: ("french", bip_utils.Bip39Languages.FRENCH),
    Language.ITALIAN: ("italian", bip_utils.Bip39Languages.ITALIAN),
    Language.JAPANESE: ("japanese", None),  # bip-utils has no list of it
    Language.KOREAN: ("korean", bip_utils.Bip39Languages.KOREAN),
    Language.SPANISH: ("spanish", bip_utils.Bip39Languages.SPANISH),
}
SLIP10_NAMES = {Curve.SECP256K1: "secp256k1", Curve.P256: "secp256r1", Curve.ED25519: "ed25519"}
BIP_UTILS = {
    Curve.SECP256K1: bip_utils.Bip32Slip10Secp256k1,
    Curve.P256: bip_utils.Bip32Slip10Nist256p1,
    Curve.ED25519: bip_utils.Bip32Slip10Ed25519,
}


@given(entropies, st.sampled_from(Language))
def test_a_phrase_stands_for_its_entropy_and_is_what_others_make_of_it(entropy: bytes, language: Language) -> None:
    phrase = mnemonics.phrase_of(entropy, language).decode()
    read, found = mnemonics.read_phrase(phrase)
    assert mnemonics.phrase_of(read, found).decode() == phrase  # two Chinese lists may have it: the text is the same
    trezor_name, bip_utils_name = LISTS[language]
    theirs = Mnemonic(trezor_name)
    assert theirs.normalize_string(theirs.to_mnemonic(entropy)).split() == phrase.split(" ")
    if bip_utils_name is not None:
        other = bip_utils.Bip39MnemonicEncoder(bip_utils_name).Encode(entropy).ToStr()
        assert theirs.normalize_string(other) == phrase
        assert bip_utils.Bip39MnemonicDecoder(bip_utils_name).Decode(other) == entropy
    if found is language:
        assert read == entropy


@settings(max_examples=20)
@given(entropies, st.sampled_from(Language), st.text(max_size=10))
def test_a_seed_is_what_others_make_of_the_phrase(entropy: bytes, language: Language, passphrase: str) -> None:
    phrase = mnemonics.phrase_of(entropy, language)
    seed = mnemonics.seed_of(phrase, passphrase=passphrase)
    assert seed == Mnemonic.to_seed(phrase.decode(), passphrase)
    if LISTS[language][1] is not None:
        assert seed == bip_utils.Bip39SeedGenerator(phrase.decode(), LISTS[language][1]).Generate(passphrase)


@given(entropies, st.data())
def test_a_changed_word_is_refused_or_another_phrase(entropy: bytes, data: st.DataObject) -> None:
    words = mnemonics.phrase_of(entropy).decode().split(" ")
    place = data.draw(st.integers(0, len(words) - 1))
    words[place] = data.draw(st.sampled_from(Mnemonic("english").wordlist))
    try:
        read, language = mnemonics.read_phrase(" ".join(words))
    except InvalidMnemonic:
        assert not Mnemonic("english").check(" ".join(words))
        return
    assert mnemonics.phrase_of(read, language).decode().split(" ") == words


@given(
    st.text(max_size=200)
    | st.lists(st.sampled_from(["abandon", "about", "的", "あいこくしん"]), max_size=25).map(" ".join)
)
def test_any_text_is_refused_or_read_whole(text: str) -> None:
    try:
        read, language = mnemonics.read_phrase(text)
    except InvalidMnemonic as fault:
        assert not any(word in str(fault) for word in ("abandon", "about"))
        return
    assert mnemonics.phrase_of(read, language).decode().split() == Mnemonic.normalize_string(text).split()


@given(st.lists(some_levels, max_size=LEVELS_MAX).map(tuple), st.sampled_from("'hH"))
def test_a_path_is_read_as_it_was_written(levels: Levels, mark: str) -> None:
    text = paths.text_of(levels)
    assert paths.parse(text.replace("'", mark)) == levels
    assert text == bip_utils.Bip32PathParser.Parse(text).ToStr() if levels else text == "m"


@given(
    st.text(alphabet="m/0123456789'hH +-x२", max_size=30)
    | st.from_regex(r"m(/[0-9]{1,11}['hH]?){1,22}", fullmatch=True)
)
def test_any_text_is_refused_or_a_path(text: str) -> None:
    try:
        levels = paths.parse(text)
    except InvalidPath:
        return
    assert text.startswith("m")
    assert paths.parse(paths.text_of(levels)) == levels
    assert len(levels) == text.count("/") <= LEVELS_MAX
    assert all(0 <= level < 2 * HARDENED for level in levels)


@given(seeds, st.sampled_from(Curve), all_levels)
def test_a_key_is_the_one_that_others_derive(seed: bytes, curve: Curve, levels: Levels) -> None:
    with KeyTree(seed) as tree:
        key = tree.private_key(curve, levels)
    followed = list(paths.followed(levels, curve))
    trezor = SLIP10.from_seed(seed, curve_name=SLIP10_NAMES[curve])
    assert trezor.get_privkey_from_path(followed) == key
    assert trezor.get_pubkey_from_path(followed)[-32:] == public_key_of(curve, key)[-32:]
    other = BIP_UTILS[curve].FromSeed(seed)
    for level in followed:
        other = other.ChildKey(level)
    assert other.PrivateKey().Raw().ToBytes() == key
    assert other.PublicKey().RawCompressed().ToBytes()[-32:] == public_key_of(curve, key)[-32:]
    if curve is Curve.SECP256K1:
        assert HDKey.from_seed(seed).derive(followed).key.secret == key


@given(seeds, some_levels)
def test_a_child_is_what_bip32_says(seed: bytes, level: int) -> None:
    """By hand, in integers: IL + k modulo n, IL being half of an HMAC over the parent's key or point and the number."""
    root = hmac.digest(b"Bitcoin seed", seed, "sha512")
    parent, chain_code = root[:32], root[32:]
    data = b"\x00" + parent if level >= HARDENED else coincurve.PublicKey.from_secret(parent).format()
    left = hmac.digest(chain_code, data + level.to_bytes(4), "sha512")[:32]
    expected = (int.from_bytes(left) + int.from_bytes(parent)) % ORDER
    with KeyTree(seed) as tree:
        assert tree.private_key(Curve.SECP256K1, ()) == parent
        assert tree.private_key(Curve.SECP256K1, (level,)) == expected.to_bytes(32)


@pytest.mark.parametrize("curve", Curve)
def test_zeros_in_front_of_a_key_are_kept(curve: Curve) -> None:
    """One key in 256 begins with a zero byte; its children are made from all 32."""
    seed = sha256(b"zeros").digest()
    trezor = SLIP10.from_seed(seed, curve_name=SLIP10_NAMES[curve])
    begun_with_zero = 0
    with KeyTree(seed) as tree:
        for number in range(1500):
            levels = (HARDENED + number,)
            key = tree.private_key(curve, levels)
            if key[0] == 0:
                begun_with_zero += 1
                assert len(key) == 32
                child = (*levels, HARDENED)
                assert tree.private_key(curve, child) == trezor.get_privkey_from_path(list(child))
    assert begun_with_zero >= 2


@given(seeds, all_levels)
def test_on_ed25519_a_level_is_hardened_whether_it_says_so_or_not(seed: bytes, levels: Levels) -> None:
    assume(levels)
    with KeyTree(seed) as tree:
        hardened = tuple(level | HARDENED for level in levels)
        assert tree.private_key(Curve.ED25519, levels) == tree.private_key(Curve.ED25519, hardened)
