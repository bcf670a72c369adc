"""A megabyte of commas as the value of ``FEATURE_NAME_WEBAUTHN_ORIGINS`` was parted into a million origins, which were
counted afterwards, for any user.
"""

from __future__ import annotations

from typing import Any, NoReturn

import pytest

from counterseal.activities.organizations.set_organization_feature import ORIGINS_MAX, _origins
from counterseal.contract.errors import InvalidRequest


class Whole(str):
    """A text that may not be parted."""

    def split(self, *_: Any, **__: Any) -> NoReturn:
        raise AssertionError("it was not counted first")


def test_too_many_origins_are_refused_in_one_piece() -> None:
    with pytest.raises(InvalidRequest, match="expected at most"):
        _origins(Whole("," * 1_000_000))
    with pytest.raises(InvalidRequest, match=f"at most {ORIGINS_MAX} origins"):
        _origins(Whole("," * 1_000))


def test_as_many_as_may_be_are_taken() -> None:
    origins = ",".join(f"https://a{number}.example.com" for number in range(ORIGINS_MAX))
    assert _origins(origins) == origins
    with pytest.raises(InvalidRequest, match=f"at most {ORIGINS_MAX} origins"):
        _origins(f"{origins},https://one.more")
