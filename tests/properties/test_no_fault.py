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
from counterseal.queries import query_of

KEYS = [generate_key_pair(curve).public_key.hex() for curve in Curve for _ in range(2)]
TEXTS = [
    "",
    " ",
    "0",
    "-1",
    "60",
    "9" * 19,
    "name",
    "x" * 300,
    "é🔑\u202e",
    "\t",
    "ann@example.com",
    "+13214567890",
    "00000000-0000-4000-8000-000000000000",
    "sha256:" + "0" * 64,
    "PUBLIC_KEY",
    "true",
    "AAAA",
    *KEYS,
]
junk = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.floats(), st.sampled_from(TEXTS), st.text()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(TEXTS), inner, max_size=3)),
    max_leaves=5,
)


class Host:
    """One server for all examples, on an event loop of its own."""

    def __init__(self, directory: Any) -> None:
        self._runner = asyncio.Runner()
        self.server = self._runner.run(ComposedServer.start(directory))
        root = self.server.root
        keys = self._runner.run(self.server.query("get_api_keys")).json["apiKeys"]
        self.ids = [root.user_id, root.organization_id, keys[0]["apiKeyId"]]

    def run(self, coroutine: Any) -> Any:
        return self._runner.run(coroutine)

    def close(self) -> None:
        self._runner.run(self.server.app.stop())
        self._runner.close()


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    made = Host(tmp_path_factory.mktemp("host"))
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


def values(annotation: Any, ids: list[str]) -> st.SearchStrategy[Any]:
    """Values of a type of the contract, one in eight of them something else."""
    return st.integers(0, 7).flatmap(lambda number: junk if number == 0 else _typed(annotation, ids))


def _typed(annotation: Any, ids: list[str]) -> st.SearchStrategy[Any]:
    origin = get_origin(annotation)
    if origin is Annotated:
        return _typed(get_args(annotation)[0], ids)
    if origin is Union or origin is types.UnionType:
        return st.one_of(*(_typed(each, ids) for each in get_args(annotation)))
    if origin is list:
        return st.lists(values(get_args(annotation)[0], ids), max_size=3)
    if origin is Literal:
        return st.sampled_from(get_args(annotation))
    if isinstance(annotation, type) and issubclass(annotation, Shape):
        return _object(annotation, ids)
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return st.sampled_from([each.value for each in annotation])
    simple = {str: st.sampled_from([*ids, *ids, *TEXTS]), int: st.integers(-2, 5), bool: st.booleans()}
    return simple.get(annotation, st.none())


def _object(shape: type[Shape], ids: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    members = {field.encode_name: values(field.type, ids) for field in msgspec.structs.fields(shape)}
    return st.fixed_dictionaries({}, optional=members)


@pytest.mark.parametrize("operation", implemented(), ids=lambda operation: operation.name)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_no_body_is_a_fault(host: Host, operation: Operation, data: st.DataObject) -> None:
    server = host.server
    if operation.is_submit:
        variant = data.draw(st.sampled_from(list(operation.variants.values())))
        parameters = data.draw(values(variant.intent, host.ids))
        reply = host.run(server.submit(variant.type.removeprefix("ACTIVITY_TYPE_"), parameters, path=operation.name))
    else:
        assert operation.request is not None
        reply = host.run(server.query(operation.name, **data.draw(_object(operation.request, host.ids))))
    assert reply.status in (200, 400, 401, 403, 404, 409, 413, 429, 501), reply.body
    if reply.status != 200:
        assert set(reply.json) == {"code", "message", "details", "turnkeyErrorCode"}
        assert len(reply.message) < 2000
