"""The official JavaScript clients, unmodified, in node: one test a scenario, one node process a file.

The scenarios are in ``javascript/*.scenarios.mjs``; ``npm ci`` in this directory installs the clients.
"""

from __future__ import annotations

import pytest

from conformance.scenarios import JAVASCRIPT_FILES, titles

# What the project promises to these clients so far. Each is called with success and with an error of the caller's.
OPERATIONS = {
    "/public/v1/query/get_active_policies",
    "/public/v1/query/get_activity",
    "/public/v1/query/get_api_key",
    "/public/v1/query/get_api_keys",
    "/public/v1/query/get_authenticator",
    "/public/v1/query/get_authenticators",
    "/public/v1/query/get_boot_proof",
    "/public/v1/query/get_ip_allowlist",
    "/public/v1/query/get_latest_boot_proof",
    "/public/v1/query/get_organization",
    "/public/v1/query/get_organization_configs",
    "/public/v1/query/get_policy",
    "/public/v1/query/get_policy_evaluations",
    "/public/v1/query/get_private_key",
    "/public/v1/query/get_session_profile",
    "/public/v1/query/get_session_profiles",
    "/public/v1/query/get_smart_contract_interface",
    "/public/v1/query/get_user",
    "/public/v1/query/get_wallet",
    "/public/v1/query/get_wallet_account",
    "/public/v1/query/list_activities",
    "/public/v1/query/list_app_proofs",
    "/public/v1/query/list_policies",
    "/public/v1/query/list_private_key_tags",
    "/public/v1/query/list_private_keys",
    "/public/v1/query/list_secrets",
    "/public/v1/query/list_smart_contract_interfaces",
    "/public/v1/query/list_suborgs",
    "/public/v1/query/list_user_tags",
    "/public/v1/query/list_users",
    "/public/v1/query/list_verified_suborgs",
    "/public/v1/query/list_wallet_accounts",
    "/public/v1/query/list_wallets",
    "/public/v1/query/list_webhook_endpoints",
    "/public/v1/query/whoami",
    "/public/v1/submit/approve_activity",
    "/public/v1/submit/create_api_keys",
    "/public/v1/submit/create_api_only_users",
    "/public/v1/submit/create_authenticators",
    "/public/v1/submit/create_policies",
    "/public/v1/submit/create_policy",
    "/public/v1/submit/create_private_key_tag",
    "/public/v1/submit/create_private_keys",
    "/public/v1/submit/create_read_only_session",
    "/public/v1/submit/create_read_write_session",
    "/public/v1/submit/create_session_profile",
    "/public/v1/submit/create_smart_contract_interface",
    "/public/v1/submit/create_sub_organization",
    "/public/v1/submit/create_user_tag",
    "/public/v1/submit/create_users",
    "/public/v1/submit/create_wallet",
    "/public/v1/submit/create_wallet_accounts",
    "/public/v1/submit/create_webhook_endpoint",
    "/public/v1/submit/delete_api_keys",
    "/public/v1/submit/delete_authenticators",
    "/public/v1/submit/delete_policies",
    "/public/v1/submit/delete_policy",
    "/public/v1/submit/delete_private_key_tags",
    "/public/v1/submit/delete_private_keys",
    "/public/v1/submit/delete_secrets",
    "/public/v1/submit/delete_smart_contract_interface",
    "/public/v1/submit/delete_sub_organization",
    "/public/v1/submit/delete_user_tags",
    "/public/v1/submit/delete_users",
    "/public/v1/submit/delete_wallet_accounts",
    "/public/v1/submit/delete_wallets",
    "/public/v1/submit/delete_webhook_endpoint",
    "/public/v1/submit/export_private_key",
    "/public/v1/submit/export_secrets",
    "/public/v1/submit/export_wallet",
    "/public/v1/submit/export_wallet_account",
    "/public/v1/submit/import_private_key",
    "/public/v1/submit/import_secrets",
    "/public/v1/submit/import_wallet",
    "/public/v1/submit/init_import_private_key",
    "/public/v1/submit/init_import_secrets",
    "/public/v1/submit/init_import_wallet",
    "/public/v1/submit/reject_activity",
    "/public/v1/submit/remove_ip_allowlist",
    "/public/v1/submit/remove_organization_feature",
    "/public/v1/submit/set_ip_allowlist",
    "/public/v1/submit/set_organization_feature",
    "/public/v1/submit/sign_raw_payload",
    "/public/v1/submit/sign_raw_payloads",
    "/public/v1/submit/sign_transaction",
    "/public/v1/submit/stamp_login",
    "/public/v1/submit/update_organization_name",
    "/public/v1/submit/update_policy",
    "/public/v1/submit/update_private_key_tag",
    "/public/v1/submit/update_root_quorum",
    "/public/v1/submit/update_user",
    "/public/v1/submit/update_user_email",
    "/public/v1/submit/update_user_name",
    "/public/v1/submit/update_user_phone_number",
    "/public/v1/submit/update_user_tag",
    "/public/v1/submit/update_wallet",
    "/public/v1/submit/update_webhook_endpoint",
}


def _name(file):
    return file.name.partition(".")[0]


@pytest.mark.parametrize(
    ("file", "title"),
    [pytest.param(file, title, id=f"{_name(file)}: {title}") for file in JAVASCRIPT_FILES for title in titles(file)],
)
def test_scenario(file, title, verdicts):
    error = verdicts(file)[title]
    assert error is None, error


@pytest.mark.parametrize("file", JAVASCRIPT_FILES, ids=_name)
def test_every_scenario_of_a_file_is_a_test(file, verdicts):
    assert sorted(verdicts(file)) == sorted(titles(file))


def test_every_operation_is_seen_to_answer_and_to_refuse(verdicts, javascript_server):
    for file in JAVASCRIPT_FILES:
        verdicts(file)
    seen = javascript_server.requests()
    assert {each["path"] for each in seen if each["status"] == 200} >= OPERATIONS
    assert {each["path"] for each in seen if 400 <= each["status"] < 500} >= OPERATIONS
    assert not [each for each in seen if each["status"] == 500]
