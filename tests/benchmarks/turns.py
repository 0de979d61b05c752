"""What all benchmarks share: sides measured in turns, medians, a table, JSON and a last line.

Machines are shared and their clocks wander, so two sides are never measured one after the other
but in turns within one run, and only ratios of one run are compared.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median
from typing import Any

import torch

Figures = dict[str, list[float]]
"""Side → what was measured in each round, the baseline first; less is better."""


def arguments(doc: str | None, rounds: int = 5) -> argparse.ArgumentParser:
    """A parser with what every benchmark takes."""
    parser = argparse.ArgumentParser(description=(doc or "").split("\n")[0])
    parser.add_argument("--rounds", type=int, default=rounds, help="turns of each side")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here too")
    return parser


def seconds(work: Callable[[], object], device: str = "cpu", clock: str = "wall") -> float:
    """How long the work takes, with everything that it queued on the device.

    ``clock`` ``processor`` counts what this process' threads computed instead: with one thread,
    about what the wall clock would show if the machine did nothing else.
    """
    read = time.process_time if clock == "processor" else time.perf_counter
    _wait(device)
    began = read()
    work()
    _wait(device)
    return read() - began


def in_turns(sides: Mapping[str, Callable[[], float]], rounds: int, warm_ups: int = 1) -> Figures:
    """Measure each side once a round, so that whatever slows the machine slows all of them.

    ``warm_ups`` rounds come before and do not count.
    """
    figures: Figures = {name: [] for name in sides}
    for index in range(warm_ups + rounds):
        for name, measure in sides.items():
            figure = measure()
            if index >= warm_ups:
                figures[name].append(figure)
        if sys.stderr.isatty():
            print(f"\rround {index + 1} of {warm_ups + rounds}", end="", file=sys.stderr)
    if sys.stderr.isatty():
        print(file=sys.stderr)
    return figures


def report(
    title: str, unit: str, figures: Figures, facts: Mapping[str, Any], file: Path | None = None
) -> float:
    """Print a table of medians, write them to ``file`` as JSON, and end with ``ratio: N``.

    The ratio is the first side's median over the second's: how many times better the second is.
    """
    medians = {name: median(values) for name, values in figures.items()}
    first, second = list(medians.values())[:2]
    told = {**machine(), **facts}
    print(f"{title} ({', '.join(f'{name} {value}' for name, value in told.items())})\n")
    width = max(len(name) for name in figures)
    print(f"{'':{width}}  {'median ' + unit:>16}  {'least':>10}  {'most':>10}  {'ratio':>6}")
    for name, values in figures.items():
        print(
            f"{name:{width}}  {medians[name]:16.4g}  {min(values):10.4g}  {max(values):10.4g}  "
            f"{first / medians[name]:6.2f}"
        )
    ratio = first / second
    if file is not None:
        text = {
            "title": title,
            "unit": unit,
            "facts": told,
            "figures": figures,
            "medians": medians,
            "ratio": ratio,
        }
        file.write_text(json.dumps(text, indent=1, default=str) + "\n")
    print(f"\nratio: {ratio:.3f}")
    return ratio


def machine() -> dict[str, Any]:
    """What a figure depends on and nobody would remember."""
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else "unknown",
        "threads": torch.get_num_threads(),
        "torch": torch.__version__,
    }


def _processor() -> str:
    """Its name and the widest instructions that torch uses."""
    name = platform.processor() or platform.machine()
    told = Path("/proc/cpuinfo")
    lines = told.read_text().splitlines() if told.exists() else []
    names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    return f"{names[0] if names else name} {torch.backends.cpu.get_cpu_capability()}"


def _wait(device: str) -> None:
    kind = torch.device(device).type
    if kind != "cpu":
        getattr(torch, kind).synchronize()  # torch.cuda, torch.mps and torch.xpu all have it
