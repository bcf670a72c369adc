"""Whoever may sign only to one address can sign to no other, however a transaction or a call is spelt."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest
from eth_utils import keccak
from ethereum_spellings import fields, read_by_a_node, spelt, stretched
from hypothesis import given
from hypothesis import strategies as st
from one_address import FOREIGN, MINE, SEEDS, TOKEN, UNTIMED, allows, changed_bytes

from counterseal.chains import ethereum
from counterseal.chains.refusal import transaction_bytes
from counterseal.contract.errors import InvalidRequest
from ethereum_samples import SENDER, encoded

TRANSFER = bytes.fromhex("a9059cbb")
ERC20 = ethereum.parse_interface(
    '[{"type":"function","name":"transfer","inputs":[{"name":"to","type":"address"},{"name":"value","type":"uint256"}]},'
    '{"type":"function","name":"pay","inputs":[{"name":"to","type":"address[]"},{"name":"note","type":"bytes"}]}]'
)
PAY = keccak(text="pay(address[],bytes)")[:4]


def signed_if_allowed(condition: str, text: str, *, replayable: bool = False) -> bytes | None:
    """What ``sign_transaction`` gives under the policy, None if it is refused or not allowed."""
    try:
        unsigned = ethereum.parse_transaction(transaction_bytes(text, chain="Ethereum"), replayable=replayable)
        call = ethereum.NO_CALL
        if unsigned.to.hex() == TOKEN[2:]:
            call = ethereum.call_of(ERC20, unsigned.data)
            ethereum.refuse_unclear_call(call)
    except InvalidRequest:
        return None
    seen = ethereum.transaction_facts(unsigned, sender=SENDER, call=call)
    if not allows(condition, eth={"tx": seen}):
        return None
    return ethereum.signed_transaction(unsigned, r=2**255, s=1, parity=1)


def read_by_a_contract(data: bytes) -> tuple[bytes, str]:
    """Selector and first argument, as code of old compilers reads them: zeros behind the end, 20 bytes of a word."""
    padded = data.ljust(68, b"\0")
    return padded[:4], f"0x{padded[16:36].hex()}"


@UNTIMED
@given(SEEDS)
def test_no_spelling_reaches_another_recipient(seed: int) -> None:
    random = Random(seed)
    condition = f"eth.tx.to == '{MINE}'"
    for kind, to_mine in fields(random, MINE):
        assert signed_if_allowed(condition, encoded(kind, to_mine).hex()), "the policy allows something"
    for kind, to_foreign in fields(random, random.choice((FOREIGN, "", TOKEN, MINE[:-2] + "c9"))):
        raw = encoded(kind, to_foreign)
        for each in (raw, *stretched(raw)):
            for text in spelt(each):
                assert signed_if_allowed(condition, text, replayable=True) is None


@UNTIMED
@given(SEEDS)
def test_no_change_of_bytes_reaches_another_recipient(seed: int) -> None:
    random = Random(seed)
    raw = encoded(*random.choice(list(fields(random, random.choice((MINE, FOREIGN))))))
    other = encoded(*random.choice(list(fields(random, MINE))))
    for _ in range(10):
        changed = changed_bytes(random, raw, other)
        signed = signed_if_allowed(f"eth.tx.to == '{MINE}'", changed.hex(), replayable=True)
        assert signed is None or read_by_a_node(signed)[0] == MINE


def transfers(address: str) -> Iterator[bytes]:
    """Spellings of ``transfer`` to ``address`` that the code of one compiler or another takes."""
    to, mine = bytes.fromhex(address[2:]), bytes.fromhex(MINE[2:])
    amount = (10**18).to_bytes(32)
    yield TRANSFER + to.rjust(32, b"\0") + amount
    yield TRANSFER + mine[:12] + to + amount
    yield TRANSFER + mine[8:] + to + amount
    yield TRANSFER + b"\xff" * 12 + to + amount
    yield TRANSFER + to.rjust(32, b"\0") + amount.rstrip(b"\0")
    yield TRANSFER + to.rjust(32, b"\0")
    yield TRANSFER + to.rjust(32, b"\0").rstrip(b"\0")
    yield TRANSFER + to.rjust(32, b"\0") + amount + mine.rjust(32, b"\0")
    yield TRANSFER + to.rjust(32, b"\0") + mine.rjust(32, b"\0")
    yield TRANSFER + to.rjust(32, b"\0") + amount + TRANSFER + mine.rjust(32, b"\0") + amount


BY_ARGUMENT = (
    f"eth.tx.to == '{TOKEN}' && eth.tx.function_name == 'transfer' && eth.tx.contract_call_args['to'] == '{MINE}'"
)
BY_SLICE = f"eth.tx.to == '{TOKEN}' && eth.tx.data[0..10] == '0xa9059cbb' && eth.tx.data[34..74] == '{MINE[2:]}'"


@pytest.mark.parametrize("condition", [BY_ARGUMENT, BY_SLICE], ids=["argument", "slice"])
def test_no_spelling_of_a_call_reaches_another_account(condition: str) -> None:
    (usual, *others) = transfers(MINE)
    for kind, found in fields(Random(0), TOKEN, f"0x{usual.hex()}"):
        assert signed_if_allowed(condition, encoded(kind, found).hex())
    for data in (*others, *transfers(FOREIGN)):
        for kind, found in fields(Random(0), TOKEN, f"0x{data.hex()}"):
            signed = signed_if_allowed(condition, encoded(kind, found).hex())
            assert signed is None or read_by_a_contract(read_by_a_node(signed)[1]) == (TRANSFER, MINE)


@UNTIMED
@given(SEEDS, st.sampled_from([BY_ARGUMENT, BY_SLICE]))
def test_no_change_of_a_call_reaches_another_account(seed: int, condition: str) -> None:
    random = Random(seed)
    data = random.choice([*transfers(MINE), *transfers(FOREIGN)])
    for _ in range(10):
        changed = changed_bytes(random, data, random.choice(list(transfers(MINE))))
        kind, found = random.choice(list(fields(random, TOKEN, f"0x{changed.hex()}")))
        signed = signed_if_allowed(condition, encoded(kind, found).hex())
        assert signed is None or read_by_a_contract(read_by_a_node(signed)[1]) == (TRANSFER, MINE)


def test_a_denied_account_cannot_be_reached_by_a_call_in_another_spelling() -> None:
    """A DENY that fails denies nothing: so what would make it fail is refused."""
    for data in transfers(FOREIGN):
        unsigned = ethereum.parse_transaction(encoded(2, dict(fields(Random(0), TOKEN, f"0x{data.hex()}"))[2]))
        call = ethereum.call_of(ERC20, unsigned.data)
        if call.fault:
            with pytest.raises(InvalidRequest):
                ethereum.refuse_unclear_call(call)
        else:
            assert call.arguments is not None
            assert call.arguments["to"] == FOREIGN
            assert read_by_a_contract(data) == (TRANSFER, FOREIGN)


@UNTIMED
@given(SEEDS)
def test_no_change_of_a_list_reaches_another_account(seed: int) -> None:
    """Arguments that stand elsewhere: the offsets and lengths are followed as contracts follow them."""
    random = Random(seed)
    condition = f"eth.tx.contract_call_args['to'].all(to, to == '{MINE}') && eth.tx.function_name == 'pay'"
    payees = [random.choice((MINE, MINE, FOREIGN)) for _ in range(random.randint(0, 3))]
    words = [64, 96 + 32 * len(payees), len(payees), *(int(each, 16) for each in payees), 3, 7 << 232]
    data = PAY + b"".join(word.to_bytes(32) for word in words)
    for _ in range(10):
        changed = data
        for _ in range(random.randint(0, 2)):
            at = 4 + 32 * random.randrange(len(words)) + random.choice((31, 31, 31, 30, 12, 0))
            changed = changed[:at] + bytes((random.choice((0, 32, 64, 96, 128, 160, 1, 2, 255)),)) + changed[at + 1 :]
        _, found = dict(enumerate(fields(random, TOKEN, f"0x{changed.hex()}")))[2]
        signed = signed_if_allowed(condition, encoded(2, found).hex())
        assert signed is None or set(paid(read_by_a_node(signed)[1])) <= {MINE}


def paid(data: bytes) -> list[str]:
    """The accounts in the list, as a contract goes through it."""
    start = 4 + int.from_bytes(data[4:36])
    count = int.from_bytes(data[start : start + 32])
    return [f"0x{data[at + 12 : at + 32].hex()}" for at in range(start + 32, start + 32 + 32 * count, 32)]
