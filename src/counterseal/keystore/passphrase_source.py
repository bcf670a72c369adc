"""Where the operator puts a secret for the server to find: in a file, or in the environment."""

from __future__ import annotations

import ctypes
import os
import stat
from pathlib import Path

from counterseal.keystore.errors import SealError

_FILE_BYTES_MAX = 4096
_OTHERS = 0o007
_GROUP = 0o070
_ROOT = 0


def passphrase_in_file(path: Path) -> str:
    """The first line of the file. Links are followed: Kubernetes puts one in the place of each secret.

    Raises `SealError` when it cannot be read, is not text, has no end, or can be reached by others. A file of root's
    may be open to a group: so root hands a secret to one user (systemd's credentials; root:counterseal, 0640).
    """
    try:
        with path.open("rb") as file:
            _refuse_if_open_to_others(path, os.fstat(file.fileno()))
            content = file.read(_FILE_BYTES_MAX + 1)
    except OSError as error:
        raise SealError(f"cannot read {path}: {error.strerror}") from None
    if len(content) > _FILE_BYTES_MAX:
        raise SealError(f"{path} has more than {_FILE_BYTES_MAX} bytes: expected a passphrase on one line")
    try:
        return content.decode().split("\n", 1)[0]
    except UnicodeDecodeError:
        raise SealError(f"{path} is not a text file") from None


def take_secret(variable: str) -> str | None:
    """The passphrase or password in an environment variable, None if it is not set or empty; afterwards it is gone:
    from this process, from what it starts, and from what the system shows of it (``/proc/<pid>/environ``).

    Raises `SealError` if it is not UTF-8.
    """
    value = os.environ.get(variable)
    if value is None:
        return None
    get_address = ctypes.CDLL(None).getenv
    get_address.restype = ctypes.c_void_p
    address = get_address(os.fsencode(variable))
    if address is not None:
        ctypes.memset(address, 0, len(os.fsencode(value)))  # removing the variable leaves its bytes where they are
    del os.environ[variable]
    try:
        value.encode()
    except UnicodeEncodeError:
        raise SealError(f"{variable} is not UTF-8 text") from None
    return value or None


def _refuse_if_open_to_others(path: Path, status: os.stat_result) -> None:
    """Of files only: a pipe or a terminal has been opened for this process to read."""
    if not stat.S_ISREG(status.st_mode):
        return
    if status.st_uid not in {_ROOT, os.geteuid()}:
        raise SealError(f"{path} belongs to user {status.st_uid}, who is neither root nor this process's user")
    is_handed_over = status.st_uid == _ROOT != os.geteuid() and not status.st_mode & stat.S_IWGRP
    if status.st_mode & (_OTHERS if is_handed_over else _OTHERS | _GROUP):
        mode = stat.S_IMODE(status.st_mode)
        raise SealError(f"{path} has mode {mode:04o}, so others may reach it: run `chmod 600 {path}`")
