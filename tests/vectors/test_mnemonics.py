"""BIP-39: Trezor's vectors for nine languages, and others of public origin."""

import json
from itertools import chain
from pathlib import Path

import pytest
from embit.bip32 import HDKey

from counterseal.crypto import mnemonics
from counterseal.crypto.curves import Curve
from counterseal.crypto.key_tree import KeyTree
from counterseal.crypto.mnemonics import InvalidMnemonic, Language

DATA = Path(__file__).parent / "data"
TREZOR = json.loads((DATA / "bip39_trezor.json").read_text("utf-8"))["vectors"]
WALLET_KEYS = json.loads((DATA / "wallet_keys.json").read_text("utf-8"))
TREZOR_CASES = list(chain.from_iterable([(name, *case) for case in cases] for name, cases in TREZOR.items()))


def test_every_language_has_vectors() -> None:
    assert set(TREZOR) == {language.name for language in Language}
    assert len(TREZOR_CASES) == 24 * 9


@pytest.mark.parametrize(("language", "entropy", "phrase", "seed", "root"), TREZOR_CASES)
def test_trezor(language: str, entropy: str, phrase: str, seed: str, root: str) -> None:
    read, found = mnemonics.read_phrase(phrase)
    assert read.hex() == entropy
    assert found in (Language[language], Language.SIMPLIFIED_CHINESE)  # the two Chinese lists begin alike
    made = mnemonics.phrase_of(read, Language[language])
    assert mnemonics.seed_of(made, passphrase="TREZOR").hex() == seed
    expected = HDKey.from_string(root)
    with KeyTree(bytes.fromhex(seed)) as tree:
        assert tree.private_key(Curve.SECP256K1, ()) == expected.key.secret


@pytest.mark.parametrize("vector", WALLET_KEYS["bip39"], ids=lambda vector: f"{vector['language']} {vector['words']}")
def test_others(vector: dict[str, str]) -> None:
    entropy, language = mnemonics.read_phrase(vector["mnemonic"])
    if "entropy" in vector:
        assert entropy.hex() == vector["entropy"]
    phrase = mnemonics.phrase_of(entropy, language)
    assert len(phrase.split()) == vector["words"]
    assert mnemonics.seed_of(phrase, passphrase=vector["passphrase"]).hex() == vector["seed"]


@pytest.mark.parametrize("vector", WALLET_KEYS["bip39_invalid"], ids=lambda vector: vector["why"])
def test_invalid(vector: dict[str, str]) -> None:
    with pytest.raises(InvalidMnemonic):
        mnemonics.read_phrase(vector["mnemonic"])
