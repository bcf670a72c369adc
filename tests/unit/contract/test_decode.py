import pytest

from counterseal.contract import shapes
from counterseal.contract.decode import NUMERIC_STRINGS, decode
from counterseal.contract.errors import InvalidRequest
from counterseal.contract.generator.model import model
from counterseal.contract.shape import MAX_ITEMS

KEY = {"apiKeyName": "laptop", "publicKey": "02ab", "curveType": "API_KEY_CURVE_P256"}


def refusal(tree, shape=shapes.CreateApiKeysIntentV2, at="parameters") -> str:
    with pytest.raises(InvalidRequest) as refused:
        decode(tree, shape, at=at)
    prefix = "invalid request body: "
    assert refused.value.message.startswith(prefix)
    return refused.value.message.removeprefix(prefix)


def test_names_and_defaults():
    intent = decode({"userId": "u", "apiKeys": [KEY]}, shapes.CreateApiKeysIntentV2)
    assert intent == shapes.CreateApiKeysIntentV2(
        user_id="u",
        api_keys=[shapes.ApiKeyParamsV2(api_key_name="laptop", public_key="02ab", curve_type=shapes.ApiKeyCurve.P256)],
    )
    assert intent.api_keys[0].expiration_seconds is None


def test_a_keyword_as_name():
    intent = decode({"from": "0xa", "caip2": "eip155:1"}, shapes.EthUndelegate7702Intent)
    assert intent.from_ == "0xa"


def test_missing_required_arrays_are_empty_and_missing_optional_ones_stay_missing():
    assert decode({"userId": "u"}, shapes.CreateApiKeysIntentV2).api_keys == []
    assert decode({"userId": "u"}, shapes.UpdateUserIntent).user_tag_ids is None
    assert decode({"userId": "u", "userTagIds": []}, shapes.UpdateUserIntent).user_tag_ids == []


def test_unknown_members_are_ignored_at_every_level():
    tree = {"userId": "u", "generateAppProofs": False, "apiKeys": [KEY | {"more": [{}]}]}
    assert decode(tree, shapes.CreateApiKeysIntentV2).api_keys[0].api_key_name == "laptop"


def test_a_required_member_that_may_be_null_may_be_left_out_of_a_request():
    intent = decode({"name": "FEATURE_NAME_EMAIL_AUTH"}, shapes.SetOrganizationFeatureIntent)
    assert intent.value is None


@pytest.mark.parametrize(
    ("tree", "says"),
    [
        ({}, "missing field `userId`"),
        ({"userId": 5}, "expected string, got integer at `parameters.userId`"),
        ({"userId": True}, "expected string, got boolean at `parameters.userId`"),
        ({"userId": "u", "apiKeys": {}}, "expected array, got object at `parameters.apiKeys`"),
        ({"userId": "u", "apiKeys": [None]}, "expected object, got null at `parameters.apiKeys[0]`"),
        ({"userId": "u", "apiKeys": [KEY, {}]}, "missing field `apiKeyName` at `parameters.apiKeys[1]`"),
        (
            {"userId": "u", "apiKeys": [KEY | {"publicKey": 2}]},
            "expected string, got integer at `parameters.apiKeys[0].publicKey`",
        ),
        (
            {"userId": "u", "apiKeys": [KEY | {"expirationSeconds": 1.5}]},
            "expected string, got number at `parameters.apiKeys[0].expirationSeconds`",
        ),
        (
            {"userId": "u", "apiKeys": [KEY | {"curveType": "P-256"}]},
            "expected one of API_KEY_CURVE_P256, API_KEY_CURVE_SECP256K1, API_KEY_CURVE_ED25519, got `P-256`"
            " at `parameters.apiKeys[0].curveType`",
        ),
        ([], "expected object, got array at `parameters`"),
        ("x", "expected object, got string at `parameters`"),
    ],
)
def test_what_is_wrong_is_said_in_names_of_the_wire(tree, says):
    assert refusal(tree) == says


