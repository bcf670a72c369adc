import pytest

from counterseal.contract import shapes
from counterseal.contract.errors import InvalidRequest
from counterseal.contract.operations import operation_for, variant
from counterseal.contract.submit import intent_of, organization_id_of, timestamp_ms_of, variant_of

ORGANIZATION = "0f8fad5b-d9cb-469f-a165-70867728950e"
CREATE_API_KEYS = operation_for("/public/v1/submit/create_api_keys")


def refusal(reader, *arguments) -> InvalidRequest:
    with pytest.raises(InvalidRequest) as refused:
        reader(*arguments)
    return refused.value


def test_organization_id():
    assert organization_id_of({"organizationId": ORGANIZATION}) == ORGANIZATION
    assert organization_id_of({"organizationId": ORGANIZATION.upper()}) == ORGANIZATION


@pytest.mark.parametrize(
    "found",
    ["", "x", 5, [], {}, True, ORGANIZATION + "\n", ORGANIZATION.replace("-", ""), "{" + ORGANIZATION + "}", "İ" * 36],
)
def test_malformed_organization_id(found):
    refused = refusal(organization_id_of, {"organizationId": found})
    assert (refused.message, refused.code) == ("malformed organization ID provided", "INVALID_ORGANIZATION_ID")


def test_missing_organization_id():
    refused = refusal(organization_id_of, {})
    assert refused.message == "invalid request body: missing field `organizationId`"
    assert refused.code == "REQUEST_INVALID"


@pytest.mark.parametrize("found", ["1760000000000", 1760000000000])
def test_timestamp(found):
    assert timestamp_ms_of({"timestampMs": found}) == 1760000000000


@pytest.mark.parametrize("found", ["", "soon", "-1", -1, 1.5, True, [], "1e12", " 1", "9" * 17, 10**19, "١", None])
def test_invalid_timestamp(found):
    tree = {} if found is None else {"timestampMs": found}
    assert refusal(timestamp_ms_of, tree).message.startswith("invalid request timestamp: ")


def test_every_version_of_a_path():
    for type_name in ("ACTIVITY_TYPE_CREATE_API_KEYS", "ACTIVITY_TYPE_CREATE_API_KEYS_V2"):
        assert variant_of({"type": type_name}, CREATE_API_KEYS) is variant(type_name)


def test_the_misspelt_type_of_released_clients():
    operation = operation_for("/public/v1/submit/eth_undelegate_7702")
    assert (
        variant_of({"type": "ACTIVITY_TYPE_ETH_UNDELEGATE7702"}, operation).type == "ACTIVITY_TYPE_ETH_UNDELEGATE_7702"
    )
    says = refusal(variant_of, {}, operation).message
    assert says == "bad request body: found no `type`, expected one of ACTIVITY_TYPE_ETH_UNDELEGATE_7702"


@pytest.mark.parametrize("found", ["ACTIVITY_TYPE_CREATE_USERS_V4", "create_api_keys", 5, ["x"], {}])
def test_a_type_of_another_path(found):
    says = refusal(variant_of, {"type": found}, CREATE_API_KEYS).message
    assert says.startswith("bad request body: found type `")
    assert says.endswith("expected one of ACTIVITY_TYPE_CREATE_API_KEYS_V2, ACTIVITY_TYPE_CREATE_API_KEYS")


def test_intent():
    approve = variant("ACTIVITY_TYPE_APPROVE_ACTIVITY")
    intent = intent_of({"parameters": {"fingerprint": "sha256:00"}}, approve)
    assert intent == shapes.ApproveActivityIntent(fingerprint="sha256:00")
    assert refusal(intent_of, {}, approve).message == "invalid request body: missing field `parameters`"
    says = refusal(intent_of, {"parameters": {}}, approve).message
    assert says == "invalid request body: missing field `fingerprint`"
    says = refusal(intent_of, {"parameters": {"fingerprint": []}}, approve).message
    assert says == "invalid request body: expected string, got array at `parameters.fingerprint`"


def test_an_intent_without_members():
    read_only = variant("ACTIVITY_TYPE_CREATE_READ_ONLY_SESSION")
    assert intent_of({"parameters": {}}, read_only) == shapes.CreateReadOnlySessionIntent()
