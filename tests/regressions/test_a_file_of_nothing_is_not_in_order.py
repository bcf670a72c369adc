"""An export without logs or entries, which nobody had signed, was in order, under any key; and checkpoints of logs were
not compared with their tiles as long as no entry was below them.
"""

from __future__ import annotations

import base64
from typing import Any

import msgspec
import pytest

from audited import exported, key_of, sequenced
from counterseal.audit import verify
from counterseal.ledger import LedgerError, NotProven
from office import Office

Line = dict[str, Any]


def lines_of(*lines: Line) -> list[bytes]:
    return [msgspec.json.encode(line) + b"\n" for line in lines]


@pytest.mark.parametrize("version", [0, 1])
async def test_a_file_with_a_head_and_an_end_proves_nothing(version: int) -> None:
    id_ = base64.b64encode(bytes(range(16))).decode()
    head = {"line": "head", "export": 1, "organization": [id_, None, 1, version]}
    end = {"line": "end", "end": 0, "strays": []}
    with pytest.raises(NotProven, match="the file has no log: nothing in it is signed"):
        await verify(lines_of(head, end), b"k" * 32)


async def test_a_signed_log_without_records_of_the_organization_proves_nothing(office: Office) -> None:
    server = office.server
    await sequenced(server)
    lines = [msgspec.json.decode(line) for line in await exported(server.store, server.root.organization_id)]
    lines = [line for line in lines if line["line"] not in ("entry", "item")]
    lines[0]["organization"][3] = 0
    lines[-1]["end"] = 0
    with pytest.raises(NotProven, match="does not say with what it began to follow the organization"):
        await verify(lines_of(*lines), key_of(server))
    for line in lines:
        if line["line"] == "tile":
            line["tile"][3] = base64.b64encode(bytes(len(base64.b64decode(line["tile"][3])))).decode()
    with pytest.raises(NotProven, match="lead to another root than the checkpoint's"):
        await verify(lines_of(*lines), key_of(server))
    with pytest.raises(LedgerError, match="signed by none of the keys"):
        await verify(lines_of(*lines), b"k" * 32)
