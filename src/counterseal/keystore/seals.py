"""Which seal a data directory uses: its files tell."""

from __future__ import annotations

from pathlib import Path

from counterseal.keystore import file_seal, passphrase_seal
from counterseal.keystore.errors import SealError
from counterseal.keystore.file_seal import FileSeal
from counterseal.keystore.passphrase_seal import PassphraseSeal
from counterseal.keystore.seal import Seal


def seal_of(directory: Path, *, passphrase: str | None = None) -> Seal:
    """The seal that ``directory`` was created with. Opens nothing.

    Raises `SealError` when there is none or more than one, when a passphrase is needed and none is given, or when one
    is given and not used: an operator who sets a passphrase believes that it protects something.
    """
    plain = directory / file_seal.FILE_NAME
    wrapped = directory / passphrase_seal.FILE_NAME
    has_plain, has_wrapped = _is_there(plain), _is_there(wrapped)
    if has_plain and has_wrapped:
        raise SealError(f"{directory} holds both {plain.name} and {wrapped.name}: move the one that is not in use away")
    if has_wrapped:
        if passphrase is None:
            raise SealError(f"{wrapped} is sealed with a passphrase, and none was given")
        return PassphraseSeal(directory, passphrase)
    if has_plain:
        if passphrase is not None:
            raise SealError(f"a passphrase was given, but {plain} is not sealed with one")
        return FileSeal(directory)
    raise SealError(f"{directory} holds no root key: neither {plain.name} nor {wrapped.name} is there")


def holds_root_key(directory: Path) -> bool:
    """Whether it has a root key, however that is sealed."""
    return any(_is_there(directory / name) for name in (file_seal.FILE_NAME, passphrase_seal.FILE_NAME))


def _is_there(path: Path) -> bool:
    """Also true of a dangling link, which the seal then refuses by name."""
    return path.exists() or path.is_symlink()
