import pytest

from counterseal.contract import shapes
from counterseal.contract.errors import InvalidRequest, NotImplementedHere
from counterseal.contract.operations import all_operations, variant, variants_of
from counterseal.contract.upgrades import can_upgrade, downgrade_result, upgrade, upgrades

OLD_KEY = shapes.ApiKeyParams(api_key_name="k", public_key="02ab", expiration_seconds="5")
NEW_KEY = shapes.ApiKeyParamsV2(
    api_key_name="k", public_key="02ab", curve_type=shapes.ApiKeyCurve.P256, expiration_seconds="5"
)
ED25519_KEY = shapes.ApiKeyParamsV2(api_key_name="e", public_key="cd", curve_type=shapes.ApiKeyCurve.ED25519)
OLD_PASSKEY = shapes.AuthenticatorParams(
    authenticator_name="p",
    user_id="U",
    challenge="c",
    attestation=shapes.PublicKeyCredentialWithAttestation(
        id="id",
        raw_id="raw",
        type="public-key",
        response=shapes.AuthenticatorAttestationResponse(
            client_data_json="json", attestation_object="cbor", transports=[shapes.AuthenticatorTransport.USB]
        ),
        client_extension_results=shapes.SimpleClientExtensionResults(),
    ),
)
NEW_PASSKEY = shapes.AuthenticatorParamsV2(
    authenticator_name="p",
    challenge="c",
    attestation=shapes.Attestation(
        credential_id="id",
        client_data_json="json",
        attestation_object="cbor",
        transports=[shapes.AuthenticatorTransport.USB],
    ),
)
OLD_PROVIDER = shapes.OauthProviderParams(provider_name="google", oidc_token="jwt")
NEW_PROVIDER = shapes.OauthProviderParamsV2(provider_name="google", oidc_token="jwt")


def upgraded(type_name: str, intent):
    return upgrade(intent, variant("ACTIVITY_TYPE_" + type_name))


def test_the_newest_version_is_left_alone():
    intent = shapes.CreateApiKeysIntentV2(user_id="u", api_keys=[NEW_KEY])
    assert upgraded("CREATE_API_KEYS_V2", intent) is intent


def test_create_api_keys():
    intent = shapes.CreateApiKeysIntent(user_id="u", api_keys=[OLD_KEY])
    assert upgraded("CREATE_API_KEYS", intent) == shapes.CreateApiKeysIntentV2(user_id="u", api_keys=[NEW_KEY])


def test_create_users():
    common = {"user_name": "n", "user_email": "a@b.co", "user_tags": ["t"]}
    first = shapes.UserParams(
        **common, access_type=shapes.AccessType.ALL, api_keys=[OLD_KEY], authenticators=[OLD_PASSKEY]
    )
    second = shapes.UserParamsV2(**common, api_keys=[OLD_KEY], authenticators=[NEW_PASSKEY])
    third = shapes.UserParamsV3(
        **common,
        user_phone_number="+12",
        api_keys=[ED25519_KEY],
        authenticators=[NEW_PASSKEY],
        oauth_providers=[OLD_PROVIDER],
    )
    newest = shapes.UserParamsV4(**common, api_keys=[NEW_KEY], authenticators=[NEW_PASSKEY])
    assert upgraded("CREATE_USERS", shapes.CreateUsersIntent(users=[first])).users == [newest]
    assert upgraded("CREATE_USERS_V2", shapes.CreateUsersIntentV2(users=[second])).users == [newest]
    assert upgraded("CREATE_USERS_V3", shapes.CreateUsersIntentV3(users=[third])).users == [
        shapes.UserParamsV4(
            **common,
            user_phone_number="+12",
            api_keys=[ED25519_KEY],
            authenticators=[NEW_PASSKEY],
            oauth_providers=[NEW_PROVIDER],
        )
    ]


