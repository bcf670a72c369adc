"""Wallets: a seed each, and the accounts that were derived from it. No decision reads them as a whole."""

from __future__ import annotations

from typing import ClassVar

from counterseal.contract import shapes, timestamp
from counterseal.contract.shapes import AddressFormat, Curve, PathFormat
from counterseal.organizations.addresses import form_of_address
from counterseal.organizations.item import Key, Keys
from counterseal.organizations.rows import Row

WALLETS_MAX = 100
"""Of an organization (Turnkey docs, resource limits). Accounts have no limit."""

WALLET_NAME = Key("wallet_name", is_unique=True)
WALLET_SEED = Key("wallet_seed", is_unique=True)
"""By the mark of its seed: the same words are one wallet."""

WALLET_ACCOUNT_PLACE = Key("wallet_account_place", is_unique=True)
WALLET_ACCOUNT_NAME = Key("wallet_account_name", is_unique=True)
WALLET_ACCOUNT_WALLET = Key("wallet_account_wallet")
WALLET_ACCOUNT_PATH = Key("wallet_account_path")
WALLET_ACCOUNT_ADDRESS = Key("wallet_account_address", form_of_address)
WALLET_ACCOUNT_PUBLIC_KEY = Key("wallet_account_public_key")

_CAIP2_PREFIXES = {AddressFormat.ETHEREUM: "eip155", AddressFormat.SOLANA: "solana"}


class Wallet(Row, frozen=True, kw_only=True, gc=False):
    """A seed by its name. The sealed secret of the same id holds it."""

    KIND: ClassVar[str] = "wallet"

    name: str
    seed_mark: str
    """A digest of a public key of the seed: 64 hex digits."""
    language: str = "MNEMONIC_LANGUAGE_ENGLISH"
    created_ms: int
    updated_ms: int
    exported: bool = False
    imported: bool = False

    def looked_up_by(self) -> Keys:
        """See ``Row``."""
        return ((WALLET_NAME, self.name), (WALLET_SEED, self.seed_mark))

    def shown(self) -> shapes.Wallet:
        """The wire's wallet."""
        return shapes.Wallet(
            wallet_id=self.id,
            wallet_name=self.name,
            created_at=timestamp(self.created_ms),
            updated_at=timestamp(self.updated_ms),
            exported=self.exported,
            imported=self.imported,
        )


class WalletAccount(Row, frozen=True, kw_only=True, gc=False):
    """One key of a wallet and its address. The sealed secret of the same id holds the private key."""

    KIND: ClassVar[str] = "wallet_account"

    wallet_id: str
    name: str | None = None
    curve: Curve
    path: str
    """As it was given."""
    levels: str
    """The same path in its one spelling."""
    followed: str
    """The path by which the key was derived: on Ed25519 each level is hardened."""
    address_format: AddressFormat
    address: str
    public_key: str
    """Lower-case hex, compressed: 66 digits, or 64 of Ed25519."""
    created_ms: int
    updated_ms: int
    exported: bool = False

    def looked_up_by(self) -> Keys:
        """See ``Row``."""
        place = place_of_account(self.wallet_id, self.curve, self.followed, self.address_format)
        return (
            (WALLET_ACCOUNT_PLACE, place),
            (WALLET_ACCOUNT_NAME, self.name),
            (WALLET_ACCOUNT_WALLET, self.wallet_id),
            (WALLET_ACCOUNT_PATH, path_in_wallet(self.wallet_id, self.levels)),
            (WALLET_ACCOUNT_ADDRESS, self.address),
            (WALLET_ACCOUNT_PUBLIC_KEY, self.public_key),
        )

    def shown_in(self, organization_id: str, *, wallet: Wallet | None = None) -> shapes.WalletAccount:
        """The wire's account, with its wallet if that is given."""
        return shapes.WalletAccount(
            wallet_account_id=self.id,
            organization_id=organization_id,
            wallet_id=self.wallet_id,
            curve=self.curve,
            path_format=PathFormat.BIP32,
            path=self.path,
            address_format=self.address_format,
            address=self.address,
            created_at=timestamp(self.created_ms),
            updated_at=timestamp(self.updated_ms),
            public_key=self.public_key,
            wallet_details=None if wallet is None else wallet.shown(),
            name=self.name,
            caip2_prefix=_CAIP2_PREFIXES.get(self.address_format),
        )


def place_of_account(wallet_id: str, curve: Curve, followed: str, address_format: AddressFormat) -> str:
    """What only one account may have: ``WALLET_ACCOUNT_PLACE``. One path may have two formats, but not one twice."""
    return f"{wallet_id} {curve} {followed} {address_format}"


def path_in_wallet(wallet_id: str, levels: str) -> str:
    """``WALLET_ACCOUNT_PATH``: a path in its one spelling, in a wallet."""
    return f"{wallet_id} {levels}"
