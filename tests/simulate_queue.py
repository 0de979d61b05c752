"""A thousand artists at the daemon's door: ``python -m tests.simulate_queue``.

A discrete-event simulation, with a clock of its own, drives the scheduling policy of the daemon
(``gramarye.service.fairness``) and first come, first served beside it with one seeded workload, and
prints how long previews and all jobs wait until they start and until they are done.
"""

from __future__ import annotations

import argparse
import json
import math
import random
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from .simulation import Fair, FirstCome, Outcome, Policy, Task, devices, simulate

LOAD = 0.8
RATIO_AT = 8
GIB = 1 << 30
KINDS = ("preview", "canvas", "batch", "all")
HEADINGS = ("devices", "jobs", "policy", "start p50", "p95", "p99", "done p50", "p95", "p99")


def workload(artists: int, count: int, seed: int) -> list[Task]:
    """The same jobs for any number of devices, only closer together for more of them.

    Jobs come at random over the time in which ``count`` devices would be busy for :data:`LOAD` of
    it: five of seven are previews, one in a hundred is a huge canvas, and a few artists submit a
    batch of a hundred jobs at once.
    """
    chance = random.Random(seed)
    drafts: list[tuple[float, str, str, float, float]] = []
    for number in range(artists):
        artist = f"artist {number}"
        for _ in range(chance.randint(1, 3)):
            drafts.append((chance.random(), artist, *_job(chance)))
    for number in chance.sample(range(artists), math.ceil(artists / 250)):
        moment = chance.random()
        for _ in range(100):
            work = chance.uniform(5.0, 15.0)
            drafts.append((moment, f"artist {number}", "batch", work, 0.25))
    span = sum(draft[3] for draft in drafts) / (LOAD * count)
    drafts.sort(key=lambda draft: draft[0])
    return [
        Task(
            id=f"job {index}",
            artist=artist,
            arrival=index,
            kind=kind,
            at=moment * span,
            work=work,
            grain=grain,
            estimate=work * chance.uniform(0.8, 1.2),
            memory=round(min(20.0, 0.5 + work / 20) * GIB),
        )
        for index, (moment, artist, kind, work, grain) in enumerate(drafts)
    ]


def _job(chance: random.Random) -> tuple[str, float, float]:
    """Kind, device seconds, and seconds between the places where it can be interrupted."""
    draw = chance.random()
    if draw < 5 / 7:
        return "preview", chance.uniform(0.5, 1.6), 0.1
    if draw < 0.99:
        return "canvas", chance.uniform(5.0, 40.0), 0.25
    return "canvas", chance.uniform(300.0, 900.0), 1.0


def percentiles(values: Iterable[float]) -> tuple[float, float, float]:
    """At 50, 95 and 99 of 100, of at least one value: the smallest that so many do not exceed."""
    ordered = sorted(values)
    at = [ordered[math.ceil(len(ordered) * part) - 1] for part in (0.5, 0.95, 0.99)]
    return at[0], at[1], at[2]


def waits(tasks: Sequence[Task], outcome: Outcome) -> dict[str, Any]:
    """Seconds until the first slice and until done, of each kind of job and of all."""
    told = {}
    for kind in KINDS:
        chosen = [task for task in tasks if kind in (task.kind, "all")]
        told[kind] = {
            "start": percentiles(outcome.started[task.id] - task.at for task in chosen),
            "done": percentiles(outcome.done[task.id] - task.at for task in chosen),
        }
    return told


def main(words: Sequence[str] | None = None) -> None:
    """Simulate, print a table, and say by how much previews wait less."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--artists", type=int, default=1000)
    parser.add_argument("--devices", type=int, nargs="+", default=[1, 2, 4, 8, 16, 32, 64])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path, help="write the figures there as well")
    args = parser.parse_args(words)
    figures: dict[int, dict[str, Any]] = {}
    for count in args.devices:
        tasks = workload(args.artists, count, args.seed)
        figures[count] = {}
        policies: dict[str, Policy] = {"first come": FirstCome(), "fair": Fair()}
        for name, policy in policies.items():
            outcome = simulate(tasks, devices(count, 24 * GIB), policy)
            figures[count][name] = waits(tasks, outcome)
        _print(count, figures[count], heading=count == args.devices[0])
    count = RATIO_AT if RATIO_AT in figures else max(figures)
    first, fair = (figures[count][name]["preview"]["done"][1] for name in ("first come", "fair"))
    print(f"\nPreviews until done, 95th percentile, {count} devices, first come over fair:")
    print(f"ratio: {first / fair:.1f}")
    if args.json is not None:
        facts = {"artists": args.artists, "seed": args.seed, "load": LOAD, "seconds": figures}
        args.json.write_text(json.dumps(facts, indent=2) + "\n")


def _print(count: int, figures: Mapping[str, Any], heading: bool) -> None:
    if heading:
        print("| " + " | ".join(HEADINGS) + " |\n|" + "---|" * len(HEADINGS))
    for jobs in KINDS:
        for policy, told in figures.items():
            seconds = (*told[jobs]["start"], *told[jobs]["done"])
            print(
                f"| {count} | {jobs} | {policy} | " + " | ".join(f"{s:.1f}" for s in seconds), "|"
            )


if __name__ == "__main__":
    main()
