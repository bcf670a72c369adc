"""The default seal: the root key in a file that only the server's user may read."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from typing import Final

from counterseal.keystore.errors import SealError
from counterseal.keystore.keys import KEY_BYTES, RootKey
from counterseal.keystore.private_file import create_private_file, read_private_file

FILE_NAME: Final = "root.key"

# The label lets people and secret scanners recognise the file for what it is.
_LABEL: Final = "counterseal-root-key-v1"
_PATTERN: Final = re.compile(rf"{_LABEL} ([0-9a-f]{{{2 * KEY_BYTES}}})\n?".encode())
_LIMIT_BYTES: Final = 4096


class FileSeal:
    """``root.key`` in the data directory: one line, a label and 64 hex digits, mode 0600, owned by the server's user.

    It protects against other users of the machine and against a copy of the database alone. It does not protect against
    whoever takes the whole directory: keep the file out of the database's backups.
    """

    __slots__ = ("_path",)

    name = "file"

    def __init__(self, directory: Path) -> None:
        self._path = directory / FILE_NAME

    def create(self, root_key: RootKey) -> None:
        """Write the file. Raises `SealError` if anything of that name exists or the directory cannot be written."""
        create_private_file(self._path, partial(_content, root_key))

    def unseal(self) -> RootKey:
        """Read the file. Raises `SealError` if it is missing, a link, not ours, open to others, or no root key."""
        root_key = _parse(read_private_file(self._path, limit=_LIMIT_BYTES))
        if root_key is None:
            raise SealError(f"{self._path} does not hold a root key: restore it from its backup")
        return root_key


def _content(root_key: RootKey) -> bytes:
    return f"{_LABEL} {root_key.reveal().hex()}\n".encode()


def _parse(content: bytes) -> RootKey | None:
    match = _PATTERN.fullmatch(content)
    return RootKey(bytes.fromhex(match[1].decode())) if match else None
