import copy
import pickle

import pytest

from counterseal.crypto import Curve, generate_key_pair


@pytest.mark.parametrize("curve", Curve)
def test_a_private_key_does_not_show_itself(curve: Curve) -> None:
    key = generate_key_pair(curve)
    for shown in (repr(key), str(key), f"{key}", repr({"key": key})):
        assert key.public_key.hex() in shown
        assert key.secret.hex() not in shown
        assert repr(key.secret) not in shown
    assert not hasattr(key, "__dict__")


@pytest.mark.parametrize("curve", Curve)
def test_a_private_key_is_not_pickled(curve: Curve) -> None:
    key = generate_key_pair(curve)
    for leave in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="not pickled"):
            leave(key)


@pytest.mark.parametrize("curve", Curve)
def test_generated_keys_differ(curve: Curve) -> None:
    assert len({generate_key_pair(curve).secret for _ in range(20)}) == 20
