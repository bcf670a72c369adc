from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from counterseal.keystore import FileSeal, Keystore, KeystoreError, rotate_root_key


def test_rotation_replaces_the_root_key_and_one_row(tmp_path: Path, planted: Any) -> None:
    (tmp_path / "next").mkdir()
    new = FileSeal(tmp_path / "next")
    row = rotate_root_key(planted.rows, old=planted.seal, new=new)
    rows = [row, *planted.rows[1:]]
    assert row.name == "data_key"
    assert new.unseal().reveal() != planted.seal.unseal().reveal()
    assert Keystore.open(new, rows).public_identities() == planted.open().public_identities()
    sealed_before = planted.open().encrypt(b"secret", "purpose")
    assert Keystore.open(new, rows).decrypt(sealed_before, "purpose") == b"secret"


def test_after_rotation_each_root_key_opens_its_own_row_only(tmp_path: Path, planted: Any) -> None:
    (tmp_path / "next").mkdir()
    new = FileSeal(tmp_path / "next")
    rows = [rotate_root_key(planted.rows, old=planted.seal, new=new), *planted.rows[1:]]
    with pytest.raises(KeystoreError, match="data_key does not open"):
        Keystore.open(planted.seal, rows)
    with pytest.raises(KeystoreError, match="data_key does not open"):
        Keystore.open(new, planted.rows)


def test_rotation_refuses_before_it_makes_a_new_seal(tmp_path: Path, planted: Any) -> None:
    (tmp_path / "next").mkdir()
    new = FileSeal(tmp_path / "next")
    altered = replace(planted.rows[0], sealed=planted.rows[0].sealed[:-1])
    with pytest.raises(KeystoreError):
        rotate_root_key([altered], old=planted.seal, new=new)
    with pytest.raises(KeystoreError, match="data_key is missing"):
        rotate_root_key([], old=planted.seal, new=new)
    assert list((tmp_path / "next").iterdir()) == []
