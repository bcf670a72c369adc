import rlp

from counterseal.chains.ethereum import ContractCall, parse_transaction, transaction_facts

SENDER = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"


def of_type_1(to=b"", data=b""):
    return parse_transaction(b"\x01" + rlp.encode([1, 2, 3, 4, to, 5, data, []]))


def test_what_a_type_has_not_is_not_there():
    assert transaction_facts(of_type_1(), sender=SENDER) == {
        "from": SENDER.lower(),
        "to": "",
        "data": "0x",
        "value": 5,
        "gas": 4,
        "gas_price": 3,
        "chain_id": 1,
        "nonce": 2,
        "type": "TYPE_1",
        "function_name": "",
        "function_signature": "",
    }


def test_a_call_is_shown():
    call = ContractCall(name="f", selector="0xaabbccdd", arguments={})
    facts = transaction_facts(of_type_1(b"\1" * 20, b"\xaa\xbb\xcc\xdd"), sender=SENDER, call=call)
    assert (facts["function_name"], facts["function_signature"], facts["contract_call_args"]) == ("f", "0xaabbccdd", {})


def test_a_call_that_is_not_understood_shows_no_arguments():
    call = ContractCall(name="f", selector="0xaabbccdd", fault="it ends")
    assert "contract_call_args" not in transaction_facts(of_type_1(), sender=SENDER, call=call)
