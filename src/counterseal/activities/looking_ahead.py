"""What takes long to check in an intent and rests on nothing else, checked part by part before anything is decided.

The units check the same by the same functions, and find remembered what came of it: public keys and attestations by
their bytes, policies and interfaces by their text for as long as somebody holds it. So nobody has to wait until a whole
request has been gone through. What is wrong, and what nobody remembers any more, is found by the unit; only it refuses.
"""

from __future__ import annotations

from collections.abc import Iterator

from counterseal.activities.authenticators.attestation import parse_attestation
from counterseal.activities.signing.payloads import payloads_ahead
from counterseal.activities.signing.sign_transaction import read_ahead_of
from counterseal.activities.smart_contract_interfaces.reading import read_ahead
from counterseal.activities.users.new_users import CREDENTIALS_AT_ONCE_MAX
from counterseal.contract import Shape, shapes
from counterseal.contract.errors import Refused
from counterseal.crypto import Curve, validate_public_key
from counterseal.crypto.errors import InvalidPublicKey
from counterseal.organizations import SigningRules
from counterseal.policy import Budget, read_text


def look_ahead(intent: Shape, rules: SigningRules) -> Iterator[object]:
    """A step for each part that is in order, up to the first that is not: what is to be held until it is decided on.

    ``intent`` is in the newest form of its kind; ``rules`` are those by which transactions are read.
    """
    budget, credentials = Budget(), 0
    for part in _parts(intent):
        try:
            match part:
                case shapes.ApiKeyParamsV2():
                    validate_public_key(Curve(part.curve_type), part.public_key)
                    credentials += 1
                case shapes.ApiKeyParams():
                    validate_public_key(Curve.P256, part.public_key)
                    credentials += 1
                case shapes.Attestation():
                    parse_attestation(part.attestation_object, "")
                    credentials += 1
                case shapes.CreatePolicyIntentV3() | shapes.UpdatePolicyIntentV2():
                    for place, text in _texts(part):
                        yield read_text(text, place=place, budget=budget)
                case shapes.CreateSmartContractInterfaceIntent():
                    yield from read_ahead(part)
                case shapes.SignRawPayloadIntentV2() | shapes.SignRawPayloadsIntent():
                    yield from payloads_ahead(part)
                case shapes.SignTransactionIntentV2():
                    yield read_ahead_of(part, rules)
        except (Refused, InvalidPublicKey):
            return
        if credentials > CREDENTIALS_AT_ONCE_MAX:
            return
        yield None


def _texts(part: shapes.CreatePolicyIntentV3 | shapes.UpdatePolicyIntentV2) -> Iterator[tuple[str, str]]:
    if isinstance(part, shapes.CreatePolicyIntentV3):
        found = (part.condition, part.consensus, part.time)
    else:
        found = (part.policy_condition, part.policy_consensus, part.time)
    yield from ((place, text) for place, text in zip(("condition", "consensus", "time"), found, strict=True) if text)


def _parts(value: object) -> Iterator[Shape]:
    """An intent and all shapes in it."""
    if isinstance(value, Shape):
        yield value
        for name in value.__struct_fields__:
            yield from _parts(getattr(value, name))
    elif isinstance(value, list) and value and isinstance(value[0], Shape | list):
        for each in value:
            yield from _parts(each)
