import pytest

from counterseal.contract.errors import InvalidRequest
from counterseal.policy import check_policy
from counterseal.policy.language.checker import check


def refusal(text, place="condition"):
    with pytest.raises(InvalidRequest) as raised:
        check(text, place=place)
    return raised.value.message


def test_the_message_says_which_text_where_what_and_the_nearest_name():
    assert refusal("activity.kind == 'X' &&\n  activity.typ == 'Y'") == (
        "invalid policy condition: line 2, column 12: found the field typ, expected a field of Activity: "
        "field does not exist (action, kind, params, resource, type); did you mean type?"
    )
    with pytest.raises(InvalidRequest, match="invalid policy consensus: line 1, column 1: found the keyword activity"):
        check_policy(consensus="activity.action == 'SIGN'")
    with pytest.raises(InvalidRequest, match="invalid policy time: line 1, column 1"):
        check_policy(time="1")


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("wallet_account.path == ''", "field does not exist"),
        ("nope.id == 'x'", "the name nope"),
        ("walet.id == 'x'", "did you mean wallet?"),
        ("time.now >= Timestamp('2025-01-01T00:00:00Z')", "the keyword time of a policy's time"),
        ("approvers.count() == 1", "the keyword approvers of a policy's consensus"),
        ("Timestamp('2025-01-01T00:00:00Z') == Timestamp('2025-01-01T00:00:00Z')", "belongs into a time"),
        ("1", "found an int, expected an expression that is true or false"),
        ("wallets", "found a list<Wallet>"),
        ("activity", "found an Activity"),
        ("eth.tx.chain_id == '1'", "found a string, expected a value of type int"),
        ("'1' == eth.tx.chain_id", "found an int, expected a value of type string"),
        ("eth.tx.to < 'a'", "expected an int or a timestamp before <"),
        ("1 < 'a'", "found a string"),
        ("true < false", "expected an int or a timestamp"),
        ("true == 1", "found an int, expected a value of type bool"),
        ("wallet == wallet", "found a Wallet"),
        ("[1] == [1]", "found a list<int>"),
        ("'a' == [1]", "found a list<int>"),
        ("1 in ['a']", "found a list<string>, expected a list<int>"),
        ("1 in 1", "expected a list before .in"),
        ("[1].contains('a')", "found a string"),
        ("[1, 'a'].count() == 1", "a list has one type"),
        ("[1, true].count() == 1", "a list has one type"),
        ("1 && true", "found an int, expected a bool"),
        ("!'a'", "found a string, expected a bool"),
        ("wallets.any(w, w.id)", "found a string, expected a bool"),
        ("wallets.filter(w, true)", "found a list<Wallet>"),
        ("eth.tx.to.any(x, true)", "expected a list before .any"),
        ("eth.tx.count() == 1", "expected a list before .count"),
        ("solana.tx.transfers.count == 1", "did you mean .count()?"),
        ("eth.eip_712.message.value == 1", "did you mean ['value']?"),
        ("eth.tx.to.length == 1", "a string has none"),
        ("eth.tx[0] == 'a'", "before [ ]"),
        ("eth.tx.to['a'] == 'a'", "found a string, expected an int"),
        ("eth.eip_712.message[0] == 'a'", "found an int, expected a string"),
        ("eth.tx.value[0..1] == 'a'", "before [ .. ]"),
        ("eth.tx.data[5..2] == 'a'", "a start not after the end"),
        ("wallets.any(w, w.idd == 'a')", "did you mean id?"),
        ("wallets.any(w, true) && w.id == 'a'", "the name w"),
        ("activity.params.user_ids == 'a'", "found a list<string>"),
    ],
)
def test_refused_in_a_condition(text, part):
    assert part in refusal(text)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("Timestamp('2026-03-01')", "RFC 3339"),
        ("time.now > Timestamp('2026-02-30T00:00:00Z')", "a date and a time that exist"),
        ("time.now > Timestamp('2026-03-01T00:00:00+01:00')", "the offset +01:00"),
        ("time.now > Timestamp('2026-03-01T00:00:00Z', 'b')", "2 arguments, expected 1"),
        ("CronSpan('0 9 * * 1', '1h')", "2 arguments, expected 3"),
        ("time.now == 1", "found an int"),
        ("time.later == time.now", "a field of Time"),
    ],
)
def test_refused_in_a_time(text, part):
    assert part in refusal(text, place="time")


@pytest.mark.parametrize(
    "text",
    [
        "activity.params.anything == 1 || activity.params.anything == 'a'",
        "activity.params.anything.deep[0]['x'].any(x, x)",
        "eth.tx.contract_call_args['a'].all(c, c[0] == '0xa' && c[1] < 5)",
        "eth.eip_712.message['a']",
        "eth.eip_712.message[eth.eip_712.primary_type] == 1",
        "1 in []",
        "[[1], [2]].any(x, x.contains(1))",
        "eth.tx.data[0..10][2..4] == 'a9'",
        "wallets.any(activity, activity.id == 'a')",
        "solana.tx.instructions.any(i, i.accounts.all(a, a.signer && !a.writable))",
        "tron.tx.contract.all(c, c.amount < 5)",
        "secret.static_properties['owner'] == 'me'",
        "[eth.tx.to, 'a'].contains('b')",
        "activity.params.signatures.all(s, s.derivation.static_deposit.index == 0)",
    ],
)
def test_accepted_in_a_condition(text):
    check(text, place="condition")


def test_absent_texts_need_no_check():
    check_policy()


@pytest.mark.parametrize("blank", ["", " ", "\t", " \r\n "])
@pytest.mark.parametrize("place", ["condition", "consensus", "time"])
def test_a_blank_text_is_none_that_was_meant(place, blank):
    with pytest.raises(InvalidRequest) as raised:
        check_policy(**{place: blank})
    assert raised.value.message.startswith(f"invalid policy {place}: line ")
    assert raised.value.message.endswith("found the end of the text, expected a value")
