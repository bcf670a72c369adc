"""Every seed and private key of a database, looked at: whether it opens, and gives what its row says.

It may go on while a server is at work. What is found wrong is read once more, so that what was deleted or altered in
between is no fault.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from counterseal.chains.address_formats import KEY_CURVES, address_of
from counterseal.contract.errors import Refused
from counterseal.contract.shapes import AddressFormat
from counterseal.crypto import CryptoError, paths
from counterseal.crypto.mnemonics import Language
from counterseal.keystore import Keystore, KeystoreError
from counterseal.keystore.wallet_keys import (
    KeyAt,
    SealedKey,
    SealedSeed,
    is_key_whole,
    is_seed_whole,
    public_keys_of,
)
from counterseal.organizations import PrivateKey, Row, Wallet, WalletAccount
from counterseal.store import Reads, RowKey

_AT_ONCE = 100

Kind = TypeVar("Kind", bound=Row)


class Fault(NamedTuple):
    """Something that does not match."""

    organization_id: str
    what: str
    id: str
    reason: str

    def __str__(self) -> str:
        return f"organization {self.organization_id}: {self.what} {self.id}: {self.reason}"


@dataclass
class Tally:
    """How many have been looked at."""

    wallets: int = 0
    accounts: int = 0
    private_keys: int = 0
    faults: int = 0


class Examination:
    """Looks through all organizations, one after the other."""

    def __init__(self, store: Reads, keystore: Keystore) -> None:
        self._store = store
        self._keystore = keystore
        self.tally = Tally()

    async def faults(self) -> AsyncIterator[Fault | None]:
        """What does not match, as it is found; None now and then, to tell how far it is."""
        after: str | None = None
        while ids := await self._store.organization_ids(after=after, limit=_AT_ONCE):
            after = ids[-1]
            for organization_id in ids:
                async for fault in self._faults_of(organization_id):
                    self.tally.faults += fault is not None
                    yield fault

    async def _faults_of(self, organization_id: str) -> AsyncIterator[Fault | None]:
        async for wallets in self._pages(organization_id, Wallet):
            for wallet in wallets:
                self.tally.wallets += 1
                yield await self._looked_at(organization_id, wallet)
        async for accounts in self._pages(organization_id, WalletAccount):
            for account in accounts:
                self.tally.accounts += 1
                yield await self._looked_at(organization_id, account)
        async for private_keys in self._pages(organization_id, PrivateKey):
            for private_key in private_keys:
                self.tally.private_keys += 1
                yield await self._looked_at(organization_id, private_key)

    async def _pages(self, organization_id: str, kind: type[Kind]) -> AsyncIterator[list[Kind]]:
        after: str | None = None
        while page := await self._store.page(
            organization_id, kind, limit=_AT_ONCE, before=None, after=after, oldest_first=True
        ):
            after = page[-1].id
            yield page

    async def _looked_at(self, organization_id: str, row: Wallet | WalletAccount | PrivateKey) -> Fault | None:
        reason = await self._reason(organization_id, row)
        if reason is None:
            return None
        key = RowKey(kind=type(row), value=row.id)
        for again in (await self._store.rows(organization_id, [key]))[key]:
            if isinstance(again, Wallet | WalletAccount | PrivateKey):
                reason = await self._reason(organization_id, again)
                if reason is not None:
                    return Fault(organization_id, row.KIND.replace("_", " "), row.id, reason)
        return None

    async def _reason(self, organization_id: str, row: Wallet | WalletAccount | PrivateKey) -> str | None:
        try:
            if isinstance(row, Wallet):
                return await self._reason_of_wallet(organization_id, row)
            if isinstance(row, WalletAccount):
                return await self._reason_of_account(organization_id, row)
            return await self._reason_of_key(
                organization_id, row, [(each.format, each.address) for each in row.addresses]
            )
        except (KeystoreError, CryptoError, Refused) as error:
            return str(error)

    async def _reason_of_wallet(self, organization_id: str, wallet: Wallet) -> str | None:
        seed = await self._seed(organization_id, wallet)
        if seed is None:
            return "its seed is missing"
        return None if is_seed_whole(self._keystore, organization_id, seed) else "its seed is not that of its words"

    async def _reason_of_account(self, organization_id: str, account: WalletAccount) -> str | None:
        key = RowKey(kind=Wallet, value=account.wallet_id)
        (wallet,) = (await self._store.rows(organization_id, [key]))[key] or (None,)
        if not isinstance(wallet, Wallet):
            return f"its wallet {account.wallet_id} is missing"
        seed = await self._seed(organization_id, wallet)
        if seed is None:
            return f"the seed of its wallet {wallet.id} is missing"
        curve = KEY_CURVES[account.curve]
        at = KeyAt(curve=curve, levels=paths.followed(paths.parse(account.path), curve))
        (derived,) = public_keys_of(self._keystore, organization_id, seed, [at])
        if derived != account.public_key:
            return f"the seed derives the public key {derived}, and not {account.public_key}"
        return await self._reason_of_key(organization_id, account, [(account.address_format, account.address)])

    async def _reason_of_key(
        self,
        organization_id: str,
        row: WalletAccount | PrivateKey,
        addresses: Sequence[tuple[AddressFormat, str]],
    ) -> str | None:
        sealed = (await self._store.secrets(organization_id, [row.id])).get(row.id)
        if sealed is None:
            return "its private key is missing"
        key = SealedKey(curve=KEY_CURVES[row.curve], public_key=row.public_key, sealed=sealed)
        if not is_key_whole(self._keystore, organization_id, key):
            return "its private key is not that of its public key"
        for address_format, address in addresses:
            derived = address_of(row.curve, address_format, bytes.fromhex(row.public_key))
            if derived != address:
                return f"its public key has the address {derived}, and not {address}"
        return None

    async def _seed(self, organization_id: str, wallet: Wallet) -> SealedSeed | None:
        sealed = (await self._store.secrets(organization_id, [wallet.id])).get(wallet.id)
        if sealed is None:
            return None
        return SealedSeed(mark=wallet.seed_mark, language=Language(wallet.language), sealed=sealed)