def test_create_sub_organization_with_one_passkey():
    intent = shapes.CreateSubOrganizationIntent(name="s", root_authenticator=NEW_PASSKEY)
    assert upgraded("CREATE_SUB_ORGANIZATION", intent) == shapes.CreateSubOrganizationIntentV8(
        sub_organization_name="s",
        root_users=[shapes.RootUserParamsV5(user_name="Root user", authenticators=[NEW_PASSKEY])],
        root_quorum_threshold=1,
    )


@pytest.mark.parametrize("version", [2, 3, 4, 5, 6, 7])
def test_create_sub_organization(version):
    kinds = {2: "", 3: "", 4: "", 5: "V2", 6: "V3", 7: "V4"}
    root_user = getattr(shapes, f"RootUserParams{kinds[version]}")
    members = {"user_name": "n", "user_email": "a@b.co", "authenticators": [NEW_PASSKEY]}
    members["api_keys"] = [OLD_KEY] if version < 6 else [NEW_KEY]
    extra = {"disable_email_auth": True, "disable_email_recovery": False} if version >= 4 else {}
    if version >= 5:
        members["oauth_providers"] = [OLD_PROVIDER]
    if version == 7:
        members["user_phone_number"] = "+12"
        extra |= {"disable_sms_auth": True, "verification_token": "v"}
    intent = getattr(shapes, f"CreateSubOrganizationIntentV{version}")(
        sub_organization_name="s", root_users=[root_user(**members)], root_quorum_threshold=2, **extra
    )
    assert upgraded(f"CREATE_SUB_ORGANIZATION_V{version}", intent) == shapes.CreateSubOrganizationIntentV8(
        sub_organization_name="s",
        root_users=[
            shapes.RootUserParamsV5(
                user_name="n",
                user_email="a@b.co",
                user_phone_number="+12" if version == 7 else None,
                api_keys=[NEW_KEY],
                authenticators=[NEW_PASSKEY],
                oauth_providers=[NEW_PROVIDER] if version >= 5 else [],
            )
        ],
        root_quorum_threshold=2,
        **extra,
    )


def household_v9(*wallet_authenticators):
    user = shapes.RootUserParamsV6(
        user_name="n", api_keys=[ED25519_KEY], authenticators=[NEW_PASSKEY], wallet_authenticators=wallet_authenticators
    )
    return shapes.CreateSubOrganizationIntentV9(
        sub_organization_name="s", root_users=[user], root_quorum_threshold=1, disable_sms_auth=True
    )


def test_what_is_announced_is_what_clients_send_as_long_as_it_says_no_more():
    assert upgraded("CREATE_SUB_ORGANIZATION_V9", household_v9()) == shapes.CreateSubOrganizationIntentV8(
        sub_organization_name="s",
        root_users=[
            shapes.RootUserParamsV5(user_name="n", api_keys=[ED25519_KEY], authenticators=[NEW_PASSKEY]),
        ],
        root_quorum_threshold=1,
        disable_sms_auth=True,
    )
    wallet = shapes.WalletAuthenticatorParams(
        type=shapes.WalletAuthenticatorType.ETHEREUM, address="0x", domain="app.example"
    )
    with pytest.raises(NotImplementedHere, match=r"`parameters\.rootUsers\[0\]\.walletAuthenticators`"):
        upgraded("CREATE_SUB_ORGANIZATION_V9", household_v9(wallet))


def test_a_wallet_survives():
    wallet = shapes.WalletParams(wallet_name="w")
    intent = shapes.CreateSubOrganizationIntentV4(
        sub_organization_name="s", root_users=[], root_quorum_threshold=1, wallet=wallet
    )
    assert upgraded("CREATE_SUB_ORGANIZATION_V4", intent).wallet == wallet


def test_private_keys_of_a_sub_organization_are_not_dropped_silently():
    key = shapes.PrivateKeyParams(private_key_name="k", curve=shapes.Curve.P256)
    intent = shapes.CreateSubOrganizationIntentV3(
        sub_organization_name="s", root_users=[], root_quorum_threshold=1, private_keys=[key]
    )
    assert upgraded("CREATE_SUB_ORGANIZATION_V3", intent).private_keys == [key]


