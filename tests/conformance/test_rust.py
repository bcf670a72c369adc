"""The official Rust client, unmodified: one test a scenario, one process for all.

The scenarios are in ``rust/src``; ``rust/Cargo.lock`` has the crates. Where there is no cargo they are left out.
"""

from __future__ import annotations

import shutil

import pytest

from conformance.scenarios import RUST_FILES, run_rust, titles

if shutil.which("cargo") is None:
    pytest.skip("cargo is not on the PATH: the official Rust client is left out", allow_module_level=True)

# What the project promises to this client: each is called with success.
OPERATIONS = {
    "/public/v1/query/get_activity",
    "/public/v1/query/get_api_key",
    "/public/v1/query/get_api_keys",
    "/public/v1/query/get_organization_configs",
    "/public/v1/query/get_policy",
    "/public/v1/query/get_policy_evaluations",
    "/public/v1/query/get_private_key",
    "/public/v1/query/get_user",
    "/public/v1/query/get_wallet",
    "/public/v1/query/list_activities",
    "/public/v1/query/list_policies",
    "/public/v1/query/list_private_keys",
    "/public/v1/query/list_suborgs",
    "/public/v1/query/list_user_tags",
    "/public/v1/query/list_users",
    "/public/v1/query/list_wallet_accounts",
    "/public/v1/query/list_wallets",
    "/public/v1/query/whoami",
    "/public/v1/submit/approve_activity",
    "/public/v1/submit/create_api_keys",
    "/public/v1/submit/create_policies",
    "/public/v1/submit/create_policy",
    "/public/v1/submit/create_private_keys",
    "/public/v1/submit/create_read_only_session",
    "/public/v1/submit/create_read_write_session",
    "/public/v1/submit/create_sub_organization",
    "/public/v1/submit/create_user_tag",
    "/public/v1/submit/create_users",
    "/public/v1/submit/create_wallet",
    "/public/v1/submit/create_wallet_accounts",
    "/public/v1/submit/delete_api_keys",
    "/public/v1/submit/delete_policies",
    "/public/v1/submit/delete_policy",
    "/public/v1/submit/delete_private_keys",
    "/public/v1/submit/delete_sub_organization",
    "/public/v1/submit/delete_user_tags",
    "/public/v1/submit/delete_users",
    "/public/v1/submit/delete_wallets",
    "/public/v1/submit/export_private_key",
    "/public/v1/submit/export_wallet",
    "/public/v1/submit/export_wallet_account",
    "/public/v1/submit/import_private_key",
    "/public/v1/submit/import_wallet",
    "/public/v1/submit/init_import_private_key",
    "/public/v1/submit/init_import_wallet",
    "/public/v1/submit/reject_activity",
    "/public/v1/submit/remove_organization_feature",
    "/public/v1/submit/set_organization_feature",
    "/public/v1/submit/sign_raw_payload",
    "/public/v1/submit/sign_raw_payloads",
    "/public/v1/submit/sign_transaction",
    "/public/v1/submit/stamp_login",
    "/public/v1/submit/update_organization_name",
    "/public/v1/submit/update_policy",
    "/public/v1/submit/update_root_quorum",
    "/public/v1/submit/update_user",
    "/public/v1/submit/update_user_email",
    "/public/v1/submit/update_user_name",
    "/public/v1/submit/update_user_phone_number",
    "/public/v1/submit/update_user_tag",
    "/public/v1/submit/update_wallet",
}

SCENARIOS = [
    pytest.param(title, id=f"{file.name.partition('.')[0]}: {title}") for file in RUST_FILES for title in titles(file)
]


@pytest.fixture(scope="module")
def verdicts(rust_server):
    """Each scenario's error by its title."""
    return run_rust(rust_server)


@pytest.mark.parametrize("title", SCENARIOS)
def test_scenario(title, verdicts):
    error = verdicts[title]
    assert error is None, error


def test_every_scenario_is_a_test(verdicts):
    assert sorted(verdicts) == sorted(title for file in RUST_FILES for title in titles(file))


def test_every_operation_is_seen_to_answer(verdicts, rust_server):
    seen = rust_server.requests()
    assert {each["path"] for each in seen if each["status"] == 200} >= OPERATIONS
    assert not [each for each in seen if each["status"] == 500]
