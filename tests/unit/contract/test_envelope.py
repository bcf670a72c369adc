import json

import pytest

from counterseal.contract import errors
from counterseal.contract.envelope import error_envelope, failure

CLASSES = [errors.Refused, *errors.Refused.__subclasses__()]
STATUS = {3: 400, 16: 401, 7: 403, 5: 404, 6: 409, 8: 429, 13: 500, 12: 501, 14: 503}


def detail(code: str) -> dict[str, str]:
    return {"@type": "type.googleapis.com/errors.v1.TurnkeyErrorDetail", "turnkeyErrorCode": code}


@pytest.mark.parametrize("refusal", CLASSES)
def test_every_class_of_the_tree(refusal):
    refused = refusal("why")
    assert json.loads(error_envelope(refused)) == {
        "code": refusal.grpc,
        "message": "why",
        "details": [detail(refusal.code)] if refusal.code else [],
        "turnkeyErrorCode": refusal.code,
    }
    assert refusal.http in (STATUS[refusal.grpc], 413)


@pytest.mark.parametrize("refusal", CLASSES)
def test_a_code_of_its_own(refusal):
    assert json.loads(error_envelope(refusal("why", code="API_KEY_EXPIRED"))) == {
        "code": refusal.grpc,
        "message": "why",
        "details": [detail("API_KEY_EXPIRED")],
        "turnkeyErrorCode": "API_KEY_EXPIRED",
    }


def test_given_details_replace_the_standard_one():
    given = [{"@type": "type.googleapis.com/errors.v1.PolicyEnginePermissionError", "policyEvaluations": []}]
    assert json.loads(error_envelope(errors.PermissionDenied("no", details=given)))["details"] == given


def test_an_empty_list_can_be_asked_for():
    explicit = errors.PermissionDenied("policy engine denied request explicitly", details=[])
    assert json.loads(error_envelope(explicit))["details"] == []


def test_no_code_at_all():
    envelope = json.loads(error_envelope(errors.InvalidRequest("why", code="")))
    assert (envelope["details"], envelope["turnkeyErrorCode"]) == ([], "")


def test_the_same_as_an_activity_s_failure():
    status = failure(errors.LimitExceeded("too many", code="RATE_LIMIT_EXCEEDED"))
    assert (status.code, status.message, status.details) == (8, "too many", [detail("RATE_LIMIT_EXCEEDED")])


def test_any_message_is_encodable():
    assert json.loads(error_envelope(errors.InvalidRequest('"\\\n\u2028😀')))["message"] == '"\\\n\u2028😀'