def test_create_authenticators():
    intent = shapes.CreateAuthenticatorsIntent(user_id="u", authenticators=[OLD_PASSKEY])
    assert upgraded("CREATE_AUTHENTICATORS", intent) == shapes.CreateAuthenticatorsIntentV2(
        user_id="u", authenticators=[NEW_PASSKEY]
    )
    with pytest.raises(InvalidRequest, match=r"parameters\.authenticators\[0\]\.userId"):
        upgraded("CREATE_AUTHENTICATORS", shapes.CreateAuthenticatorsIntent(user_id="v", authenticators=[OLD_PASSKEY]))


def test_create_oauth_providers():
    intent = shapes.CreateOauthProvidersIntent(user_id="u", oauth_providers=[OLD_PROVIDER])
    assert upgraded("CREATE_OAUTH_PROVIDERS", intent) == shapes.CreateOauthProvidersIntentV2(
        user_id="u", oauth_providers=[NEW_PROVIDER]
    )


def test_update_policy():
    intent = shapes.UpdatePolicyIntent(policy_id="p", policy_notes="")
    assert upgraded("UPDATE_POLICY", intent) == shapes.UpdatePolicyIntentV2(policy_id="p", policy_notes="")


def test_whose_session_an_email_names_is_left_to_the_unit():
    intent = shapes.CreateReadWriteSessionIntent(target_public_key="04", email="a@b.co", expiration_seconds="60")
    newest = shapes.CreateReadWriteSessionIntentV2(target_public_key="04", expiration_seconds="60")
    assert upgraded("CREATE_READ_WRITE_SESSION", intent) == newest


@pytest.mark.parametrize("version", ["", "_V2"])
def test_policies_with_selectors(version):
    intent = variant(f"ACTIVITY_TYPE_CREATE_POLICY{version}").intent(policy_name="n", effect=shapes.Effect.ALLOW)
    with pytest.raises(InvalidRequest, match="ACTIVITY_TYPE_CREATE_POLICY_V3"):
        upgraded(f"CREATE_POLICY{version}", intent)


def test_an_older_version_nobody_wrote_an_upgrade_for():
    old = variant("ACTIVITY_TYPE_VERIFY_OTP")
    assert not can_upgrade(old)
    with pytest.raises(NotImplementedHere, match="ACTIVITY_TYPE_VERIFY_OTP "):
        upgrade(old.intent(otp_id="i", otp_code="c"), old)


def test_a_type_has_one_upgrade():
    with pytest.raises(ValueError, match="has an upgrade already"):
        upgrades("ACTIVITY_TYPE_CREATE_API_KEYS")(lambda intent: intent)


def test_results_in_the_form_of_the_asker():
    newest = shapes.CreateSubOrganizationResultV8(sub_organization_id="s", root_user_ids=["u"])
    for each in variants_of("CREATE_SUB_ORGANIZATION"):
        result = downgrade_result(newest, each)
        assert type(result) is each.result
        assert (result.sub_organization_id, result.root_user_ids) == ("s", ["u"])
    assert downgrade_result(newest, variant("ACTIVITY_TYPE_CREATE_SUB_ORGANIZATION_V3")).private_keys == []
    assert downgrade_result(newest, variant("ACTIVITY_TYPE_CREATE_SUB_ORGANIZATION_V8")) is newest


def test_a_result_that_all_versions_share():
    result = shapes.CreateApiKeysResult(api_key_ids=["k"])
    assert downgrade_result(result, variant("ACTIVITY_TYPE_CREATE_API_KEYS")) is result


def test_no_upgradable_kind_loses_a_member_in_its_older_results():
    said_otherwise = {("CREATE_SUB_ORGANIZATION", "private_keys"), ("CREATE_PRIVATE_KEYS", "private_key_ids")}
    for operation in all_operations():
        for old in set(operation.variants.values()):
            if not can_upgrade(old) or old.result is None:
                continue
            newest = next(each for each in variants_of(old.kind) if each.is_newest)
            unknown = set(old.result.__struct_fields__) - set(newest.result.__struct_fields__)
            assert {(old.kind, name) for name in unknown} <= said_otherwise
