"""The results as a table for people and as JSON for programs."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from benchmarks.measurement import Measurement
from benchmarks.rows import ROWS, TARGETS, Target

RESULTS = Path(__file__).parent / "results" / "latest.json"


def write_json(results: Mapping[str, Measurement]) -> None:
    """``[{row, requests_per_s, ratio_to_p256_verify, p50_ms, p99_ms, cpu_us, others}, …]``, each figure a median.

    So a row's ratio is near its rate by that of ``p256_verify``, and not exactly that: see ``Measurement.ratio``.
    """
    rows = [
        {
            "row": name,
            "requests_per_s": round(found.requests_per_s, 1),
            "ratio_to_p256_verify": round(found.ratio, 4),
            "p50_ms": round(found.p50_ms, 3),
            "p99_ms": round(found.p99_ms, 3),
            "cpu_us": None if found.cpu_us is None else round(found.cpu_us, 1),
            "others": None if found.others is None else round(found.others, 3),
        }
        for name, found in results.items()
    ]
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_bytes(msgspec.json.format(msgspec.json.encode(rows)) + b"\n")


def print_table(results: Mapping[str, Measurement]) -> None:
    """One line a row, with its targets and how it stands to them."""
    print(f"{'row':48} {'requests/s':>10} {'/ V':>6} {'p50 ms':>8} {'p99 ms':>8} {'CPU us':>7} {'others':>6}  targets")
    for name, found in results.items():
        cpu = "" if found.cpu_us is None else f"{found.cpu_us:.0f}"
        others = "" if found.others is None else f"{found.others:.0%}"
        print(
            f"{name:48} {found.requests_per_s:10,.0f} {found.ratio:6.3f}"
            f" {found.p50_ms:8.3f} {found.p99_ms:8.3f} {cpu:>7} {others:>6}  "
            + "; ".join(_standing(target, _value(target, name, results)) for target in TARGETS.get(name, ()))
        )


def print_comparison(pairs: Mapping[str, tuple[Sequence[Measurement], Sequence[Measurement]]]) -> None:
    """How this server stands to another, by the median over rounds of what each pair gives."""
    print(f"\n{'this one to the other':48} {'requests/s':>10} {'CPU':>6}")
    for name, (ours, others) in pairs.items():
        rate = statistics.median(our.ratio / other.ratio for our, other in zip(ours, others, strict=True))
        cpu = statistics.median(
            (our.cpu_us or math.nan) / (other.cpu_us or math.nan) for our, other in zip(ours, others, strict=True)
        )
        print(f"{name:48} {rate:10.3f} {cpu:6.3f}")


def missed_floors(results: Mapping[str, Measurement]) -> Iterator[str]:
    """What must hold and does not, in words. Nothing is said of a row whose row beside it was not run."""
    for name, targets in TARGETS.items():
        if name in results:
            for target in targets:
                found = _value(target, name, results)
                if not math.isnan(found) and not target.is_met_by(found, target.floor):
                    yield f"{name}: {target.quantity} is {found:.3g}, its floor is {target.floor:g}"


def _standing(target: Target, value: float) -> str:
    if math.isnan(value):
        standing = "not known"
    elif target.is_met_by(value, target.goal):
        standing = "goal met"
    elif target.is_met_by(value, target.floor):
        standing = "floor met"
    else:
        standing = "FLOOR MISSED"
    return f"{target.quantity} floor {target.floor:g}, goal {target.goal:g}: {standing}"


def _value(target: Target, name: str, results: Mapping[str, Measurement]) -> float:
    found = results[name]
    if target.quantity == "added_p50_ms":
        beside = next(row.name_beside for row in ROWS if row.name == name)
        return found.p50_ms - results[beside].p50_ms if beside in results else math.nan
    if target.quantity == "ratio":
        return found.ratio
    return found.p50_ms if target.quantity == "p50_ms" else found.p99_ms
