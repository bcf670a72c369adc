import json
import re
from enum import StrEnum

import msgspec
import pytest

from counterseal.contract import shapes
from counterseal.contract.generate import main, stale
from counterseal.contract.generator.model import Model, class_name, model, reference
from counterseal.contract.generator.shapes_source import OPEN, attribute_name, shapes_source
from counterseal.contract.shape import Shape

SUBMITS = {operation["request"] for operation in model().operations if "/submit/" in operation["path"]}
OBJECTS = [
    name
    for name, schema in model().definitions.items()
    if "enum" not in schema and name not in SUBMITS and name not in OPEN
]
ENUMS = [name for name, schema in model().definitions.items() if "enum" in schema]


def test_the_generated_modules_are_current():
    assert stale() == []
    assert main(["--check"]) == 0


@pytest.mark.parametrize("name", OBJECTS)
def test_every_member_has_its_name_and_is_required_where_the_model_says(name):
    schema = model().definitions[name]
    required = set(schema.get("required", ()))
    shape = getattr(shapes, class_name(name))
    assert issubclass(shape, Shape)
    members = {member.encode_name: member for member in msgspec.structs.fields(shape)}
    assert members.keys() == schema.get("properties", {}).keys()
    for wire, member in members.items():
        property_ = schema["properties"][wire]
        if wire not in required:
            assert member.default is None
        elif property_.get("type") == "array":
            assert member.default_factory() == []
        elif property_.get("x-nullable"):
            assert member.required == (name not in model().requested())
        else:
            assert member.required


@pytest.mark.parametrize("name", ENUMS)
def test_every_enum_has_its_values(name):
    enum = getattr(shapes, class_name(name))
    assert issubclass(enum, StrEnum)
    assert [member.value for member in enum] == model().definitions[name]["enum"]


def test_the_model_is_data_without_prose():
    written = json.dumps([model().operations, model().definitions, model().activities])
    assert not re.findall(r'"(?:description|title|summary|note)":', written)


def test_only_the_bodies_of_submits_have_no_shape():
    missing = [name for name in model().definitions if not hasattr(shapes, class_name(name))]
    assert {name for name in missing if name not in OPEN} == SUBMITS


def test_shapes_are_immutable_values():
    found = shapes.GetWhoamiRequest(organization_id="o")
    assert found == shapes.GetWhoamiRequest(organization_id="o")
    assert hash(found) == hash(shapes.GetWhoamiRequest(organization_id="o"))
    with pytest.raises(AttributeError):
        found.organization_id = "p"


def test_two_definitions_of_one_name_must_agree():
    text = {"type": "object", "properties": {"a": {"type": "string"}}}
    number = {"type": "object", "properties": {"a": {"type": "boolean"}}}
    vote = model().definitions["Vote"]
    agreeing = Model([], {"Vote": vote, "x.Same": text, "y.Same": text}, [])
    assert shapes_source(agreeing).count("class Same(") == 1
    with pytest.raises(ValueError, match=r"y\.Same differs"):
        shapes_source(Model([], {"Vote": vote, "x.Same": text, "y.Same": number}, []))


@pytest.mark.parametrize(
    ("wire", "attribute"),
    [
        ("apiKeyIds", "api_key_ids"),
        ("oauth2CredentialId", "oauth2_credential_id"),
        ("caip2", "caip2"),
        ("userName", "user_name"),
        ("username", "username"),
        ("from", "from_"),
    ],
)
def test_attribute_names(wire, attribute):
    assert attribute_name(wire) == attribute


def test_reachable_goes_through_arrays_and_members():
    found = model().reachable({"CreateUsersIntentV4"})
    assert {"UserParamsV4", "ApiKeyParamsV2", "ApiKeyCurve", "Attestation", "AuthenticatorTransport"} <= found
    assert "User" not in found
    assert reference({}) == ""


def test_check_fails_on_a_stale_module(tmp_path, monkeypatch, capsys):
    module = tmp_path / "shapes.py"
    monkeypatch.setattr("counterseal.contract.generate.generated", lambda: {module: "fresh"})
    assert main(["--check"]) == 1
    assert "shapes.py" in capsys.readouterr().err
    assert main([]) == 0
    assert module.read_text() == "fresh"
    assert main(["--check"]) == 0
