"""The data key's row in the store: wrapping it, unwrapping it, and replacing the root key over it."""

from __future__ import annotations

from collections.abc import Iterable

from counterseal.keystore.keys import DataKey, RootKey
from counterseal.keystore.records import SealedSecret, only, open_secret, seal_secret
from counterseal.keystore.seal import Seal

DATA_KEY = "data_key"
_PURPOSE = "wrap the data key"


def wrap_data_key(data_key: DataKey, root_key: RootKey) -> SealedSecret:
    """The row named ``data_key``."""
    return seal_secret(root_key.cipher_for(_PURPOSE), name=DATA_KEY, public_key="", secret=data_key.reveal())


def unwrap_data_key(record: SealedSecret, root_key: RootKey) -> DataKey:
    """The data key. Raises `KeystoreError` if the row was altered, or wrapped by another root key."""
    return DataKey(open_secret(root_key.cipher_for(_PURPOSE), record))


def rotate_root_key(sealed: Iterable[SealedSecret], *, old: Seal, new: Seal) -> SealedSecret:
    """Put a fresh root key under ``new`` and wrap the data key with it: the row that replaces the old ``data_key`` row.

    No other row changes. Until the row is stored ``old`` opens the store and ``new`` does not, afterwards it is the
    other way round: remove the old seal only then. ``new`` needs a directory of its own while both exist. To change
    only a passphrase no row changes at all: ``new.create(old.unseal())``.

    This withdraws a leaked root key from future copies of the store. Who has both it and an earlier copy of the store
    has the data key: then the identities have to be replaced too. Raises `KeystoreError`.
    """
    data_key = unwrap_data_key(only(sealed, DATA_KEY), old.unseal())
    root_key = RootKey.generate()
    new.create(root_key)
    return wrap_data_key(data_key, root_key)
