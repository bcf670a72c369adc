"""What policies see of private keys, whatever is done with them. Source: Turnkey docs, policy language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from counterseal.organizations import PrivateKey


def private_key_facts(private_key: PrivateKey) -> dict[str, Any]:
    """The struct ``PrivateKey``; its tags are their ids."""
    return {
        "id": private_key.id,
        "tags": [*private_key.tag_ids],
        "imported": private_key.imported,
        "exported": private_key.exported,
        "label": private_key.name,
    }


def facts_of_private_keys(private_keys: Sequence[PrivateKey]) -> dict[str, Any]:
    """Keywords of a request that names keys: ``private_key`` is one that is alone. Several have no keyword."""
    return {"private_key": private_key_facts(private_keys[0])} if len(private_keys) == 1 else {}
