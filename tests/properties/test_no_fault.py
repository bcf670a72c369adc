"""Whatever a member of an organization sends, the answer is a reply or a refusal, never a fault of the server."""

from __future__ import annotations

import asyncio
import types
from collections.abc import Iterator
from enum import Enum
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from composed import ComposedServer
from counterseal.activities import unit_of
from counterseal.contract import Operation, Shape, all_operations
from counterseal.crypto import Curve, generate_key_pair
from counterseal.crypto.p256 import P256PrivateKey
from counterseal.queries import query_of
from store_kinds import StoreKind

KEYS = [generate_key_pair(curve).public_key.hex() for curve in Curve for _ in range(2)]
TEXTS = ["", " ", "0", "name", "x" * 300, "é🔑\u202e", "\t", "sha256:" + "0" * 64, "PUBLIC_KEY", "true", "AAAA", *KEYS]
FITTING = {
    "Id": ["00000000-0000-4000-8000-000000000000"],
    "Ids": ["00000000-0000-4000-8000-000000000000"],
    "PublicKey": [*KEYS, P256PrivateKey.generate().public_point.hex()],
    "publicKey": KEYS,
    "Seconds": ["1", "60", "9" * 19, "0"],
    "Name": ["ann", "bob", "FEATURE_NAME_WEBHOOK"],
    "mail": ["ann@example.com", "bob@example.com"],
    "Number": ["+13214567890"],
    "condition": ["true", "activity.kind == 'ACTIVITY_TYPE_CREATE_USERS'", "approvers.count() >= 1"],
    "consensus": ["true", "approvers.any(user, user.id == '1')", "approvers.count() >= 1"],
    "limit": ["1", "100", "0"],
}
"""What fits members whose names end so."""

junk = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.floats(), st.sampled_from(TEXTS), st.text()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(TEXTS), inner, max_size=3)),
    max_leaves=5,
)


class Host:
    """One server for all examples, on an event loop of its own."""

    def __init__(self, directory: Any, store_kind: StoreKind) -> None:
        self._runner = asyncio.Runner()
        self.server = self._runner.run(ComposedServer.start(directory, database=store_kind.new_database()))
        root = self.server.root
        keys = self._runner.run(self.server.query("get_api_keys")).json["apiKeys"]
        self.ids = [root.user_id, root.organization_id, keys[0]["apiKeyId"]]

    def run(self, coroutine: Any) -> Any:
        return self._runner.run(coroutine)

    def close(self) -> None:
        self._runner.run(self.server.app.stop())
        self._runner.close()


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory, store_kind: StoreKind) -> Iterator[Host]:
    made = Host(tmp_path_factory.mktemp("host"), store_kind)
    yield made
    made.close()


def implemented() -> list[Operation]:
    return [
        operation
        for operation in all_operations()
        if query_of(operation.name)
        or (operation.kind and unit_of(operation.kind))
        or operation.name.endswith("_activity")
    ]


def values(name: str, annotation: Any, ids: list[str]) -> st.SearchStrategy[Any]:
    """Values of a member of the contract, one in twenty of them something else."""
    return st.integers(0, 19).flatmap(lambda number: junk if number == 19 else _typed(name, annotation, ids))


def _typed(name: str, annotation: Any, ids: list[str]) -> st.SearchStrategy[Any]:
    origin = get_origin(annotation)
    if origin is Annotated:
        return _typed(name, get_args(annotation)[0], ids)
    if origin is Union or origin is types.UnionType:
        return st.one_of(*(_typed(name, each, ids) for each in get_args(annotation)))
    if origin is list:
        return st.lists(values(name, get_args(annotation)[0], ids), max_size=3)
    if origin is Literal:
        return st.sampled_from(get_args(annotation))
    if isinstance(annotation, type) and issubclass(annotation, Shape):
        return _object(annotation, ids)
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return st.sampled_from([each.value for each in annotation])
    if annotation is str:
        return st.sampled_from(_texts(name, ids))
    return {int: st.integers(-2, 5), bool: st.booleans()}.get(annotation, st.none())


def _texts(name: str, ids: list[str]) -> list[str]:
    for ending, fitting in FITTING.items():
        if name.endswith(ending):
            return [*fitting, *ids, *fitting, *TEXTS[:4]] if ending in ("Id", "Ids") else [*fitting, *TEXTS[:2]]
    return [*TEXTS, *ids]


def _object(shape: type[Shape], ids: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    fields = msgspec.structs.fields(shape)
    members = {field.encode_name: values(field.encode_name, field.type, ids) for field in fields}
    required = {field.encode_name for field in fields if field.required or not _may_be_none(field.type)}
    return st.fixed_dictionaries(
        {name: value for name, value in members.items() if name in required and name != "organizationId"},
        optional={name: value for name, value in members.items() if name not in required},
    )


def _may_be_none(annotation: Any) -> bool:
    return types.NoneType in get_args(annotation)


@pytest.mark.parametrize("operation", implemented(), ids=lambda operation: operation.name)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_no_body_is_a_fault(host: Host, operation: Operation, data: st.DataObject) -> None:
    server = host.server
    if operation.is_submit:
        variant = data.draw(st.sampled_from(list(operation.variants.values())))
        parameters = data.draw(values("parameters", variant.intent, host.ids))
        reply = host.run(server.submit(variant.type.removeprefix("ACTIVITY_TYPE_"), parameters, path=operation.name))
    else:
        assert operation.request is not None
        reply = host.run(server.query(operation.name, **data.draw(_object(operation.request, host.ids))))
    assert reply.status in (200, 400, 401, 403, 404, 409, 413, 429, 501), reply.body
    if reply.status != 200:
        assert set(reply.json) == {"code", "message", "details", "turnkeyErrorCode"}
        assert len(reply.message) < 2000
