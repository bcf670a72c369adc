"""Files that only their owner may read: made once, durably, and never through a link.

Links are refused in the last component only: the data directory itself may well be one.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

from counterseal.keystore.errors import SealError

_OWNER_ONLY = 0o600
_ANYBODY_ELSE = 0o077


def create_private_file(path: Path, content: Callable[[], bytes]) -> None:
    """Create ``path`` with mode 0600 and make file and directory entry durable before returning.

    ``content`` is called once the file is open, so that no frame of a failed creation holds it. Raises `SealError` when
    anything of that name is there already, or when it cannot be written; then nothing is left behind.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, _OWNER_ONLY)
    except FileExistsError:
        raise SealError(
            f"{path} exists already; it is never overwritten, because what it seals would be lost"
        ) from None
    except OSError as error:
        raise SealError(f"cannot create {path}: {error.strerror}") from None
    try:
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(descriptor, _OWNER_ONLY)  # whatever the umask was
            file.write(content())
            file.flush()
            os.fsync(descriptor)
        make_entry_durable(path.parent)
    except BaseException as error:
        path.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise SealError(f"cannot write {path}: {error.strerror}") from None
        raise


def read_private_file(path: Path, *, limit: int) -> bytes:
    """The content of ``path``, at most ``limit`` bytes.

    Raises `SealError` when it is missing, a symbolic link, not a regular file, owned by another user, open to group or
    others in any way, or longer than ``limit``.
    """
    try:
        # O_NONBLOCK: a FIFO put in the file's place must not hang the start.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        reason = "it is a symbolic link; put the file itself there" if path.is_symlink() else error.strerror
        raise SealError(f"cannot open {path}: {reason}") from None
    with os.fdopen(descriptor, "rb") as file:
        _refuse_unless_private(path, os.fstat(descriptor))
        size = os.fstat(descriptor).st_size
        if size > limit:
            raise SealError(f"{path} has {size} bytes where at most {limit} are expected: it is another file")
        return file.read(limit)


def _refuse_unless_private(path: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise SealError(f"{path} is not a regular file")
    if status.st_uid != os.geteuid():
        raise SealError(
            f"{path} belongs to user {status.st_uid}, and this process runs as user {os.geteuid()}: "
            f"run as its owner, or chown it"
        )
    mode = stat.S_IMODE(status.st_mode)
    if mode & _ANYBODY_ELSE:
        raise SealError(f"{path} has mode {mode:04o}, so others may reach it: run `chmod 600 {path}`")


def make_entry_durable(directory: Path) -> None:
    """Let what has been made, renamed or removed in ``directory`` outlive a loss of power. Raises `OSError`."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
