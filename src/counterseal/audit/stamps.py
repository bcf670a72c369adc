"""Whether stamps hold: the one work of an audit that takes long, so that all processors share in it."""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context
from typing import NamedTuple, Self

from counterseal.contract.errors import Refused
from counterseal.crypto import ApiKeyScheme, Curve, base64url
from counterseal.ledger import NotProven
from counterseal.organizations import ApiKey, Authenticator
from counterseal.stamps import ApiKeyStamp, parse_webauthn_stamp, verify_stamp, verify_webauthn_stamp

_AT_ONCE = 256
_WAITING_MAX = 8
"""Batches on their way: what is read must not be far ahead of what is checked."""


class Stamp(NamedTuple):
    """A vote's stamp over a body. ``credential`` is whose it is; None where that is not known."""

    name: str
    public_key: str
    scheme: str
    signature: str
    body: bytes
    credential: ApiKey | Authenticator | None


class Stamps:
    """Checks them in batches, all of them by its end. Raises NotProven for the first that does not hold."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None
        self._batch: list[Stamp] = []
        self._waiting: deque[Future[str | None]] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        try:
            if kind is None:
                self._look_at_ended(waiting_max=0)
                _raise(first_fault(self._batch))
        finally:
            if self._pool is not None:
                self._pool.shutdown(cancel_futures=True)

    def add(self, stamp: Stamp) -> None:
        """One more."""
        self._batch.append(stamp)
        if len(self._batch) == _AT_ONCE:
            batch, self._batch = self._batch, []
            if self._pool is None:  # a small file has no need of it
                self._pool = ProcessPoolExecutor(max(len(os.sched_getaffinity(0)) - 1, 1), get_context("spawn"))
            self._waiting.append(self._pool.submit(first_fault, batch))
            self._look_at_ended(waiting_max=_WAITING_MAX)

    def _look_at_ended(self, *, waiting_max: int) -> None:
        while self._waiting and (self._waiting[0].done() or len(self._waiting) > waiting_max):
            _raise(self._waiting.popleft().result())


def first_fault(stamps: list[Stamp]) -> str | None:
    """What is wrong with the first that does not hold."""
    for stamp in stamps:
        try:
            _check(stamp)
        except (Refused, ValueError, LookupError, TypeError) as fault:
            return f"{stamp.name}: its stamp does not hold: {fault}"
    return None


def _check(stamp: Stamp) -> None:
    if isinstance(stamp.credential, Authenticator):
        verify_webauthn_stamp(
            parse_webauthn_stamp(stamp.signature),
            public_key=base64url.decode(stamp.credential.public_key),
            rp_id_hash=stamp.credential.rp_id_hash,
            allowed_origins=None,
            body=stamp.body,
        )
    else:
        scheme = ApiKeyScheme(stamp.scheme)
        curve = _CURVES[scheme] if stamp.credential is None else stamp.credential.curve
        claimed = ApiKeyStamp(public_key=stamp.public_key, scheme=scheme, signature=stamp.signature)
        verify_stamp(claimed, curve=curve, body=stamp.body)


_CURVES = {
    ApiKeyScheme.P256: Curve.P256,
    ApiKeyScheme.SECP256K1: Curve.SECP256K1,
    ApiKeyScheme.SECP256K1_EIP191: Curve.SECP256K1,
    ApiKeyScheme.ED25519: Curve.ED25519,
}


def _raise(fault: str | None) -> None:
    if fault is not None:
        raise NotProven(fault)
