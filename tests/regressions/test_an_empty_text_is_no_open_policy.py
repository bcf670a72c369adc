"""``"condition": ""`` and ``"consensus": ""`` counted as true: a template variable that was empty made a policy that
matches everything. They are refused as any text that is no expression. ``time`` alone may be empty: Turnkey's page on
time-based policies says that this means always. What was stored blank before allows nothing and denies as it did."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from click.testing import CliRunner

from composed import ComposedServer
from counterseal.cli import main
from counterseal.policy import read_cases, run_case
from office import NEW_TAG, Office

BLANKS = ["", " ", "\t\r\n"]
NO_TEXT = "found the end of the text, expected a value"
SPAN = "CronSpan('0 9 * * 1-5', '8h', 'UTC')"


def policy(**texts: str) -> dict[str, Any]:
    return {"policyName": "open", "effect": "EFFECT_ALLOW", "notes": ""} | texts


@pytest.mark.parametrize("blank", BLANKS)
@pytest.mark.parametrize("place", ["condition", "consensus"])
async def test_it_is_refused_when_policies_are_made(office: Office, place: str, blank: str) -> None:
    sound = policy(policyName="sound", condition="true")
    for kind, parameters in (
        ("CREATE_POLICY_V3", policy(**{place: blank})),
        ("CREATE_POLICIES", {"policies": [sound, policy(**{place: blank})]}),
    ):
        reply = await office.server.submit(kind, parameters)
        assert reply.error == (400, 3, "REQUEST_INVALID")
        assert reply.message.startswith(f"invalid policy {place}: line ")
        assert reply.message.endswith(NO_TEXT)
    assert (await office.server.query("list_policies")).json["policies"] == []
    assert (await office.propose(office.guest)).reply.status == 403


@pytest.mark.parametrize("blank", BLANKS)
@pytest.mark.parametrize("member", ["policyCondition", "policyConsensus"])
@pytest.mark.parametrize("version", ["UPDATE_POLICY", "UPDATE_POLICY_V2"])
async def test_it_is_refused_when_a_policy_is_changed(office: Office, version: str, member: str, blank: str) -> None:
    policy_id = await office.allow("false", "false")
    reply = await office.server.submit(version, {"policyId": policy_id, member: blank})
    assert reply.error == (400, 3, "REQUEST_INVALID")
    assert reply.message.endswith(NO_TEXT)
    kept = (await office.server.query("get_policy", policyId=policy_id)).json["policy"]
    assert (kept["condition"], kept["consensus"]) == ("false", "false")


async def test_an_empty_time_is_always_and_a_blank_one_is_no_time(office: Office) -> None:
    blank = await office.server.submit("CREATE_POLICY_V3", policy(condition="true", time=" "))
    assert blank.message == f"invalid policy time: line 1, column 2: {NO_TEXT}"
    made = (await office.server.submit("CREATE_POLICY_V3", policy(condition="false", time=""))).result["policyId"]
    assert "time" not in (await office.server.query("get_policy", policyId=made)).json["policy"]
    assert (await office.server.submit("UPDATE_POLICY_V2", {"policyId": made, "time": SPAN})).result
    assert (await office.server.submit("UPDATE_POLICY_V2", {"policyId": made, "time": "\n"})).status == 400
    assert (await office.server.submit("UPDATE_POLICY_V2", {"policyId": made, "time": ""})).result
    assert "time" not in (await office.server.query("get_policy", policyId=made)).json["policy"]


async def test_absent_and_null_stay_absent(office: Office) -> None:
    assert (await office.server.submit("CREATE_POLICY_V3", policy(condition=NEW_TAG))).result
    assert (await office.propose(office.guest)).reply.result
    null = {
        "policyName": "null",
        "effect": "EFFECT_DENY",
        "notes": "",
        "condition": None,
        "consensus": None,
        "time": None,
    }
    assert (await office.server.submit("CREATE_POLICY_V3", null)).result
    assert (await office.propose(office.guest)).reply.status == 403


@pytest.mark.parametrize("place", ["condition", "consensus", "time"])
@pytest.mark.parametrize("blank", BLANKS)
async def test_what_was_stored_blank_by_an_older_release(office: Office, place: str, blank: str) -> None:
    sound = {"condition": NEW_TAG, "consensus": "true", "time": SPAN}
    server = office.server
    allow = (await server.submit("CREATE_POLICY_V3", policy(**sound))).result["policyId"]
    server.clock.advance(seconds=8 * 3600)  # 16:00 on a Friday: within the span
    assert (await office.propose(office.guest)).reply.result
    await server.app.stop()
    blank_out(server, allow, place, blank)
    await server.start_again()
    assert "you don't have" in (await office.propose(office.guest)).reply.message.lower()
    assert (await server.submit("DELETE_POLICY", {"policyId": allow})).result
    assert (await server.submit("CREATE_POLICY_V3", policy(condition="true"))).result
    deny = policy(policyName="deny", effect="EFFECT_DENY", **sound)
    deny_id = (await server.submit("CREATE_POLICY_V3", deny)).result["policyId"]
    await server.app.stop()
    blank_out(server, deny_id, place, blank)
    await server.start_again()
    assert (await office.propose(office.guest)).reply.message == "policy engine denied request explicitly"


def blank_out(server: ComposedServer, policy_id: str, place: str, blank: str) -> None:
    database = sqlite3.connect(server.directory.path / "counterseal.db")
    changed = database.execute(
        "UPDATE items SET data = CAST(json_set(CAST(data AS TEXT), ?, ?) AS BLOB)"
        " WHERE kind = 'policy' AND span = 0 AND id = ?",
        (f"$.{place}", blank, UUID(policy_id).bytes),
    )
    assert changed.rowcount == 1
    database.commit()
    database.close()


class TestTheCommandLine:
    """``counterseal policy`` says what the server would."""

    @staticmethod
    def run(*arguments: str) -> Any:
        return CliRunner().invoke(main, ["policy", *arguments], env={"COUNTERSEAL_DATA": ""})

    @pytest.mark.parametrize("blank", BLANKS)
    @pytest.mark.parametrize("place", ["condition", "consensus"])
    def test_check_and_test(self, tmp_path: Path, place: str, blank: str) -> None:
        rules, cases = tmp_path / "policies.json", tmp_path / "cases.json"
        rules.write_text(json.dumps([policy(**{place: blank})]))
        cases.write_text("[]")
        checked = self.run("check", str(rules))
        assert checked.exit_code == 1
        assert f"error: open: invalid policy {place}: " in checked.stdout
        tested = self.run("test", str(cases), "--policies", str(rules))
        assert tested.exit_code == 1
        assert NO_TEXT in tested.stderr

    def test_a_reply_of_list_policies_shows_absent_texts_as_empty_ones(self, tmp_path: Path) -> None:
        reply = tmp_path / "reply.json"
        reply.write_text(json.dumps({"policies": [policy(condition="true", consensus="")]}))
        assert self.run("check", str(reply)).exit_code == 0

    @pytest.mark.parametrize("place", ["condition", "consensus"])
    def test_cases(self, place: str) -> None:
        rule = {"effect": "EFFECT_ALLOW", place: ""}
        case = {"name": "c", "context": {}, "expected": "CREATE_ERROR", "policies": [rule]}
        (read,) = read_cases(json.dumps([case]).encode())
        assert run_case(read).passed
