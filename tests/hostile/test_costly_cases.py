"""The cases of the soak show what they say: each adversary is answered as its case expects, and so is its honest twin.

How long others wait is not looked at here: `make soak` does that.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

import pytest

from hostile import soak
from hostile.costly import CostlyCase, Stage
from served import RunningServer

CASES = soak.cases()


@pytest.fixture(scope="module")
def stage(start_server: Callable[..., RunningServer]) -> Iterator[Stage]:
    server = start_server()
    yield Stage.build(server)
    server.stop()


def test_names_are_names() -> None:
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_case_is_answered_as_it_says(stage: Stage, case: CostlyCase) -> None:
    state = case.set_up(stage)
    for maker, expected in ((case.adversarial, case.answers), (case.honest, case.honest_answers)):
        _, answered = asyncio.run(soak.longest_wait(stage, [maker(stage, state)], connections=case.connections))
        assert answered <= expected
        assert answered or not expected


@pytest.mark.parametrize(
    ("waits", "is_over", "rounds"),
    [
        ([10.0], False, 1),
        ([60.0, 60.0, 40.0], False, 3),
        ([60.0] * soak.ROUNDS, True, soak.ROUNDS),
        ([2000.0], True, 1),
    ],
    ids=["in order", "noise", "too long each time", "hopeless"],
)
def test_a_case_fails_if_every_round_is_too_long(
    monkeypatch: pytest.MonkeyPatch, waits: list[float], is_over: bool, rounds: int
) -> None:
    each = iter(waits)
    case = CostlyCase(
        name="case",
        adversarial=lambda _stage, _state: b"adversarial",
        honest=lambda _stage, _state: b"honest",
        answers=frozenset({400}),
        honest_answers=frozenset({200}),
    )

    async def wait(_stage: Stage, requests: list[bytes], **_: object) -> tuple[float, set[int]]:
        return (next(each), {400}) if requests[0] == b"adversarial" else (5.0, {200})

    monkeypatch.setattr(soak, "longest_wait", wait)
    verdict = soak.run_case(case, None)  # type: ignore[arg-type]
    assert (verdict.is_over, verdict.rounds) == (is_over, rounds)
    assert not verdict.is_mistaken
    assert verdict.honest_ms == 5.0
