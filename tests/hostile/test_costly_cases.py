"""The cases of the soak show what they say: each adversary is answered as its case expects, and so is its honest twin.

How long others wait is not looked at here: `make soak` does that.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

import pytest

from hostile import soak
from hostile.bystander import Bystander, Waits
from hostile.costly import CostlyCase, Stage
from served import RunningServer

CASES = soak.cases()


@pytest.fixture(scope="module")
def stage(start_on_each_store: Callable[..., RunningServer]) -> Iterator[Stage]:
    server = start_on_each_store()
    yield Stage.build(server)
    server.stop()


@pytest.fixture(scope="module")
def bystander(stage: Stage) -> Iterator[Bystander]:
    with Bystander(stage) as standing_by:
        yield standing_by


def test_names_are_names() -> None:
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_case_is_answered_as_it_says(stage: Stage, bystander: Bystander, case: CostlyCase) -> None:
    state = case.set_up(stage)
    for maker, expected in ((case.adversarial, case.answers), (case.honest, case.honest_answers)):
        requests = [maker(stage, state) for _ in range(min(2, case.connections))]
        waits, answered = asyncio.run(soak.longest_waits(stage, bystander, requests, connections=case.connections))
        assert answered <= expected
        assert answered or not expected
        assert min(waits) > 0


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
@pytest.mark.parametrize("waits_for", ["read", "write"])
def test_a_case_fails_if_every_round_is_too_long(
    monkeypatch: pytest.MonkeyPatch, waits_for: str, waits: list[float], is_over: bool, rounds: int
) -> None:
    each = iter(waits)
    case = CostlyCase(
        name="case",
        adversarial=lambda _stage, _state: b"adversarial",
        honest=lambda _stage, _state: b"honest",
        answers=frozenset({400}),
        honest_answers=frozenset({200}),
    )

    async def wait(_stage: Stage, _by: Bystander, requests: list[bytes], **_: object) -> tuple[Waits, set[int]]:
        if requests[0] == b"honest":
            return Waits(read=4.0, write=5.0), {200}
        found = next(each)
        return Waits(read=found, write=1.0) if waits_for == "read" else Waits(read=1.0, write=found), {400}

    monkeypatch.setattr(soak, "longest_waits", wait)
    verdict = soak.run_case(case, None, None)  # type: ignore[arg-type]
    assert (verdict.is_over, verdict.rounds) == (is_over, rounds)
    assert not verdict.is_mistaken
    assert verdict.honest == Waits(read=4.0, write=5.0)
