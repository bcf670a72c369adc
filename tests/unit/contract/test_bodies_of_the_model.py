"""What the model allows is read, whole: every activity type and every query, with as little and as much as may be."""

import json

import pytest

from counterseal.contract import decode, encode, intent_of, operation_for, parse_json, variant
from counterseal.contract.generator.model import model
from model_bodies import parameters_of, query_of

QUERIES = [query for query in model().queries() if query["request"]]


@pytest.mark.parametrize("everything", [False, True], ids=["minimal", "maximal"])
@pytest.mark.parametrize("type_name", [entry["type"] for entry in model().variants()])
def test_parameters(type_name, everything):
    parameters = parameters_of(type_name, everything=everything, known={})
    intent = intent_of(parse_json(json.dumps({"parameters": parameters}).encode()), variant(type_name))
    assert json.loads(encode(intent)) == parameters


@pytest.mark.parametrize("everything", [False, True], ids=["minimal", "maximal"])
@pytest.mark.parametrize("query", QUERIES, ids=[query["operation"] for query in QUERIES])
def test_queries(query, everything):
    body = query_of(query["request"], everything=everything, known={})
    request = decode(parse_json(json.dumps(body).encode()), operation_for(query["path"]).request)
    assert json.loads(encode(request)) == body


def test_maximal_bodies_have_members_that_minimal_ones_lack():
    kind = "ACTIVITY_TYPE_CREATE_USERS_V4"
    [minimal] = parameters_of(kind, everything=False, known={"userName": "ada"})["users"]
    [key] = minimal.pop("apiKeys")
    assert key.keys() == {"apiKeyName", "publicKey", "curveType"}
    assert minimal == {"userName": "ada", "authenticators": [], "oauthProviders": [], "userTags": []}
    [maximal] = parameters_of(kind, everything=True, known={})["users"]
    assert {"userEmail", "userPhoneNumber"} <= maximal.keys()
    assert maximal["authenticators"][0]["attestation"]["transports"]
