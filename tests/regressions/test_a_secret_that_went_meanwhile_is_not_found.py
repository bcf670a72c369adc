"""Whoever only reads may find a row and no secret, when both go in between: that is a 404 inside, and never a fault."""

from __future__ import annotations

import pytest

import sample
from counterseal.activities import Sealed, unit_of
from counterseal.contract.errors import NotFound
from counterseal.contract.shapes import Curve, ExportPrivateKeyIntent
from counterseal.crypto.p256 import P256PrivateKey
from counterseal.organizations import PrivateKey, View
from rows_at_hand import supply


def test_a_row_without_its_secret_is_not_found() -> None:
    unit = unit_of("EXPORT_PRIVATE_KEY")
    assert unit is not None
    made = {"created_ms": sample.NOW_MS, "updated_ms": sample.NOW_MS}
    row = PrivateKey(id=sample.uuid(7), name="key", curve=Curve.P256, public_key="02" + "00" * 32, **made)
    target = P256PrivateKey.generate().public_point.hex()
    intent = ExportPrivateKeyIntent(private_key_id=row.id, target_public_key=target)
    view = View(sample.organization(sample.user()), initiator_id=sample.uuid(1))
    supply(unit, intent, view, row)
    assert view.rows[Sealed(id=row.id)] == ()
    with pytest.raises(NotFound, match="is gone"):
        unit.check(intent, view, sample.world())
