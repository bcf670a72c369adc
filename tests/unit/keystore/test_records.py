"""Rows as an intruder in the database would leave them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from counterseal.keystore import FileSeal, Keystore, KeystoreError, SealedSecret
from counterseal.keystore.identities import IDENTITIES

EVERY_ROW = ["data_key", *IDENTITIES, "session_tokens"]


def flip_each_bit_of_ciphertext(row: SealedSecret) -> list[SealedSecret]:
    altered = []
    for position in range(len(row.sealed)):
        for bit in range(8):
            sealed = bytearray(row.sealed)
            sealed[position] ^= 1 << bit
            altered.append(replace(row, sealed=bytes(sealed)))
    return altered


def cut_and_stretch_ciphertext(row: SealedSecret) -> list[SealedSecret]:
    shorter = [replace(row, sealed=row.sealed[:size]) for size in range(len(row.sealed))]
    return [*shorter, replace(row, sealed=row.sealed + b"\0"), replace(row, sealed=b"\0" + row.sealed)]


def change_each_digit_of_the_public_key(row: SealedSecret) -> list[SealedSecret]:
    digits = row.public_key
    changed = [digits[:i] + ("0" if digit != "0" else "1") + digits[i + 1 :] for i, digit in enumerate(digits)]
    return [replace(row, public_key=text) for text in [*changed, digits.upper() + " ", digits + "00", "04"]]


@pytest.mark.parametrize(
    "tamper", [flip_each_bit_of_ciphertext, cut_and_stretch_ciphertext, change_each_digit_of_the_public_key]
)
@pytest.mark.parametrize("name", EVERY_ROW)
def test_an_altered_row_does_not_open(
    planted: Any, name: str, tamper: Callable[[SealedSecret], list[SealedSecret]]
) -> None:
    index = EVERY_ROW.index(name)
    for altered in tamper(planted.rows[index]):
        with pytest.raises(KeystoreError, match=f"sealed secret {name} "):
            Keystore.open(planted.seal, [*planted.rows[:index], altered, *planted.rows[index + 1 :]])


@pytest.mark.parametrize("name", EVERY_ROW)
@pytest.mark.parametrize("other", EVERY_ROW)
def test_no_row_stands_in_for_another(planted: Any, name: str, other: str) -> None:
    if name == other:
        return
    index, donor = EVERY_ROW.index(name), planted.rows[EVERY_ROW.index(other)]
    with pytest.raises(KeystoreError, match=f"sealed secret {name} does not open"):
        Keystore.open(planted.seal, [*planted.rows[:index], replace(donor, name=name), *planted.rows[index + 1 :]])


def test_text_does_not_move_between_name_and_public_key(planted: Any) -> None:
    """The name and the public key are authenticated each for itself, not their concatenation."""
    row = planted.rows[1]
    cipher = planted.open()._data_key.cipher_for("identities")
    with pytest.raises(KeystoreError):
        cipher.decrypt(row.sealed, context=("sealed secret", row.name + row.public_key[:1], row.public_key[1:]))


def test_another_seal_opens_nothing(tmp_path: Path, planted: Any) -> None:
    (tmp_path / "other").mkdir()
    other = FileSeal(tmp_path / "other")
    Keystore.create(other)
    with pytest.raises(KeystoreError, match="data_key does not open: wrong key"):
        Keystore.open(other, planted.rows)


def test_rows_of_another_keystore_are_refused(tmp_path: Path, planted: Any) -> None:
    (tmp_path / "other").mkdir()
    _, foreign = Keystore.create(FileSeal(tmp_path / "other"))
    for index, name in enumerate(EVERY_ROW):
        with pytest.raises(KeystoreError, match="does not open"):
            Keystore.open(planted.seal, [*planted.rows[:index], foreign[index], *planted.rows[index + 1 :]])
        assert foreign[index].name == name


def test_a_newer_format_is_said_to_be_newer(planted: Any) -> None:
    row = planted.rows[1]
    newer = replace(row, sealed=b"\x02" + row.sealed[1:])
    with pytest.raises(KeystoreError, match="signer has format 2, which this version does not know"):
        Keystore.open(planted.seal, [planted.rows[0], newer, *planted.rows[2:]])
