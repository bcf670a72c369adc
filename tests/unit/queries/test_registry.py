"""The registry of queries."""

from __future__ import annotations

import pytest

from counterseal.contract import operation_for
from counterseal.queries import implemented_queries, query_of
from counterseal.queries.registry import query


@pytest.mark.parametrize("name", sorted(implemented_queries()))
def test_a_query_is_one_of_the_contract(name: str) -> None:
    operation = operation_for(f"/public/v1/query/{name}")
    assert operation is not None
    assert operation.request is not None
    found = query_of(name)
    assert found is not None
    assert found.name == name
    assert found.run.__module__.startswith("counterseal.queries.")


def test_an_unknown_query_has_no_answer() -> None:
    assert query_of("create_api_keys") is None


def test_a_query_has_one_owner() -> None:
    with pytest.raises(ValueError, match=r"whoami has an owner already: .*\.whoami"):
        query("whoami")(lambda *_: None)  # type: ignore[arg-type, return-value]
