"""Accounts of processor time: whichever step of a thread is entered last pays for what the thread does.

A span begins and ends with one look at the thread's own clock, so that others on the machine, waiting for the disk and
waiting for the interpreter lock count for nothing. What empty spans cost tells how the cost of all is shared out.
Beginning and ending are written out for both kinds of functions: one call more would double that cost.
"""

from __future__ import annotations

import functools
import inspect
import threading
import time
from collections.abc import Callable, Coroutine, Generator
from typing import Any

import msgspec

_clock = time.thread_time_ns
_EMPTY_SPANS = 20_000


class Account(msgspec.Struct):
    """Of one step in one thread. Spans are counted where they are, and where they were begun, by their kind.

    A coroutine has a span for each time that it is resumed.
    """

    ns: int = 0
    calls: int = 0
    resumed: int = 0
    calls_from: int = 0
    resumed_from: int = 0


class _Thread(threading.local):
    """The accounts of the running thread, and which of them are open, the innermost last."""

    def __init__(self) -> None:
        self.accounts: dict[str, Account] = {}
        self.since = _clock()
        self.open = [self.account("")]
        _threads.append((threading.current_thread().name, self.accounts))

    def account(self, step: str) -> Account:
        account = self.accounts.get(step)
        if account is None:
            account = self.accounts[step] = Account()
        return account


_threads: list[tuple[str, dict[str, Account]]] = []
_thread = _Thread()


def span_of_call(step: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, paid for by the step."""

    @functools.wraps(function)
    def spanned(*arguments: Any, **named: Any) -> Any:
        outer = _thread.open[-1]
        account = _thread.account(step)
        account.calls += 1
        outer.calls_from += 1
        _thread.open.append(account)
        now = _clock()
        outer.ns += now - _thread.since
        _thread.since = now
        try:
            return function(*arguments, **named)
        finally:
            now = _clock()
            account.ns += now - _thread.since
            _thread.since = now
            _thread.open.pop()

    return spanned


def span_of_coroutine(step: str, function: Callable[..., Coroutine[Any, Any, Any]]) -> Callable[..., Any]:
    """The coroutine function: each time that its coroutine goes on, the step pays."""

    @functools.wraps(function)
    def spanned(*arguments: Any, **named: Any) -> _Coroutine:
        return _Coroutine(step, function(*arguments, **named))

    return spanned


class _Coroutine(Coroutine[Any, Any, Any]):
    __slots__ = ("_coroutine", "_step")

    def __init__(self, step: str, coroutine: Coroutine[Any, Any, Any]) -> None:
        self._step = step
        self._coroutine = coroutine

    def __await__(self) -> Generator[Any, Any, Any]:
        return self  # all that ``await`` wants of it

    def __iter__(self) -> _Coroutine:
        return self

    def __next__(self) -> Any:
        return self.send(None)

    def send(self, value: Any) -> Any:
        outer = _thread.open[-1]
        account = _thread.account(self._step)
        account.resumed += 1
        outer.resumed_from += 1
        _thread.open.append(account)
        now = _clock()
        outer.ns += now - _thread.since
        _thread.since = now
        try:
            return self._coroutine.send(value)
        finally:
            now = _clock()
            account.ns += now - _thread.since
            _thread.since = now
            _thread.open.pop()

    def throw(self, *raised: Any) -> Any:
        return self._coroutine.throw(*raised)

    def close(self) -> None:
        self._coroutine.close()


def begin() -> None:
    """Forget what has been counted. On the main thread."""
    for _, accounts in _threads:
        for account in accounts.values():
            account.ns = account.calls = account.resumed = account.calls_from = account.resumed_from = 0
    _thread.since = _clock()


class Costs(msgspec.Struct, frozen=True):
    """Nanoseconds of an empty span: to the step that it is for, and to the one from which it was begun."""

    call: float
    call_from: float
    resumed: float
    resumed_from: float

    def of(self, account: Account) -> float:
        """What spans would add to an account if they were empty."""
        return (
            account.calls * self.call
            + account.calls_from * self.call_from
            + account.resumed * self.resumed
            + account.resumed_from * self.resumed_from
        )


class Taken(msgspec.Struct, frozen=True):
    """Nanoseconds of one step, and how many of them its spans would have taken had they been empty."""

    ns: float
    empty_ns: float


Counted = dict[str, dict[str, Taken]]
"""What a process has counted, by thread and step."""


def end(costs: Costs) -> Counted:
    """What has been counted since ``begin``. On the main thread."""
    now = _clock()
    _thread.open[-1].ns += now - _thread.since
    _thread.since = now
    return {
        name: {step: Taken(account.ns, costs.of(account)) for step, account in accounts.items() if account.ns}
        for name, accounts in _threads
    }


def cost_of_spans() -> Costs:
    """Found out by empty ones, on this thread."""

    def nothing() -> None:
        pass

    async def nothing_later() -> None:
        pass

    call, call_from = _cost_of(span_of_call("empty", nothing), nothing)
    resumed, resumed_from = _cost_of(_driven(span_of_coroutine("empty", nothing_later)), _driven(nothing_later))
    return Costs(call=call, call_from=call_from, resumed=resumed, resumed_from=resumed_from)


def _driven(function: Callable[[], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    async def outer() -> None:
        await function()

    def drive() -> None:
        coroutine = outer()
        try:
            coroutine.send(None)
        except StopIteration:
            return

    return drive


def _cost_of(spanned: Callable[[], None], plain: Callable[[], None]) -> tuple[float, float]:
    """What goes to the step, and what to the one around it, for each empty span."""
    started = _clock()
    _repeat(plain)
    without = _clock() - started
    begin()
    span_of_call("around", _repeat)(spanned)
    empty, outer = _thread.account("empty").ns, _thread.account("around").ns
    begin()
    return empty / _EMPTY_SPANS, (outer - without) / _EMPTY_SPANS


def _repeat(function: Callable[[], None]) -> None:
    for _ in range(_EMPTY_SPANS):
        function()


def spanned(step: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, be it one of coroutines or not."""
    make = span_of_coroutine if inspect.iscoroutinefunction(function) else span_of_call
    return make(step, function)
