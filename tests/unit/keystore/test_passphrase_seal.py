from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from counterseal.keystore.errors import SealError
from counterseal.keystore.keys import RootKey
from counterseal.keystore.passphrase_seal import Argon2Cost, PassphraseSeal

PASSPHRASE = "correct horse battery staple"
CHEAP = Argon2Cost(memory_kib=32, iterations=1, lanes=1)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    PassphraseSeal(tmp_path, PASSPHRASE, cost=CHEAP).create(RootKey(bytes(range(32))))
    return tmp_path / "root.sealed.json"


def alter(file: Path, **members: Any) -> None:
    file.write_text(json.dumps(json.loads(file.read_text()) | members))


def test_a_wrong_passphrase_is_called_so(file: Path) -> None:
    with pytest.raises(SealError, match="wrong passphrase"):
        PassphraseSeal(file.parent, PASSPHRASE + " ").unseal()


def test_the_passphrase_does_not_depend_on_the_keyboard(tmp_path: Path) -> None:
    composed, decomposed = (unicodedata.normalize(form, "Zürcher Geschnetzeltes") for form in ("NFC", "NFD"))
    assert composed != decomposed
    PassphraseSeal(tmp_path, composed, cost=CHEAP).create(RootKey(bytes(range(32))))
    assert PassphraseSeal(tmp_path, decomposed).unseal().reveal() == bytes(range(32))


@pytest.mark.parametrize("passphrase", ["", "hunter2", "eleven char"])
def test_a_short_passphrase_is_refused(tmp_path: Path, passphrase: str) -> None:
    with pytest.raises(SealError, match="at least 12 characters"):
        PassphraseSeal(tmp_path, passphrase, cost=CHEAP).create(RootKey.generate())
    assert list(tmp_path.iterdir()) == []


def test_neither_the_root_key_nor_the_passphrase_is_in_the_file(file: Path) -> None:
    content = file.read_bytes()
    assert bytes(range(32)) not in content
    assert bytes(range(32)).hex().encode() not in content
    assert PASSPHRASE.encode() not in content


def test_the_usual_costs_are_those_of_rfc_9106(tmp_path: Path) -> None:
    seal = PassphraseSeal(tmp_path, PASSPHRASE)
    seal.create(RootKey(bytes(range(32))))
    written = json.loads((tmp_path / "root.sealed.json").read_text())
    assert written["cost"] == {"memory_kib": 65536, "iterations": 3, "lanes": 4}
    assert seal.unseal().reveal() == bytes(range(32))


def test_two_seals_of_one_key_share_nothing(tmp_path: Path) -> None:
    written = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        PassphraseSeal(tmp_path / name, PASSPHRASE, cost=CHEAP).create(RootKey(bytes(range(32))))
        written.append(json.loads((tmp_path / name / "root.sealed.json").read_text()))
    assert written[0]["salt"] != written[1]["salt"]
    assert written[0]["wrapped_root_key"] != written[1]["wrapped_root_key"]


@pytest.mark.parametrize(
    "cost",
    [
        {"memory_kib": 2**30, "iterations": 3, "lanes": 4},  # 1 TiB
        {"memory_kib": 2**20 + 1, "iterations": 3, "lanes": 4},
        {"memory_kib": 65536, "iterations": 2**32 - 1, "lanes": 4},
        {"memory_kib": 65536, "iterations": 3, "lanes": 2**24 - 1},
        {"memory_kib": 8, "iterations": 3, "lanes": 4},
        {"memory_kib": 0, "iterations": 3, "lanes": 4},
        {"memory_kib": 65536, "iterations": 0, "lanes": 4},
        {"memory_kib": 65536, "iterations": 3, "lanes": 0},
        {"memory_kib": -1, "iterations": 3, "lanes": 4},
        {"memory_kib": 1e9, "iterations": 3, "lanes": 4},
        {"memory_kib": "65536", "iterations": 3, "lanes": 4},
        {"memory_kib": 65536, "iterations": 3, "lanes": 4, "threads": 9},
        None,
    ],
)
def test_a_hostile_file_does_not_choose_its_price(file: Path, cost: object) -> None:
    alter(file, cost=cost)
    with pytest.raises(SealError, match="not a sealed root key"):
        PassphraseSeal(file.parent, PASSPHRASE).unseal()


def test_a_seal_that_could_not_be_read_back_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="memory"):
        Argon2Cost(memory_kib=2**20 + 1)


@pytest.mark.parametrize(
    "members",
    [
        {"version": 2},
        {"kdf": "scrypt"},
        {"salt": "00" * 15},
        {"salt": "AA" * 16},
        {"salt": "00" * 16 + "\n"},
        {"wrapped_root_key": ""},
        {"wrapped_root_key": "0" * 121},
        {"unknown": 1},
    ],
)
def test_another_form_is_refused(file: Path, members: dict[str, Any]) -> None:
    alter(file, **members)
    with pytest.raises(SealError, match="not a sealed root key"):
        PassphraseSeal(file.parent, PASSPHRASE).unseal()


@pytest.mark.parametrize("cost", [{"memory_kib": 33}, {"iterations": 2}, {"lanes": 2}])
def test_the_costs_are_authenticated(file: Path, cost: dict[str, int]) -> None:
    alter(file, cost={"memory_kib": 32, "iterations": 1, "lanes": 1} | cost)
    with pytest.raises(SealError, match="wrong passphrase"):
        PassphraseSeal(file.parent, PASSPHRASE).unseal()


def test_another_salt_opens_nothing(file: Path) -> None:
    alter(file, salt="00" * 16)
    with pytest.raises(SealError, match="wrong passphrase"):
        PassphraseSeal(file.parent, PASSPHRASE).unseal()
