import pytest

from counterseal.contract import shapes
from counterseal.contract.generator.model import model
from counterseal.contract.operations import all_operations, operation_for, variant, variants_of
from counterseal.contract.shape import Shape


@pytest.mark.parametrize("entry", model().operations, ids=lambda entry: entry["path"])
def test_every_path_of_the_model(entry):
    operation = operation_for(entry["path"])
    assert operation.path == entry["path"]
    assert operation.name == entry["path"].split("/")[-1]
    assert issubclass(operation.response, Shape)
    if "/submit/" in entry["path"]:
        assert operation.is_submit
        assert operation.request is None
        assert operation.variants
    else:
        assert not operation.is_submit
        assert not operation.variants
        assert operation.kind is None
        assert (operation.request is None) == (entry["request"] is None)


def test_the_number_of_paths():
    operations = all_operations()
    assert len(operations) == 204
    assert sum(operation.is_submit for operation in operations) == 123
    assert len({operation.name for operation in operations}) == 204
    assert operation_for("/tkhq/api/v1/noop-codegen-anchor") in operations


@pytest.mark.parametrize("path", ["", "/", "/public/v1/query/nothing", "/public/v1/query/get_activity/"])
def test_no_such_path(path):
    assert operation_for(path) is None


@pytest.mark.parametrize("entry", model().variants(), ids=lambda entry: entry["type"])
def test_every_variant_of_the_model(entry):
    found = variant(entry["type"])
    assert found.type == entry["type"] == shapes.ActivityType(entry["type"])
    assert found.version == entry["version"]
    assert found.policy_kind == entry["kind"]
    assert found.kind == entry["kind"] or entry["kind"] is None
    assert (found.intent_key, found.result_key) == (entry["intent_key"], entry["result_key"])
    assert found.intent.__name__ == entry["intent_schema"]
    assert (found.result.__name__ if found.result else None) == entry["result_schema"]
    assert (found.resource, found.action) == (entry["resource"], entry["action"])
    assert found.params == entry["params"]


@pytest.mark.parametrize(
    "entry", [entry for entry in model().activities if entry["path"]], ids=lambda entry: entry["path"]
)
def test_every_path_takes_its_types(entry):
    operation = operation_for(entry["path"])
    assert operation.tag.lower() == entry["tag"].lower()
    for type_name in entry["activity_types"] + entry.get("nonstandard_types_sent_by_clients", []):
        assert operation.variants[type_name].kind == operation.kind
    newest = operation.variants[entry["current_type"]]
    assert newest.is_newest
    assert [each for each in set(operation.variants.values()) if each.is_newest] == [newest]
    assert set(operation.variants.values()) == set(variants_of(operation.kind))


def test_kinds_without_a_name_for_policies():
    found = variant("ACTIVITY_TYPE_UPDATE_ROOT_QUORUM")
    assert (found.kind, found.policy_kind, found.resource) == ("UPDATE_ROOT_QUORUM", None, None)


def test_the_result_key_need_not_have_the_version_of_the_intent():
    found = variant("ACTIVITY_TYPE_CREATE_API_KEYS_V2")
    assert (found.intent_key, found.result_key) == ("createApiKeysIntentV2", "createApiKeysResult")


def test_versions_of_a_kind():
    assert [each.version for each in variants_of("CREATE_SUB_ORGANIZATION")] == [1, 2, 3, 4, 5, 6, 7, 8, 9]
    assert variants_of("NO_SUCH_KIND") == ()
    with pytest.raises(KeyError):
        variant("ACTIVITY_TYPE_NO_SUCH_TYPE")


def test_what_is_announced_does_not_take_the_place_of_what_clients_send():
    for kind, announced in ("CREATE_SUB_ORGANIZATION", 9), ("EXECUTE_SWAP", 4):
        assert [each.version for each in variants_of(kind) if each.is_newest] == [announced - 1]
        assert f"ACTIVITY_TYPE_{kind}_V{announced}" in operation_for(f"/public/v1/submit/{kind.lower()}").variants


def test_one_version_of_each_kind_is_the_newest():
    for kind in {variant(entry["type"]).kind for entry in model().variants()}:
        assert sum(each.is_newest for each in variants_of(kind)) == 1, kind
    assert [each.is_newest for each in variants_of("CREATE_ORGANIZATION")] == [False, True]


def test_misspelt_types_of_released_clients():
    undelegate = operation_for("/public/v1/submit/eth_undelegate_7702")
    assert undelegate.variants["ACTIVITY_TYPE_ETH_UNDELEGATE7702"] is variant("ACTIVITY_TYPE_ETH_UNDELEGATE_7702")


def test_votes_have_no_result():
    assert variant("ACTIVITY_TYPE_APPROVE_ACTIVITY").result is None


def test_all_types_begin_alike() -> None:
    """By this a query tells that a body is an activity's."""
    types = {name for operation in all_operations() for name in operation.variants}
    assert all(name.startswith("ACTIVITY_TYPE_") for name in types)
