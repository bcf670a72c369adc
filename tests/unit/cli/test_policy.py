"""counterseal policy: cases, test, check."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from counterseal.cli import main
from office import NEW_TAG, Office

CASES = Path(__file__).parents[2] / "vectors" / "data" / "policy_cases.json"
TAG = {"activity": {"type": "ACTIVITY_TYPE_CREATE_USER_TAG", "kind": "CREATE_USER_TAG", "params": {}}}


def policy(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["policy", *arguments], env={"COUNTERSEAL_DATA": ""})


def written(path: Path, content: Any) -> str:
    path.write_text(json.dumps(content))
    return str(path)


def case(name: str, expected: str, *approvers: str, **context: Any) -> dict[str, Any]:
    given = {"approvers": [{"id": each} for each in approvers], **TAG, **context}
    return {"name": name, "expected": f"OUTCOME_{expected}", "context": given}


class TestCases:
    """``policy cases``"""

    def test_the_shared_cases_pass(self) -> None:
        result = policy("cases", str(CASES))
        assert result.exit_code == 0
        assert result.stdout.splitlines()[-1] == f"{len(json.loads(CASES.read_text()))} passed, 0 failed"

    def test_a_case_that_fails_is_explained(self, tmp_path: Path) -> None:
        rule = {"effect": "EFFECT_ALLOW", "condition": "activity.kind == 'CREATE_USERS'"}
        cases = [case("good", "DENY_IMPLICIT", "u"), case("bad", "ALLOW", "u")]
        result = policy("cases", written(tmp_path / "c.json", [each | {"policies": [rule]} for each in cases]))
        assert result.exit_code == 1
        lines = result.stdout.splitlines()
        assert lines[0] == "FAILED bad: expected OUTCOME_ALLOW, got OUTCOME_DENY_IMPLICIT"
        assert "activity.kind == 'CREATE_USERS' is false (activity.kind is 'CREATE_USER_TAG')" in result.stdout
        assert lines[-1] == "1 passed, 1 failed"

    @pytest.mark.parametrize("content", [{"name": "not a list"}, [{"name": "no context"}], [{"context": {}}]])
    def test_a_file_of_another_form(self, tmp_path: Path, content: Any) -> None:
        result = policy("cases", written(tmp_path / "c.json", content))
        assert result.exit_code == 1
        assert "not a file of policy cases" in result.stderr


class TestTest:
    """``policy test``"""

    def test_against_a_file_of_policies(self, tmp_path: Path) -> None:
        rules = written(tmp_path / "p.json", [{"policyName": "all", "effect": "EFFECT_ALLOW", "notes": ""}])
        cases = written(tmp_path / "c.json", [case("one", "ALLOW", "u"), case("two", "DENY_IMPLICIT", "u")])
        result = policy("test", cases, "--policies", rules)
        assert result.exit_code == 1
        assert result.stdout.endswith("1 passed, 1 failed\n")

    def test_policies_that_do_not_check_are_no_test(self, tmp_path: Path) -> None:
        rules = written(tmp_path / "p.json", [{"policyName": "typo", "effect": "EFFECT_DENY", "condition": "tru"}])
        result = policy("test", written(tmp_path / "c.json", []), "--policies", rules)
        assert result.exit_code == 1
        assert "typo: invalid policy condition: line 1, column 1" in result.stderr

    async def test_against_an_organization_and_its_users(self, office: Office, tmp_path: Path) -> None:
        await office.allow(consensus=f"{office.tagged(office.agents)} && {office.tagged(office.humans)}")
        agent, ann, guest, root = (each.user_id for each in (office.agent, office.ann, office.guest, office.root))
        cases = [
            case("the agent alone", "REQUIRES_CONSENSUS", agent),
            case("with ann", "ALLOW", agent, ann),
            case("a guest", "DENY_IMPLICIT", guest),
            case("root", "ALLOW", root),
            case("a guest as an agent", "REQUIRES_CONSENSUS", approvers=[{"id": guest, "tags": [office.agents]}]),
            case("without other users", "DENY_IMPLICIT", agent, org_users=[]),
        ]
        live = ["--data", str(office.server.directory.path), "--organization", office.root.organization_id]
        result = await asyncio.to_thread(policy, "test", written(tmp_path / "c.json", cases), *live)
        assert result.stdout == "6 passed, 0 failed\n"
        assert result.exit_code == 0

    @pytest.mark.parametrize("sources", [[], ["--policies", "FILE", "--organization", "x"], ["--organization", "x"]])
    def test_exactly_one_source(self, tmp_path: Path, sources: list[str]) -> None:
        cases = written(tmp_path / "c.json", [])
        result = policy("test", cases, *(cases if each == "FILE" else each for each in sources))
        assert result.exit_code == 2


class TestCheck:
    """``policy check``"""

    def test_errors_and_warnings(self, tmp_path: Path) -> None:
        rules = [
            {"policyName": "typo", "effect": "EFFECT_ALLOW", "condition": "activity.knd == 'X'"},
            {"policyName": "all", "effect": "EFFECT_ALLOW"},
            {"policyName": "inert", "effect": "EFFECT_DENY", "condition": "eth.tx.data[0..10] == '0xa9059cbb'"},
            {"policyName": "never", "effect": "EFFECT_ALLOW", "condition": "activity.kind == 'CREATE_UNICORN'"},
        ]
        result = policy("check", written(tmp_path / "p.json", rules))
        assert result.exit_code == 1
        lines = result.stdout.splitlines()
        assert lines[0].startswith("error: typo: invalid policy condition: line 1, column 10: ")
        assert "kind" in lines[0]
        warned = {line.split(": ")[1]: line.rpartition(" ")[2] for line in lines if line.startswith("warning")}
        assert {"all": "[allows-everything]", "inert": "[inert-deny]"}.items() <= warned.items()
        assert "never" in warned
        assert lines[-1].startswith("4 checked, 1 errors, ")

    def test_good_policies(self, tmp_path: Path) -> None:
        rules = {"policies": [{"policyId": "1", "policyName": "n", "effect": "EFFECT_ALLOW", "condition": NEW_TAG}]}
        result = policy("check", written(tmp_path / "p.json", rules))
        assert (result.exit_code, result.stdout) == (0, "1 checked, 0 errors, 0 warnings\n")

    async def test_whether_today_s_users_can_reach_a_consensus(self, office: Office, tmp_path: Path) -> None:
        count = "approvers.filter(user, user.tags.contains('{}')).count() >= {}".format
        live = ["--data", str(office.server.directory.path), "--organization", office.root.organization_id]
        rules = [
            {"policyName": name, "effect": "EFFECT_ALLOW", "condition": NEW_TAG, "consensus": consensus}
            for name, consensus in (("two", count(office.humans, 2)), ("three", count(office.humans, 3)))
        ]
        result = await asyncio.to_thread(policy, "check", written(tmp_path / "p.json", rules), *live)
        assert "warning: three: no votes of the organization's users make its consensus true" in result.stdout
        assert "warning: two: no votes" not in result.stdout
        await office.allow(consensus=count(office.agents, 2))
        own = await asyncio.to_thread(policy, "check", *live)
        assert own.stdout.startswith("warning: policy 0: no votes")
        assert own.exit_code == 0

    async def test_what_is_not_there(self, office: Office, tmp_path: Path) -> None:
        assert policy("check").exit_code == 2
        stranger = "3f1c5d0e-6f0b-4a0e-8a3e-0b9d1f2a3c4d"
        data = str(office.server.directory.path)
        result = await asyncio.to_thread(policy, "check", "--data", data, "--organization", stranger)
        assert "no organization found with the given ID" in result.stderr
        other = policy("check", written(tmp_path / "p.json", [{"policyName": "no effect"}]))
        assert "is not a file of policies" in other.stderr
        assert (result.exit_code, other.exit_code) == (1, 1)
