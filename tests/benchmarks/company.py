"""How fast a job is on a processor that others use, too: Krita, while the artist paints.

OpenMP's threads wait for each other after every part of the work. Spinning they wait well on an
idle machine; where one of them has lost its core to somebody else, the others only burn theirs.
Each figure is of a process of its own, as the variables are read when torch is loaded.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from gramarye import samples
from gramarye.raster import Pixels
from gramarye.service.cores import PATIENT
from gramarye_protocol import Settings, describe

WAYS = {
    "as OpenMP comes": {},
    "as workers are started": PATIENT,
    "never spinning": {"OMP_WAIT_POLICY": "passive"},
}
STEPS = 4


def main() -> None:
    """Print seconds a step, alone and beside busy programs, in turns."""
    from .turns import arguments, in_turns, report

    parser = arguments(__doc__, rounds=3)
    parser.add_argument("--busy", type=int, default=1, help="programs that each take a core")
    options = parser.parse_args()
    sides = {
        f"{way}, {'beside others' if busy else 'alone'}": partial(_measured, variables, busy)
        for busy in (options.busy, 0)
        for way, variables in WAYS.items()
    }
    figures = in_turns(sides, options.rounds, warm_ups=0)
    facts = {"busy programs": options.busy}
    report("A step at 512 px, built-in features", "s", figures, facts, options.json)


def _measured(variables: dict[str, str], busy: int) -> float:
    command = [sys.executable, "-m", "tests.benchmarks.company", "--one"]
    with _busy(busy):
        done = subprocess.run(
            command, env={**os.environ, **variables}, capture_output=True, text=True, check=True
        )
    return float(done.stdout)


@contextmanager
def _busy(count: int) -> Iterator[None]:
    command = [sys.executable, "-c", "while True: pass"]
    programs = [subprocess.Popen(command) for _ in range(count)]
    try:
        yield
    finally:
        for program in programs:
            program.kill()
            program.wait()


def _one() -> float:
    """Seconds a step at the full size, in this process."""
    from gramarye.moments import Update
    from gramarye.studio import Studio

    planes = []
    pictures = {"content": samples.content(size=512), "style": samples.painting(size=512)}
    for role, picture in pictures.items():
        data = picture.convert("RGB").tobytes()
        plane = describe(role, picture.width, picture.height, "RGB", "u8", data)
        planes.append(Pixels(plane, data))
    ends = []
    for moment in Studio("cpu").render(Settings(steps=STEPS, features="builtin"), planes):
        if isinstance(moment, Update) and moment.stage == "full size":
            ends.append(time.monotonic())
    return (ends[-1] - ends[0]) / (len(ends) - 1)


if __name__ == "__main__":
    if sys.argv[1:] == ["--one"]:
        print(_one())
    else:
        main()
