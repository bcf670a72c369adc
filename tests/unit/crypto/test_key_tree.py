import copy
import pickle
import traceback

import pytest

from counterseal.crypto import paths
from counterseal.crypto.curves import Curve
from counterseal.crypto.key_tree import KeyTree

SEED = bytes(range(64))
LEVELS = paths.parse("m/44'/60'/0'/0/0")


@pytest.mark.parametrize("curve", Curve)
def test_what_was_worked_out_is_overwritten_at_the_end(curve: Curve) -> None:
    with KeyTree(SEED) as tree:
        key = tree.private_key(curve, LEVELS)
        nodes = list(tree._nodes.values())
        assert len(nodes) == len(LEVELS) + 1
        assert all(any(node.key) and any(node.chain_code) for node in nodes)
    assert not any(any(node.key) or any(node.chain_code) for node in nodes)
    assert any(key)  # it is the caller's


def test_it_is_overwritten_after_an_error_too() -> None:
    tree = KeyTree(SEED)
    with pytest.raises(LookupError), tree:
        tree.private_key(Curve.SECP256K1, LEVELS)
        [node, *_] = tree._nodes.values()
        raise LookupError
    assert not any(node.key)


def test_the_seed_is_the_callers() -> None:
    seed = bytearray(SEED)
    with KeyTree(seed) as tree:
        tree.private_key(Curve.P256, ())
    assert seed == SEED


def test_a_key_is_a_copy() -> None:
    with KeyTree(SEED) as tree:
        first = tree.private_key(Curve.SECP256K1, LEVELS)
        expected = bytes(first)
        first[:] = bytes(32)
        assert tree.private_key(Curve.SECP256K1, LEVELS) == expected


def test_siblings_take_their_parent_once() -> None:
    with KeyTree(SEED) as tree:
        for number in range(10):
            tree.private_key(Curve.SECP256K1, (*LEVELS[:-1], number))
        assert len(tree._nodes) == len(LEVELS) + 10


def test_it_does_not_show_itself() -> None:
    tree = KeyTree(SEED)
    tree.private_key(Curve.SECP256K1, LEVELS)
    assert repr(tree) == str(tree) == "<KeyTree: contents hidden>"
    for take in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="holds secrets"):
            take(tree)
    try:
        tree.private_key(Curve.SECP256K1, (-1,))
    except OverflowError as error:
        shown = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    assert "contents hidden" in shown
    assert SEED.hex() not in shown
