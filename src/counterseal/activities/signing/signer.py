"""``signWith``: the key that a request names, by an address, an id or a public key.

Sources: Turnkey docs, API errors (``Could not find any resource to sign with. Addresses are case sensitive.``, seen
live); cosmjs and bitcoin clients, which name keys by their public halves; docs/divergences.md (order, spelling).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import msgspec

from counterseal.activities.needs import Needed, Reading, Sealed, secret_of
from counterseal.activities.private_keys.facts import private_key_facts
from counterseal.activities.wallets.facts import account_facts, wallet_facts
from counterseal.chains.address_formats import KEY_CURVES, address_of, scheme_of
from counterseal.contract.errors import NotFound
from counterseal.contract.shapes import AddressFormat, Curve
from counterseal.contract.submit import UUID
from counterseal.crypto.signing import Scheme
from counterseal.keystore.wallet_keys import SealedKey
from counterseal.organizations import (
    PRIVATE_KEY_ADDRESS,
    PRIVATE_KEY_PUBLIC_KEY,
    WALLET_ACCOUNT_ADDRESS,
    WALLET_ACCOUNT_PUBLIC_KEY,
    PrivateKey,
    View,
    Wallet,
    WalletAccount,
)
from counterseal.store import RowKey

NAME_CHARACTERS_MAX = 200
"""No address, id or public key is longer."""

_HEX_ADDRESS = re.compile(r"0x[0-9a-f]+")
_PUBLIC_KEY = re.compile(r"[0-9a-f]{64}|0[23][0-9a-f]{64}")
_UNCOMPRESSED = re.compile(r"04([0-9a-f]{64})[0-9a-f]{63}([0-9a-f])")

_SCHEME_RANK = {Scheme.SCHNORR: 1, Scheme.SCHNORR_TAPROOT: 1}
"""Of accounts with one public key, those that sign by ECDSA or Ed25519 are meant before others."""


class Signer(msgspec.Struct, frozen=True, kw_only=True):
    """A key and what it is named by. ``wallet`` is that of an account, where somebody may ask for it.
    ``address_format`` is None for a private key that is named by its id or public key, which may have many or none.
    """

    row: WalletAccount | PrivateKey
    wallet: Wallet | None
    address_format: AddressFormat | None
    sealed: bytes

    @property
    def curve(self) -> Curve:
        """The contract's curve."""
        return self.row.curve

    @property
    def scheme(self) -> Scheme:
        """How it signs."""
        return scheme_of(self.row.curve, self.address_format)

    @property
    def public_key(self) -> bytes:
        """33 bytes, or 32 of Ed25519."""
        return bytes.fromhex(self.row.public_key)

    @property
    def key(self) -> SealedKey:
        """For the key store."""
        return SealedKey(curve=KEY_CURVES[self.row.curve], public_key=self.row.public_key, sealed=self.sealed)

    def ethereum_address(self) -> str:
        """Its address of Ethereum, which it has on secp256k1, whatever its own format is."""
        row = self.row
        if isinstance(row, WalletAccount):
            known = row.address if row.address_format is AddressFormat.ETHEREUM else None
        else:
            known = next((each.address for each in row.addresses if each.format is AddressFormat.ETHEREUM), None)
        return known or address_of(row.curve, AddressFormat.ETHEREUM, self.public_key)

    def shown_as(self, sign_with: str) -> str:
        """Its address, or what it is named by."""
        return self.row.address if isinstance(self.row, WalletAccount) else sign_with

    def facts(self) -> dict[str, Any]:
        """``wallet`` and ``wallet_account``, or ``private_key``."""
        if isinstance(self.row, PrivateKey):
            return {"private_key": private_key_facts(self.row)}
        wallet = {} if self.wallet is None else {"wallet": wallet_facts(self.wallet)}
        return wallet | {"wallet_account": account_facts(self.row)}


def read_signer(sign_with: str, view: View, *, beside: Sequence[Needed] = ()) -> Reading:
    """The rows of whom ``sign_with`` names, and the sealed key; in the same step what is asked for ``beside``."""
    keys = _keys(sign_with)
    yield [*keys, *beside]
    row = _named(sign_with, view)
    if row is not None:
        if isinstance(row, WalletAccount) and view.is_asked_about:
            yield [_wallet_of(row), Sealed(id=row.id)]
        else:
            yield [Sealed(id=row.id)]