def test_where_a_query_has_no_parameters():
    tree = {"organizationId": "o", "paginationOptions": {"limit": []}}
    assert (
        refusal(tree, shapes.GetActivitiesRequest, at="") == "expected string, got array at `paginationOptions.limit`"
    )
    assert refusal([], shapes.GetActivitiesRequest, at="") == "expected object, got array"


def test_a_long_enum_is_named_and_a_long_value_cut():
    tree = {"organizationId": "o", "filterByType": ["ACTIVITY_TYPE_" + "X" * 500]}
    says = refusal(tree, shapes.GetActivitiesRequest, at="")
    assert says.startswith("expected a value of ActivityType, got `ACTIVITY_TYPE_XX")
    assert says.endswith("…` at `filterByType[0]`")
    assert len(says) < 200


def test_an_enum_value_that_looks_like_a_path():
    says = refusal({"userId": "u", "apiKeys": [KEY | {"curveType": "' - at `$.x`"}]})
    assert says.endswith("got `' - at `$.x`` at `parameters.apiKeys[0].curveType`")


def test_an_enum_spelt_out_in_place():
    says = refusal({"from": "0xa", "caip2": "eip155:5"}, shapes.EthSendTransactionIntentV2)
    assert says.startswith("expected one of eip155:1, ")


def test_filters_take_every_known_type_and_status():
    tree = {
        "organizationId": "o",
        "filterByType": [each.value for each in shapes.ActivityType],
        "filterByStatus": [each.value for each in shapes.ActivityStatus],
    }
    request = decode(tree, shapes.GetActivitiesRequest)
    assert request.filter_by_type == list(shapes.ActivityType)
    assert request.filter_by_status == list(shapes.ActivityStatus)


def test_arrays_are_bounded():
    assert len(decode({"userId": "u", "apiKeyIds": ["k"] * MAX_ITEMS}, shapes.DeleteApiKeysIntent).api_key_ids) == 1000
    says = refusal({"userId": "u", "apiKeyIds": ["k"] * (MAX_ITEMS + 1)}, shapes.DeleteApiKeysIntent)
    assert says == "expected array of length at most 1000 at `parameters.apiKeyIds`"


def test_integers_are_bounded():
    assert "at `parameters.threshold`" in refusal({"threshold": 2**31}, shapes.UpdateRootQuorumIntent)
    assert "at `parameters.threshold`" in refusal({"threshold": "9" * 19}, shapes.UpdateRootQuorumIntent)


def test_an_integer_for_a_decimal_string():
    tree = {"userId": "u", "apiKeys": [KEY | {"expirationSeconds": 3600}]}
    assert decode(tree, shapes.CreateApiKeysIntentV2).api_keys[0].expiration_seconds == "3600"
    limited = decode({"organizationId": "o", "paginationOptions": {"limit": 5}}, shapes.GetActivitiesRequest)
    assert limited.pagination_options.limit == "5"


def test_a_decimal_string_for_an_integer():
    assert decode({"threshold": "2", "userIds": []}, shapes.UpdateRootQuorumIntent).threshold == 2


@pytest.mark.parametrize("text", ["two", "0x2", "2.0", " 2", "1_000", "", "٢", "9" * 20, True, 2.0])
def test_only_plain_decimals_are_integers(text):
    assert "threshold" in refusal({"threshold": text}, shapes.UpdateRootQuorumIntent)


def test_both_exchanges_in_one_body_leave_the_rest_alone():
    tree = {"userId": "7", "mfaPolicyName": "8", "condition": "9", "requiredAuthenticationMethods": [], "order": "1"}
    intent = decode(tree, shapes.CreateMfaPolicyIntent)
    assert (intent.user_id, intent.mfa_policy_name, intent.order) == ("7", "8", 1)


def test_the_tree_is_left_as_it_was():
    tree = {"threshold": "2", "userIds": []}
    decode(tree, shapes.UpdateRootQuorumIntent)
    assert tree == {"threshold": "2", "userIds": []}


def test_numeric_strings_are_strings_in_the_model():
    found = {
        name
        for definition in model().requested()
        for name, schema in model().definitions[definition].get("properties", {}).items()
        if name in NUMERIC_STRINGS and schema.get("type") == "string"
    }
    assert found == NUMERIC_STRINGS
