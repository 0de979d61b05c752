"""Inside the real Krita: how long its window stands still for a large layer, and its memory.

A daemon with a studio that gives the content back has nothing to compute, so that what is measured
is Krita, the plugin in it and the way between. ``gaps`` tells for each part of a job's way how long
Krita's event loop stood still at most, whose time that was, and which calls of libkis take long.
``memory`` has one job done after the other, and undoes each result before the next, so that no
layers gather.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from gramarye import samples
from tests.krita import harness

from .service import daemon

EASEL = "tests.benchmarks.easel:Easel"
SECONDS = 120
OWN_MS = 100
"""No stretch of our own code between two calls of libkis may take longer."""
LEAST_OWN_MS = 20
GROWTH = 0.05
"""By how much Krita's memory may grow from the 5th job to the 20th."""


def main() -> None:
    """Measure what is asked for, and print its table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("what", choices=("gaps", "memory"))
    parser.add_argument("--depth", choices=("U8", "U16", "F16", "F32"), default="U8")
    parser.add_argument("--output", choices=("above", "in-place", "document"), default="above")
    parser.add_argument("--side", type=int, help="of the layer, in pixels")
    parser.add_argument("--jobs", type=int, default=20)
    options = parser.parse_args()
    with krita() as run:
        if options.what == "gaps":
            side = options.side or 4096
            noted = run("gui_gaps", side=side, depth=options.depth, output=options.output)
            print(f"\n{side} × {side}, {options.depth}, {options.output}: {noted['said']}")
            tell_gaps(noted)
        else:
            side = options.side or 1024
            noted = run("gui_memory", side=side, depth=options.depth, jobs=options.jobs)
            tell_memory(noted["memory"])


@contextmanager
def krita() -> Iterator[harness.Run]:
    """Run scenarios in a Krita with a warm home, whose plugin knows a quick daemon."""
    with tempfile.TemporaryDirectory() as folder, harness.display() as screen:
        place = Path(folder)
        style = place / "style.png"
        samples.painting("flow", 128).save(style)
        home = harness.make_home(place / "home")
        harness.run(home, screen, "quit_at_once", place)
        with daemon(EASEL) as (address, _):
            home.configure("gramarye_krita", address=address)
            yield lambda scenario, **given: harness.run(
                home, screen, scenario, place, seconds=SECONDS, style=str(style), **given
            )


def tell_gaps(noted: dict[str, Any]) -> None:
    """How long the window stood still, whose time that was, and every long call of libkis."""
    print(
        "\n| part of the way | longest gap | libkis in it | our own in it | our longest stretch |"
    )
    print("|---|---|---|---|---|")
    longest = {phase: first for phase, first, *_ in noted["own"]}
    for phase, (gap, libkis, own) in noted["gaps"].items():
        stretch = _ms(longest[phase][0]) if phase in longest else "–"
        print(f"| {phase} | {_ms(gap)} | {_ms(libkis)} | {_ms(own)} | {stretch} |")
    print("\n| part of the way | call of libkis over 100 ms | times | longest |\n|---|---|---|---|")
    slow = [(phase, name, took) for phase, name, took in noted["calls"] if took > 0.1]
    times = Counter((phase, name) for phase, name, _ in slow)
    for (phase, name), count in times.items():
        most = max(took for *one, took in slow if one == [phase, name])
        print(f"| {phase} | `{name}` | {count} | {_ms(most)} |")
    for phase, name, times in noted["entered"]:
        print(f"\nKrita's event loop went on within `{name}` ({phase}): {times} calls of Python.")
    print("\nOur own longest stretches, from where to where:")
    for phase, *stretches in noted["own"]:
        for took, begin, end in stretches:
            if took > LEAST_OWN_MS / 1000:
                print(f"  {phase}: {_ms(took)}, {begin} … {end}")
    worst = max(first[0] for first in longest.values())
    print(f"\nthe longest of all: {_ms(worst)} (target: {OWN_MS} ms)")


def tell_memory(memory: list[float]) -> None:
    """Krita's own memory after each job, and how much it grew from the 5th to the last."""
    print("\n| job | Krita's own memory, MB |\n|---|---|")
    for job, size in enumerate(memory, 1):
        print(f"| {job} | {size:.1f} |")
    grown = memory[-1] / memory[4] - 1
    print(f"\nfrom the 5th job to the last: {grown:+.1%} (target: at most {GROWTH:.0%})")


def _ms(seconds: float) -> str:
    return f"{1000 * seconds:.0f} ms"


if __name__ == "__main__":
    main()