def the_signer(sign_with: str, view: View) -> Signer:
    """Whom ``sign_with`` names, once ``read_signer`` has been read. Raises NotFound."""
    row = _named(sign_with, view)
    if row is None:
        raise NotFound("Could not find any resource to sign with. Addresses are case sensitive.")
    sealed = secret_of(row.id, view)
    if isinstance(row, PrivateKey):
        named = next((each.format for each in row.addresses if _is_same(each.address, sign_with, view)), None)
        return Signer(row=row, wallet=None, address_format=named, sealed=sealed)
    wallets = view.rows[_wallet_of(row)] if view.is_asked_about else ()
    wallet = wallets[0] if wallets else None
    return Signer(row=row, wallet=wallet, address_format=row.address_format, sealed=sealed)


def _wallet_of(account: WalletAccount) -> RowKey:
    return RowKey(kind=Wallet, value=account.wallet_id)


def _keys(sign_with: str) -> Sequence[RowKey]:
    """Whatever may be meant. A text that is none of it asks for nothing."""
    return _keys_of(sign_with) if 0 < len(sign_with) <= NAME_CHARACTERS_MAX else ()


@lru_cache(1024)  # each is asked for three times by one activity, and again by the next
def _keys_of(sign_with: str) -> Sequence[RowKey]:
    if UUID.fullmatch(sign_with.lower()):
        return (RowKey(kind=PrivateKey, value=sign_with.lower()),)
    return (
        RowKey(kind=WalletAccount, key=WALLET_ACCOUNT_ADDRESS, value=sign_with),
        RowKey(kind=PrivateKey, key=PRIVATE_KEY_ADDRESS, value=sign_with),
        *_by_public_key(sign_with),
    )


def _by_public_key(sign_with: str) -> list[RowKey]:
    compressed = _compressed(sign_with)
    if compressed is None:
        return []
    return [
        RowKey(kind=WalletAccount, key=WALLET_ACCOUNT_PUBLIC_KEY, value=compressed),
        RowKey(kind=PrivateKey, key=PRIVATE_KEY_PUBLIC_KEY, value=compressed),
    ]


def _named(sign_with: str, view: View) -> WalletAccount | PrivateKey | None:
    """In this order: a private key by its id, an account and a private key by an address, then by a public key."""
    keys = _keys(sign_with)
    if len(keys) == 1:
        found: tuple[PrivateKey, ...] = view.rows[keys[0]]
        return found[0] if found else None
    for key in keys[:2]:
        for row in view.rows[key]:
            texts = [row.address] if isinstance(row, WalletAccount) else [each.address for each in row.addresses]
            if any(_is_same(text, sign_with, view) for text in texts):
                named: WalletAccount | PrivateKey = row
                return named
    for key in keys[2:]:
        rows = sorted(view.rows[key], key=_rank)
        if rows:
            ranked: WalletAccount | PrivateKey = rows[0]
            return ranked
    return None


def _rank(row: WalletAccount | PrivateKey) -> int:
    address_format = row.address_format if isinstance(row, WalletAccount) else None
    return _SCHEME_RANK.get(scheme_of(row.curve, address_format), 0)


def _is_same(address: str, sign_with: str, view: View) -> bool:
    """Case counts, but where the server is set to be lenient, and then only for 0x and hexadecimal digits."""
    if address == sign_with:
        return True
    lower = sign_with.lower()
    return view.signing.lenient_addresses and address.lower() == lower and _HEX_ADDRESS.fullmatch(lower) is not None


def _compressed(sign_with: str) -> str | None:
    """The 66 or 64 digits of a public key that is spelt in either form."""
    if _PUBLIC_KEY.fullmatch(sign_with):
        return sign_with
    whole = _UNCOMPRESSED.fullmatch(sign_with)
    if whole is None:
        return None
    return f"{'03' if int(whole[2], 16) & 1 else '02'}{whole[1]}"
