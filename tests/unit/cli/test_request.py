"""counterseal request, against a real server and with a real curl."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from composed import user_params
from counterseal.cli import main
from counterseal.crypto import Curve, generate_key_pair, private_key_text
from served import RunningServer

WHOAMI = "/public/v1/query/whoami"


@pytest.fixture(scope="module")
def server(start_server: Callable[..., RunningServer]) -> Iterator[RunningServer]:
    made = start_server()
    yield made
    made.stop()


def request(server: RunningServer, *arguments: str, key: Path | None = None) -> Result:
    given = ["--key", str(key or server.private_key_file), "--organization", server.organization_id]
    return CliRunner().invoke(main, ["request", *given, "--host", server.url, *arguments])


def test_a_query(server: RunningServer) -> None:
    result = request(server, "--path", WHOAMI)
    assert result.exit_code == 0
    assert json.loads(result.stdout)["userId"] == server.user_id


def test_a_submit_of_which_only_the_parameters_are_given(server: RunningServer) -> None:
    parameters = {"users": [user_params("O'Brien é", generate_key_pair(Curve.P256))]}
    result = request(server, "--path", "/public/v1/submit/create_users", "--body", json.dumps(parameters))
    activity = json.loads(result.stdout)["activity"]
    assert activity["type"] == "ACTIVITY_TYPE_CREATE_USERS_V4"
    assert activity["status"] == "ACTIVITY_STATUS_COMPLETED"


def test_a_refusal_is_printed_and_is_exit_code_one(server: RunningServer) -> None:
    result = request(server, "--path", "/public/v1/query/get_user", "--body", '{"userId": "nobody"}')
    assert result.exit_code == 1
    assert json.loads(result.stdout)["turnkeyErrorCode"] == "REQUEST_INVALID"


@pytest.mark.parametrize("curve", list(Curve))
def test_every_curve_stamps(server: RunningServer, tmp_path: Path, curve: Curve) -> None:
    key = generate_key_pair(curve)
    status, _ = server.submit("create_users", "CREATE_USERS_V4", {"users": [user_params(f"{curve} user", key)]})
    assert status == 200
    file = tmp_path / "key.private"
    file.write_text(private_key_text(key) + "\n")
    assert json.loads(request(server, "--path", WHOAMI, key=file).stdout)["username"] == f"{curve} user"


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/public/v1/query/list_users", "{}"),
        (
            "/public/v1/query/list_suborgs",
            '{"filterType": "NAME", "filterValue": "it\'s $HOME `and` \\"more\\" @x\\n"}',
        ),
    ],
)
def test_the_line_for_curl_works(server: RunningServer, path: str, body: str) -> None:
    result = request(server, "--path", path, "--body", body, "--no-post")
    stamp, line = result.stdout.splitlines()
    assert stamp.startswith("X-Stamp: ")
    assert stamp in line
    assert path not in [each["path"] for each in server.requests()]
    done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=True, timeout=30)
    assert "turnkeyErrorCode" not in json.loads(done.stdout), done.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--path", "/public/v1/query/nothing"], "/public/v1/query/nothing is not a path of the API"),
        (["--path", WHOAMI, "--body", "{"], "--body is not JSON"),
        (["--path", WHOAMI, "--body", "[]"], "--body must be a JSON object"),
        (["--path", WHOAMI, "--host", "ftp://example.com"], "is not an http or https URL"),
        (["--path", WHOAMI, "--host", "http://127.0.0.1:1"], "cannot be reached"),
    ],
)
def test_what_is_wrong_is_explained(server: RunningServer, arguments: list[str], words: str) -> None:
    result = request(server, *arguments)
    assert result.exit_code == 1
    assert words in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("content", [b"", b"zz", b"00", b"\xff\xfe\x00binary", b"00" * 32])
def test_a_file_that_holds_no_key_is_explained_without_showing_it(
    server: RunningServer, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "key.private"
    file.write_bytes(content)
    result = request(server, "--path", WHOAMI, key=file)
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit), result.exception
    assert result.stderr.startswith("Error: ")


def test_settings_come_from_the_environment_too(server: RunningServer) -> None:
    environment: dict[str, Any] = {
        "COUNTERSEAL_KEY": str(server.private_key_file),
        "COUNTERSEAL_ORGANIZATION": server.organization_id,
        "COUNTERSEAL_URL": server.url,
    }
    result = CliRunner().invoke(main, ["request", "--path", WHOAMI], env=environment)
    assert json.loads(result.stdout)["username"] == "root"
