"""A layer through the daemon and back, without any work on it, beside copying and hashing it.

The real daemon and worker, over the real sockets, with a studio that gives the content back. The
floor is what nobody can do without: one copy and one SHA-256 of the pixels on each way.
"""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from gramarye.engine.plan import Plan
from gramarye.moments import Begun, Quote, Rendered, Update
from gramarye.raster import Pixels
from gramarye.saved import Checkpoint
from gramarye.service.client import Client
from gramarye_protocol import Finished, Plane, Settings, describe

if TYPE_CHECKING:
    from .turns import Figures

MODULE = "tests.benchmarks.service"
ROOT = Path(__file__).parents[2]
MEGAPIXELS = (1, 4, 16)
CLIENTS = (1, 4)
PATIENCE = 120.0


class Mirror:
    """Gives the content back."""

    device_name, features, available, notice = "mirror", "builtin", ("builtin",), ""
    memory, borrowing = None, False

    def __init__(self, device: str, weights: Path | None) -> None: ...

    def warm(self) -> None:
        """Nothing to load."""

    def rehearse(self) -> None:
        """Nothing to measure."""

    def is_lost(self, error: Exception) -> bool:
        """Nothing to lose."""
        return False

    def lend(self, devices: Sequence[str]) -> None:
        """Nothing to share."""

    def quote(self, settings: Settings, planes: Sequence[Plane]) -> Quote:
        """Next to nothing."""
        return Quote(0.0, 0, "untiled")

    def render(
        self,
        settings: Settings,
        planes: Sequence[Pixels],
        resume: Checkpoint | None = None,
        enough: Callable[[], bool] = lambda: False,
    ) -> Generator[Begun | Update | Rendered | None, None, None]:
        """The content as the result."""
        content = planes[0]
        dot = bytes(3)
        preview = Pixels(describe("preview", 1, 1, "RGB", "u8", dot), dot)
        yield Begun(lambda: Plan((), 0), lambda: preview)
        plane = content.plane
        told = describe("result", plane.width, plane.height, "BGRA", "u8", content.data)
        yield Rendered(Pixels(told, content.data), "mirror", "", {})


def main() -> None:
    """Measure, and print how near the largest layer of one client comes to the floor."""
    from .turns import arguments, in_turns, report  # torch comes along; the worker needs none

    options = arguments(__doc__).parse_args()
    figures: Figures = {}
    with daemon() as (address, _), ExitStack() as stack:
        clients = [
            stack.enter_context(Client.connect(address, PATIENCE)) for _ in range(max(CLIENTS))
        ]
        pool = stack.enter_context(ThreadPoolExecutor(max(CLIENTS)))
        for size in reversed(MEGAPIXELS):
            pixels = random.Random(size).randbytes(size * 1024 * 1024 * 4)
            sides: dict[str, Callable[[], float]] = {f"{size} Mpx, floor": partial(_floor, pixels)}
            for count in CLIENTS:
                name = f"{size} Mpx, {count} client{'s' if count > 1 else ''}"
                sides[name] = partial(_round_trips, pool, clients[:count], pixels)
            figures |= in_turns(sides, options.rounds)
    _tell_rates(figures)
    report("A layer there and back", "seconds", figures, {}, options.json)


def _tell_rates(figures: Figures) -> None:
    print("MB/s of pixels, of all clients together, each counted once there and once back:")
    for name, values in figures.items():
        size, _, who = name.partition(" Mpx, ")
        count = int(who.split()[0]) if who[0].isdigit() else 1
        print(f"  {name:20} {2 * count * int(size) * 4 * 1.048576 / median(values):8.0f}")
    print()


def _floor(pixels: bytes) -> float:
    from .turns import seconds

    def work() -> None:
        for _ in range(2):
            hashlib.sha256(bytearray(pixels)).digest()

    return seconds(work)


def _round_trips(pool: ThreadPoolExecutor, clients: list[Client], pixels: bytes) -> float:
    from .turns import seconds

    return seconds(lambda: list(pool.map(lambda client: _round_trip(client, pixels), clients)))


def _round_trip(client: Client, pixels: bytes) -> None:
    height = len(pixels) // 4 // 1024
    content = describe("content", 1024, height, "BGRA", "u8", pixels)
    job = client.submit(Settings(), [(content, pixels), _style()])
    for event in client.follow(job):
        if isinstance(event, Finished):
            assert event.pixels == pixels
    client.received(job)


def _style() -> tuple[Plane, bytes]:
    pixels = bytes(16 * 16 * 3)
    return describe("style", 16, 16, "RGB", "u8", pixels), pixels


@contextmanager
def daemon(studio: str = f"{MODULE}:Mirror") -> Iterator[tuple[str, int]]:
    """A daemon with a folder of its own; gives its address and its process' number."""
    data = Path(tempfile.mkdtemp(prefix="gramarye-benchmark-"))
    program = (
        "from pathlib import Path; from gramarye.service.serve import serve; "
        f"serve('tcp://127.0.0.1:*', studio={studio!r}, data=Path({str(data)!r}))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    try:
        with process.stdout as said:
            yield said.readline().split()[-1], process.pid
    finally:
        process.terminate()
        process.wait(PATIENCE)
        shutil.rmtree(data)


if __name__ == "__main__":
    main()
