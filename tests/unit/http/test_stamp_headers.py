from __future__ import annotations

import pytest

from counterseal.contract.errors import Unauthenticated
from counterseal.http.stamp_headers import session_of, stamp_of
from counterseal.stamps import StampHeader, StampKind


def test_there_may_be_none() -> None:
    headers = [(b"content-type", b"application/json")]
    assert stamp_of(headers) is None
    assert session_of(headers) is None


@pytest.mark.parametrize(("name", "kind"), [(b"x-stamp", StampKind.API_KEY), (b"x-stamp-webauthn", StampKind.WEBAUTHN)])
def test_the_header_says_which_kind_it_is(name: bytes, kind: StampKind) -> None:
    assert stamp_of([(b"x-session", b"token"), (name, b"value\xe9")]) == StampHeader(kind, "value\xe9")


@pytest.mark.parametrize("second", [b"x-stamp", b"x-stamp-webauthn", b"x-stamp-attested"])
def test_two_stamps_are_one_too_many(second: bytes) -> None:
    with pytest.raises(Unauthenticated, match=r"^malformed activity stamp: found 2 stamp headers"):
        stamp_of([(b"x-stamp", b"one"), (second, b"one")])


def test_attested_stamps_are_not_here_yet() -> None:
    with pytest.raises(Unauthenticated, match=r"^malformed activity stamp: X-Stamp-Attested"):
        stamp_of([(b"x-stamp-attested", b"one")])


def test_a_session_is_no_stamp() -> None:
    headers = [(b"x-session", b"one\xe9")]
    assert stamp_of(headers) is None
    assert session_of(headers) == "one\xe9"


@pytest.mark.parametrize("second", [b"one", b"two"])
def test_two_sessions_are_one_too_many(second: bytes) -> None:
    with pytest.raises(Unauthenticated, match=r"^malformed session: found 2 X-Session headers"):
        session_of([(b"x-session", b"one"), (b"x-session", second)])
