from __future__ import annotations

from pathlib import Path

import pytest

from counterseal.keystore.errors import SealError
from counterseal.keystore.file_seal import FileSeal
from counterseal.keystore.keys import RootKey
from counterseal.keystore.passphrase_seal import Argon2Cost, PassphraseSeal
from counterseal.keystore.seals import seal_of

PASSPHRASE = "correct horse battery staple"
CHEAP = Argon2Cost(memory_kib=32, iterations=1, lanes=1)


def test_an_empty_directory_has_none(tmp_path: Path) -> None:
    with pytest.raises(SealError, match="holds no root key"):
        seal_of(tmp_path)


def test_a_passphrase_must_be_given_where_it_is_needed(tmp_path: Path) -> None:
    PassphraseSeal(tmp_path, PASSPHRASE, cost=CHEAP).create(RootKey.generate())
    with pytest.raises(SealError, match="sealed with a passphrase, and none was given"):
        seal_of(tmp_path)


def test_a_passphrase_that_protects_nothing_is_pointed_out(tmp_path: Path) -> None:
    FileSeal(tmp_path).create(RootKey.generate())
    with pytest.raises(SealError, match="not sealed with one"):
        seal_of(tmp_path, passphrase=PASSPHRASE)


def test_two_seals_are_not_chosen_between(tmp_path: Path) -> None:
    FileSeal(tmp_path).create(RootKey.generate())
    PassphraseSeal(tmp_path, PASSPHRASE, cost=CHEAP).create(RootKey.generate())
    for passphrase in (None, PASSPHRASE):
        with pytest.raises(SealError, match="holds both"):
            seal_of(tmp_path, passphrase=passphrase)


def test_a_dangling_link_is_refused_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "root.key").symlink_to(tmp_path / "absent")
    with pytest.raises(SealError, match="symbolic link"):
        seal_of(tmp_path).unseal()
