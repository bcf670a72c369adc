"""The real evaluator against the second one, on random policies and requests.

Run as a program for long runs: ``python tests/properties/policy/differential.py --comparisons 1000000 --seed 1``. One
comparison is one outcome: of one policy on one request, or of a whole decision.
"""

from __future__ import annotations

import argparse
import importlib.util
import random as randoms
import sys
import time
from pathlib import Path

from counterseal.policy import Budget, Effect, Policy, compile_policy, decide
from counterseal.policy.language.parser import parse
from counterseal.policy.language.printer import show


def _beside(name):
    """A module of this directory, whether this one runs as a program or under pytest's importlib mode."""
    path = Path(__file__).with_name(f"{name}.py")
    spec = importlib.util.spec_from_file_location(f"policy_{name}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


generator = _beside("generator")
reference = _beside("reference")

POLICIES, REQUESTS = 3, 6


def one_round(seed):
    """Compare a few policies on a few requests. Returns how many outcomes of each kind; raises on any difference."""
    random = randoms.Random(seed)
    keywords = ("activity", *random.sample(generator.ROOMS[1:], 2))
    trees = [generator.some_policy(random, keywords) for _ in range(POLICIES)]
    policies = [compiled(number, policy) for number, policy in enumerate(trees)]
    seen = {}
    for _ in range(REQUESTS):
        request = generator.some_request(random, keywords)
        wanted, wanted_each = reference.decision(trees, request)
        decision = decide(request, policies, budget=Budget())
        each = [str(evaluation.outcome) for evaluation in decision.evaluations]
        if (str(decision.outcome), each) != (wanted, wanted_each):
            raise AssertionError(f"seed {seed}: {decision.outcome} {each}, the reference says {wanted} {wanted_each}")
        for outcome in (wanted, *wanted_each):
            seen[outcome] = seen.get(outcome, 0) + 1
    return seen


def compiled(number, policy):
    """The policy through text, as everybody writes it."""
    effect, *parts = policy
    texts = [None if part is None else show(part) for part in parts]
    for part, text in zip(parts, texts, strict=True):
        assert part is None or parse(text) == part, text
    condition, consensus, when = texts
    made = compile_policy(
        Policy(id=str(number), effect=Effect(effect), condition=condition, consensus=consensus, time=when)
    )
    assert not made.unreadable, made.unreadable
    return made


def compare(comparisons, seed):
    """Rounds until there are that many comparisons. Returns how many outcomes of each kind."""
    total = {}
    while sum(total.values()) < comparisons:
        for outcome, count in one_round(seed).items():
            total[outcome] = total.get(outcome, 0) + count
        seed += 1
    return total


def main():
    arguments = argparse.ArgumentParser(description="differential fuzzing of the policy evaluator")
    arguments.add_argument("--comparisons", type=int, default=1_000_000)
    arguments.add_argument("--seed", type=int, default=1, help="the first round's seed; a failure names its own")
    given = arguments.parse_args()
    started = time.process_time()
    total = compare(given.comparisons, given.seed)
    for outcome, count in sorted(total.items()):
        print(f"{count:>10}  {outcome}")
    print(f"{sum(total.values())} comparisons, no difference, {time.process_time() - started:.0f} s of CPU")


if __name__ == "__main__":
    sys.exit(main())
