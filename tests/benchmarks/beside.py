"""How long an artist waits beside another's work, on the running daemon.

A preview while somebody's 2048² canvas is painted with VGG-19, whose single step takes longer than
the preview; and a single job while a hundred of another artist's are in the queue. Each is measured
on the idle daemon first. Without ``--weights`` the network's weights are random: the time is the
same. The real daemon and its worker, over the real sockets.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median

import torch
from PIL import Image

from gramarye import samples
from gramarye.cli.daemon_process import daemon_process
from gramarye.service.client import Client
from gramarye_protocol import Plane, Progressed, Settings, describe

from .baseline import random_state
from .turns import arguments, machine

PATIENCE = 120.0
PREVIEW = Settings(features="vgg19", quality="draft", size=192)
CANVAS = Settings(features="vgg19", quality="draft", size=2048)
QUEUED = Settings(features="builtin", quality="good", size=384)
Planes = list[tuple[Plane, bytes]]


def main() -> None:
    """Print both tables."""
    parser = arguments(__doc__, rounds=3)
    parser.add_argument("--weights", type=Path, help="a checkpoint; without, random He weights")
    parser.add_argument("--side", type=int, default=2048, help="of the large canvas, in pixels")
    parser.add_argument("--jobs", type=int, default=100, help="in the other artist's queue")
    options = parser.parse_args()
    print(", ".join(f"{name} {value}" for name, value in machine().items()), "\n")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["GRAMARYE_CACHE"] = os.environ["TORCH_HOME"] = folder
        weights = options.weights or Path(folder) / "vgg19.pth"
        if options.weights is None:
            torch.save(random_state("vgg19"), weights)
        with (
            daemon_process(Path(folder) / "log", "--weights", str(weights)) as address,
            Client.connect(address, PATIENCE, artist="frida") as frida,
            Client.connect(address, PATIENCE, artist="hilma") as hilma,
        ):
            _preview_beside_a_canvas(frida, hilma, options.side, options.rounds)
            _one_beside_many(frida, hilma, options.jobs, options.rounds)


def _preview_beside_a_canvas(frida: Client, hilma: Client, side: int, rounds: int) -> None:
    planes = _planes(192)
    _until_done(frida, PREVIEW, planes)  # loads the network, and knows the style
    idle = [_until_done(frida, PREVIEW, planes) for _ in range(rounds)]
    with _running(hilma, replace(CANVAS, size=side), _planes(side)) as plan:
        beside = [_until_done(frida, PREVIEW, planes) for _ in range(rounds)]
    print(
        f"A preview beside {side}² with VGG-19 ({plan}); at full size; seconds until it is there:"
    )
    _tell({"on an idle daemon": idle, "beside the canvas": beside})


def _one_beside_many(frida: Client, hilma: Client, jobs: int, rounds: int) -> None:
    planes, pair = _planes(192), _planes(384)
    idle = [_until_begun(frida, QUEUED, planes) for _ in range(rounds)]
    alone = _until_done(hilma, QUEUED, pair)
    queue = [hilma.submit(QUEUED, pair, pixels=False) for _ in range(jobs)]
    _until_works(hilma, queue[0])
    while len(hilma.jobs()) < jobs:  # the rest is still on its way
        hilma.next_event(0.1)
    beside = [_until_begun(frida, QUEUED, planes) for _ in range(rounds)]
    _cancel(hilma, [report.id for report in hilma.jobs()])
    print(f"A job beside another artist's {jobs}, of {alone:.1f} s each; seconds until it begins:")
    _tell({"on an idle daemon": idle, "beside the queue": beside})


def _until_done(client: Client, settings: Settings, planes: Planes) -> float:
    """Seconds from handing the job over to its last pixel."""
    began = time.perf_counter()
    job = client.submit(settings, planes)
    for _ in client.follow(job):
        pass
    took = time.perf_counter() - began
    client.received(job)
    return took


def _until_begun(client: Client, settings: Settings, planes: Planes) -> float:
    """Seconds from handing the job over until a worker is at it; it is cancelled then."""
    began = time.perf_counter()
    job = client.submit(settings, planes, pixels=False)
    _until_works(client, job)
    took = time.perf_counter() - began
    _cancel(client, [job])
    return took


@contextmanager
def _running(client: Client, settings: Settings, planes: Planes) -> Iterator[str]:
    """A job that is worked on meanwhile; gives its plan."""
    job = client.submit(settings, planes, pixels=False)
    try:
        yield _plan(client, job)
    finally:
        _cancel(client, [job])


def _plan(client: Client, job: str) -> str:
    """How the canvas is cut, once it is worked on at full size."""
    plan = ""
    for event in client.follow(job):
        if isinstance(event, Progressed):
            estimate = event.progress.estimate
            plan = estimate.plan if estimate is not None else plan
            if event.progress.stage.startswith("full size"):
                return plan
    raise AssertionError("a job tells its steps before it ends")


def _until_works(client: Client, job: str) -> None:
    """Until a worker is at it."""
    for event in client.follow(job):
        if isinstance(event, Progressed):
            return
    raise AssertionError("a job is worked on before it ends")


def _cancel(client: Client, jobs: list[str]) -> None:
    for job in jobs:
        client.stop(job, PATIENCE)


def _planes(side: int) -> Planes:
    return [
        _plane("content", samples.content(size=side)),
        _plane("style", samples.painting(size=256)),
    ]


def _plane(role: str, picture: Image.Image) -> tuple[Plane, bytes]:
    pixels = picture.convert("RGB").tobytes()
    return describe(role, *picture.size, "RGB", "u8", pixels), pixels


def _tell(figures: dict[str, list[float]]) -> None:
    first = median(next(iter(figures.values())))
    for name, values in figures.items():
        told = " ".join(f"{value:6.2f}" for value in values)
        print(
            f"  {name:20} median {median(values):6.2f}  ({told} )  {median(values) / first:5.2f}×"
        )
    print(flush=True)


if __name__ == "__main__":
    main()
