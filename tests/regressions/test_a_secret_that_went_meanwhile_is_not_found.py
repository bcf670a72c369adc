"""Whoever only reads may find a row and no secret, when both go in between: that is a 404 inside, and never a fault."""

from __future__ import annotations

from typing import Any

import pytest

import sample
from counterseal.activities import Sealed, unit_of
from counterseal.contract import shapes
from counterseal.contract.errors import NotFound
from counterseal.crypto.p256 import P256PrivateKey
from counterseal.keystore.imports import Imported
from counterseal.organizations import ImportTarget, PrivateKey, Row, View, Wallet
from rows_at_hand import supply

MADE = {"created_ms": sample.NOW_MS, "updated_ms": sample.NOW_MS}
KEY = PrivateKey(id=sample.uuid(7), name="key", curve=shapes.Curve.P256, public_key="02" + "00" * 32, **MADE)
WALLET = Wallet(id=sample.uuid(8), name="wallet", seed_mark="00" * 32, **MADE)
TARGET = ImportTarget(
    id=sample.uuid(9),
    what=Imported.PRIVATE_KEY,
    user_id=sample.uuid(1),
    public_key="04" + "00" * 64,
    expires_ms=sample.NOW_MS + 1000,
)
ACCOUNT = shapes.WalletAccountParams(
    curve=shapes.Curve.SECP256K1,
    path_format=shapes.PathFormat.BIP32,
    path="m/0",
    address_format=shapes.AddressFormat.ETHEREUM,
)


@pytest.mark.parametrize(
    ("kind", "intent", "row"),
    [
        (
            "EXPORT_PRIVATE_KEY",
            shapes.ExportPrivateKeyIntent(
                private_key_id=KEY.id, target_public_key=P256PrivateKey.generate().public_point.hex()
            ),
            KEY,
        ),
        (
            "SIGN_RAW_PAYLOAD",
            shapes.SignRawPayloadIntentV2(
                sign_with=KEY.id,
                payload="00" * 32,
                encoding=shapes.PayloadEncoding.HEXADECIMAL,
                hash_function=shapes.HashFunction.NO_OP,
            ),
            KEY,
        ),
        ("CREATE_WALLET_ACCOUNTS", shapes.CreateWalletAccountsIntent(wallet_id=WALLET.id, accounts=[ACCOUNT]), WALLET),
        (
            "IMPORT_PRIVATE_KEY",
            shapes.ImportPrivateKeyIntent(
                user_id=sample.uuid(1),
                private_key_name="new",
                encrypted_bundle="{}",
                curve=shapes.Curve.P256,
                address_formats=[],
            ),
            TARGET,
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_row_without_its_secret_is_not_found(kind: str, intent: Any, row: Row) -> None:
    unit = unit_of(kind)
    assert unit is not None
    user = sample.user()
    view = View(sample.organization(user), initiator_id=user.id)
    supply(unit, intent, view, row)
    assert view.rows[Sealed(id=row.id)] == ()
    with pytest.raises(NotFound, match="is gone"):
        unit.check(intent, view, sample.world())
