"""The wire contract as data: operations, shapes, versions; decode and encode; the rules and the errors of requests.

Everything here is a value or a pure function. ``shapes`` has the classes, ``errors`` the refusals, ``rules`` what the
model does not say about values.
"""

from counterseal.contract.body import Body
from counterseal.contract.canonical import canonical
from counterseal.contract.decode import decode
from counterseal.contract.encode import encode, timestamp
from counterseal.contract.envelope import error_envelope, failure
from counterseal.contract.extensions import all_extensions, extension_for
from counterseal.contract.operations import (
    Operation,
    Variant,
    all_operations,
    operation_for,
    variant,
    variants_of,
)
from counterseal.contract.parse import NotStrictJson, parse_json, read_json
from counterseal.contract.shape import Shape
from counterseal.contract.submit import (
    asks_for_proofs,
    intent_of,
    organization_id_of,
    refuse_activity,
    timestamp_ms_of,
    variant_of,
    what_is_asked,
)
from counterseal.contract.upgrades import downgrade_result, upgrade

__all__ = [
    "Body",
    "NotStrictJson",
    "Operation",
    "Shape",
    "Variant",
    "all_extensions",
    "all_operations",
    "asks_for_proofs",
    "canonical",
    "decode",
    "downgrade_result",
    "encode",
    "error_envelope",
    "extension_for",
    "failure",
    "intent_of",
    "operation_for",
    "organization_id_of",
    "parse_json",
    "read_json",
    "refuse_activity",
    "timestamp",
    "timestamp_ms_of",
    "upgrade",
    "variant",
    "variant_of",
    "variants_of",
    "what_is_asked",
]
