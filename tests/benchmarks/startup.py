"""Cold starts: each light command beside Python itself, and the daemon from nothing to a preview.

The commands run in turns with ``python -c pass``; where a machine is shared, the processor's clock
tells what they would take alone. The daemon is a real one with the built-in features, on a free
port: how long until it answers ``status``, until its worker has loaded, and, once that is so, from
a submitted job to its first previews. Its rates are measured before.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from PIL import Image

from gramarye import samples
from gramarye.cli.daemon_process import daemon_process
from gramarye.service.client import Client
from gramarye_protocol import Plane, Progressed, Settings, describe

from .turns import Figures, arguments, in_turns, report, seconds

PYTHON = "python -c pass"
COMMANDS = (
    ("--help",),
    ("--version",),
    ("status", "--daemon", "tcp://127.0.0.1:9"),
    ("recipes",),
    ("weights", "list"),
    ("krita", "install", "--dry-run"),
    ("stylize", "--help"),
)
PREVIEW_SIDE = 512
PATIENCE = 300.0
REST_SECONDS = 5.0
"""A fresh machine measures its rates in this time, and the network settles."""


def main() -> None:
    """Measure, and print the largest of the light commands' medians over Python's."""
    parser = arguments(__doc__, rounds=9)
    parser.add_argument("--starts", type=int, default=3, help="of the daemon")
    parser.add_argument("--clock", choices=("wall", "processor"), default="wall")
    options = parser.parse_args()
    clock: str = options.clock
    with tempfile.TemporaryDirectory() as folder:
        os.environ["GRAMARYE_CACHE"] = os.environ["TORCH_HOME"] = folder
        commands: dict[str, Callable[[], float]] = {PYTHON: lambda: _run(clock, "-c", "pass")}
        for words in COMMANDS:
            name = f"gramarye {' '.join(words).replace(' --daemon tcp://127.0.0.1:9', '')}"
            commands[name] = lambda words=words: _run(clock, "-m", "gramarye", *words)
        figures = in_turns(commands, options.rounds)
        if options.starts:
            figures |= _daemon(options.starts, Path(folder))
    _tell(figures, clock, options.json)


def _tell(figures: Figures, clock: str, file: Path | None) -> None:
    """The table with Python first and the slowest command second, whose ratio is the last line."""
    light = [name for name in figures if name.startswith("gramarye ") and "stylize" not in name]
    slowest = max(light, key=lambda name: median(figures[name]))
    order = [PYTHON, slowest, *(name for name in figures if name not in (PYTHON, slowest))]
    over = median(figures[slowest]) - median(figures[PYTHON])
    facts = {"clock of the commands": clock, "slowest over Python": f"{1000 * over:.0f} ms"}
    report("Cold starts", "seconds", {name: figures[name] for name in order}, facts, file)


def _run(clock: str, *words: str) -> float:
    """Seconds of a program; on the clock ``processor`` those that it computed."""
    command, before = [sys.executable, *words], os.times()
    took = seconds(lambda: subprocess.run(command, capture_output=True, check=False))
    after = os.times()
    if clock == "wall":
        return took
    used = (time.children_user + time.children_system for time in (after, before))
    return next(used) - next(used)


def _daemon(starts: int, folder: Path) -> Figures:
    planes = [
        _plane("content", samples.content(size=PREVIEW_SIDE)),
        _plane("style", samples.painting(size=PREVIEW_SIDE)),
    ]
    rounds: list[dict[str, float]] = []
    for _ in range(1 + starts):
        began = time.perf_counter()
        with daemon_process(folder / "log") as address, Client.connect(address, PATIENCE) as client:
            client.status(PATIENCE)
            answered = time.perf_counter()
            while not client.status(PATIENCE).features:
                time.sleep(0.01)
            loaded = time.perf_counter()
            time.sleep(REST_SECONDS)
            start, step = _first_previews(client, planes)
        rounds.append(
            {
                "daemon: start to its answer": answered - began,
                "daemon: start to loaded": loaded - began,
                "warm daemon: job to a preview of its start": start,
                "warm daemon: job to a preview of a step": step,
            }
        )
    return {name: [one[name] for one in rounds[1:]] for name in rounds[0]}  # the first one measures


def _first_previews(client: Client, planes: list[tuple[Plane, bytes]]) -> tuple[float, float]:
    """Seconds from sending a job to a preview of what it starts from, and to one of a step."""
    asked, start = time.perf_counter(), 0.0
    job = client.submit(Settings(features="builtin"), planes)
    for event in client.follow(job):
        if isinstance(event, Progressed) and event.preview is not None:
            took = time.perf_counter() - asked
            if event.progress.step:
                client.cancel(job)
                return start, took
            start = took
    raise AssertionError("a job ends only after a step")


def _plane(role: str, picture: Image.Image) -> tuple[Plane, bytes]:
    picture = picture.convert("RGB")
    return describe(role, *picture.size, "RGB", "u8", picture.tobytes()), picture.tobytes()


if __name__ == "__main__":
    main()
