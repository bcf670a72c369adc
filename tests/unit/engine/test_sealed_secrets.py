"""Secrets that units need: as the newest batch has left them, whatever is stored."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

import sample
from counterseal.activities import Sealed, unit_of
from counterseal.engine.state.draft_rows import DraftRows, read_needs
from counterseal.organizations import View
from counterseal.store import SealedRow

KEPT, ERASED, NEW, OTHER = (sample.uuid(number) for number in (1, 2, 3, 4))


class Stored:
    """A store that has secrets and nothing else."""

    async def secrets(self, _organization_id: str, ids: list[str]) -> dict[str, bytes]:
        stored = {KEPT: b"kept", ERASED: b"was here"}
        return {id_: stored[id_] for id_ in ids if id_ in stored}


def sealed(id_: str, secret: bytes | None, organization_id: str | None = None) -> SealedRow:
    return SealedRow(organization_id=organization_id or sample.ORGANIZATION_ID, id=id_, sealed=secret)


@pytest.mark.parametrize("is_settled", [False, True])
async def test_the_newest_batch_counts(monkeypatch: pytest.MonkeyPatch, is_settled: bool) -> None:
    under = DraftRows()
    under.seal([sealed(ERASED, b"altered"), sealed(NEW, b"first")])
    over = DraftRows(under)
    over.seal([sealed(ERASED, None), sealed(OTHER, b"elsewhere", organization_id=sample.uuid(99))])
    if is_settled:
        over.settle()
    unit = unit_of("CREATE_USER_TAG")
    assert unit is not None
    asked = [Sealed(id=each) for each in (KEPT, ERASED, NEW, OTHER)]
    unit = replace(unit, needs=lambda _intent, _view: iter([asked]))
    view = View(sample.organization(sample.user()), initiator_id=sample.uuid(1))
    reads: Any = Stored()
    await read_needs(unit, None, view, reads, over=over)  # type: ignore[arg-type]
    found = {each.id: view.rows[each] for each in asked}
    assert found == {KEPT: (b"kept",), ERASED: (), NEW: () if is_settled else (b"first",), OTHER: ()}
