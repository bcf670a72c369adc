import pytest

from counterseal.policy import Lint, Roster, lint

ACTIVITIES = {
    "ACTIVITY_TYPE_SIGN_TRANSACTION_V2": ("SIGN_TRANSACTION", "PRIVATE_KEY", "SIGN"),
    "ACTIVITY_TYPE_CREATE_WALLET": ("CREATE_WALLET", "WALLET", "CREATE"),
    "ACTIVITY_TYPE_UPDATE_ROOT_QUORUM": (None, None, None),
}


def kinds(findings):
    return [finding.lint for finding in findings]


def test_an_allow_of_everything(policy):
    assert kinds(lint([policy("ALLOW")])) == [Lint.ALLOWS_EVERYTHING]
    assert kinds(lint([policy("DENY")])) == []
    assert kinds(lint([policy("ALLOW", "activity.action == 'SIGN'")])) == []


def test_what_no_longer_checks(policy):
    found = lint([policy("DENY", "nope")])
    assert kinds(found) == [Lint.UNREADABLE]
    assert "the name nope" in found[0].message


@pytest.mark.parametrize(
    ("condition", "cause"),
    [
        ("eth.tx.data[10..74] == 'a'", "eth.tx.data is shorter than 74"),
        ("solana.tx.instructions[1].program_key == 'a'", "solana.tx.instructions has nothing at 1"),
        ("eth.eip_712.message['to'] == 'a'", "eth.eip_712.message has no key 'to'"),
        ("eth.tx.contract_call_args['to'] == 'a'", "eth.tx.contract_call_args is missing"),
        ("wallet_account.path_indexes.count() == 5", "wallet_account.path_indexes is missing"),
        ("tron.tx.contract.any(c, c.amount > 5)", "c.amount is missing"),
        ("activity.params.user_ids.contains('a')", "the activity does not show activity.params.user_ids"),
        ("activity.kind == 'CREATE_SWAP_QUOTE' && activity.params.slippage_bps > 5", "activity.params.slippage_bps"),
        ("activity.action == 'DELETE' || eth.tx.value > 5", "the activity has no eth.tx, which not every side"),
        ("wallet.id == 'a' || eth.tx.value > 5", "the activity has no wallet"),
    ],
)
def test_a_deny_that_can_fail(policy, condition, cause):
    found = lint([policy("DENY", condition)])
    assert set(kinds(found)) == {Lint.INERT_DENY}
    assert any(cause in finding.message for finding in found)
    assert kinds(lint([policy("ALLOW", condition)])) == []


@pytest.mark.parametrize(
    "condition",
    [
        "activity.resource == 'WALLET' && activity.kind == 'X'",
        "eth.tx.value > 5",
        "activity.action == 'SIGN' && eth.tx.to in ['0xa']",
        "eth.tx.value > 5 || eth.tx.to == '0xa'",
        "activity.type == 'T' && activity.params.hash_function == 'H'",
        "bitcoin.tx.outputs.any(o, o.value > 5)",
    ],
)
def test_a_deny_that_fails_only_where_nothing_was_to_be_denied(policy, condition):
    assert lint([policy("DENY", condition)]) == []


@pytest.mark.parametrize(
    ("condition", "reason"),
    [
        ("false", "it demands false"),
        ("activity.action == 'SIGN' && !true", "it demands !true"),
        ("activity.action in []", "nothing is in an empty list"),
        ("activity.action == 'SIGN' && 'CREATE' == activity.action", "demands on activity.action exclude"),
        ("activity.action in ['A', 'B'] && activity.action != 'A' && activity.action != 'B'", "activity.action"),
        ("eth.tx.value > 5 && eth.tx.value <= 5", "bounds on eth.tx.value exclude"),
        ("eth.tx.value > 5 && (eth.tx.to == '0xa' && eth.tx.value == 3)", "demands on eth.tx.value"),
        ("5 < eth.tx.value && 6 > eth.tx.value", "bounds on eth.tx.value"),
        ("wallet.id == 'a' || private_key.id == 'b'", "no activity has both a wallet and a private_key"),
        ("eth.tx.value > 5 || solana.tx.transfers.count() > 1", "both eth.tx and solana.tx"),
        ("activity.type == 'ACTIVITY_TYPE_CREATE_WALLET' && activity.action == 'SIGN'", "no activity has"),
        ("activity.resource == 'WALET'", "no activity has activity.resource"),
    ],
)
@pytest.mark.parametrize("effect", ["ALLOW", "DENY"])
def test_what_never_matches(policy, effect, condition, reason):
    found = lint([policy(effect, condition)], activities=ACTIVITIES)
    assert kinds(found) == [Lint.NEVER_MATCHES]
    assert reason in found[0].message


@pytest.mark.parametrize(
    "condition",
    [
        "eth.tx.value > 5 && eth.tx.value < 7",
        "activity.action != 'A' && activity.action != 'B'",
        "activity.action == 'SIGN' && activity.resource == 'PRIVATE_KEY'",
        "activity.action in ['SIGN', 'CREATE'] && activity.action != 'SIGN'",
        "['a'].any(wallet, wallet == 'a') && private_key.id == 'a'",
        "eth.tx.value == 5 && eth.tx.nonce == 6",
    ],
)
def test_what_may_match(policy, condition):
    assert lint([policy("ALLOW", condition)], activities=ACTIVITIES) == []


def shadowed(*policies):
    return [finding.policy_id for finding in lint(policies) if finding.lint is Lint.SHADOWED]


def test_shadowed_policies(policy):
    sign, large = "activity.action == 'SIGN'", "eth.tx.value > 5"
    by_u1 = "approvers.any(u, u.id == 'U1')"
    narrow = policy("ALLOW", f"{large} && {sign}", by_u1, id="narrow")
    assert shadowed(narrow, policy("ALLOW", sign, by_u1, id="wide")) == ["narrow"]
    assert shadowed(narrow, policy("ALLOW", sign, id="wider")) == ["narrow"]
    assert shadowed(narrow, policy("DENY", sign, id="deny")) == ["narrow"]
    assert shadowed(narrow, policy("ALLOW", sign, "approvers.any(u, u.id == 'U2')", id="other")) == []
    assert shadowed(policy("DENY", sign, id="deny"), policy("ALLOW", sign, id="allow")) == ["allow"]
    assert shadowed(policy("ALLOW", sign, id="a"), policy("ALLOW", f" {sign} ", id="b")) == ["b"]
    assert shadowed(policy("ALLOW", sign, id="a"), policy("ALLOW", sign, time="time.now == time.now", id="b")) == ["b"]


@pytest.mark.parametrize(
    ("consensus", "found"),
    [
        ("approvers.any(u, u.id == 'U1')", False),
        ("approvers.any(u, u.id == 'gone')", True),
        ("approvers.filter(u, u.tags.contains('ops')).count() >= 2", False),
        ("approvers.filter(u, u.tags.contains('ops')).count() >= 3", True),
        ("approvers.count() == 1", False),
        ("approvers.count() >= 4", True),
        ("approvers.any(a, approvers.any(b, a.id != b.id && a.tags.contains('ops')))", False),
        ("approvers.count() == 0", True),
    ],
)
def test_a_consensus_that_todays_users_cannot_reach(policy, user, consensus, found):
    roster = Roster([user("U1"), user("U2", "ops"), user("U3", "ops")])
    findings = lint([policy("ALLOW", "activity.action == 'SIGN'", consensus)], roster=roster)
    assert kinds(findings) == ([Lint.UNREACHABLE_CONSENSUS] if found else [])
