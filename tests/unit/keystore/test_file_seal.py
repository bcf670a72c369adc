from __future__ import annotations

from pathlib import Path

import pytest

from counterseal.keystore.errors import SealError
from counterseal.keystore.file_seal import FileSeal
from counterseal.keystore.keys import RootKey


def test_the_file_is_a_label_and_64_digits(tmp_path: Path) -> None:
    root_key = RootKey(bytes(range(32)))
    FileSeal(tmp_path).create(root_key)
    assert (tmp_path / "root.key").read_text() == f"counterseal-root-key-v1 {bytes(range(32)).hex()}\n"


@pytest.mark.parametrize("ending", ["", "\n"])
def test_a_restored_file_may_lack_its_newline(tmp_path: Path, ending: str) -> None:
    file = tmp_path / "root.key"
    file.write_text(f"counterseal-root-key-v1 {bytes(range(32)).hex()}{ending}")
    file.chmod(0o600)
    assert FileSeal(tmp_path).unseal().reveal() == bytes(range(32))


@pytest.mark.parametrize(
    "content",
    [
        "11" * 32,
        "counterseal-root-key-v2 " + "11" * 32,
        "counterseal-root-key-v1 " + "11" * 31,
        "counterseal-root-key-v1 " + "11" * 33,
        "counterseal-root-key-v1 " + "AA" * 32,
        "counterseal-root-key-v1 " + "11" * 32 + "\n\n",
    ],
)
def test_any_other_form_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "root.key"
    file.write_text(content)
    file.chmod(0o600)
    with pytest.raises(SealError, match="does not hold a root key"):
        FileSeal(tmp_path).unseal()
