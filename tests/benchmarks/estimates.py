"""What jobs were said to take beside what they took, on a machine that was just measured.

Whole jobs through the studio, in a fresh cache: first the device is measured, then each job is
estimated and done. Rounds after the first one show what was learnt from the jobs before.
"""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

import torch
from PIL import Image

from gramarye import samples
from gramarye.moments import Begun, Rendered
from gramarye.raster import Pixels
from gramarye.studio import Studio
from gramarye_protocol import Settings, describe

from .baseline import random_state
from .turns import Figures, arguments, report

JOBS = (("builtin", "draft", 192), ("builtin", "draft", 320), ("vgg19", "draft", 192))


def main() -> None:
    """Do the jobs; the last line is what was said over what they took, in the median."""
    args = arguments(__doc__, rounds=3).parse_args()
    torch.set_num_threads(args.threads)
    figures: Figures = {}
    memory: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as folder:
        os.environ["GRAMARYE_CACHE"] = os.environ["TORCH_HOME"] = folder
        weights = Path(folder) / "vgg19.pth"
        torch.save(random_state("vgg19"), weights)
        studio = Studio("cpu", weights)
        studio.warm()
        began = time.perf_counter()
        studio.rehearse()
        measured = time.perf_counter() - began
        for _ in range(args.rounds):
            for kind, quality, size in JOBS:
                name = f"{kind} {quality} {size}"
                said, took, bytes_said, bytes_took = _job(studio, kind, quality, size)
                figures.setdefault(f"{name}: said", []).append(said)
                figures.setdefault(f"{name}: took", []).append(took)
                memory[name] = f"{bytes_said / 1e6:.0f} said, {(bytes_took or 0) / 1e6:.0f} taken"
    names = [f"{kind} {quality} {size}" for kind, quality, size in JOBS]
    sides = {
        side: [value for name in names for value in figures[f"{name}: {side}"]]
        for side in ("said", "took")
    }
    for name in names:
        pairs = zip(figures[f"{name}: said"], figures[f"{name}: took"], strict=True)
        print(f"{name}: said over took", *(f"{said / took:.2f}" for said, took in pairs))
    facts = {"measuring took": f"{measured:.1f} s", "memory, MB": memory}
    report("Estimates", "seconds", {**sides, **figures}, facts, args.json)


def _job(
    studio: Studio, kind: str, quality: str, size: int
) -> tuple[float, float, int, int | None]:
    """Seconds said and taken, bytes said and taken."""
    planes = [_plane("content", samples.content(size=size))]
    planes.append(_plane("style", samples.painting(size=size)))
    said, promised, began = 0.0, 0, time.perf_counter()
    for moment in studio.render(Settings(features=kind, quality=quality), planes):
        if isinstance(moment, Begun):
            plan = moment.plan()
            said, promised, began = plan.seconds, plan.memory, time.perf_counter()
        elif isinstance(moment, Rendered):
            return said, time.perf_counter() - began, promised, moment.memory
    raise AssertionError("a job ends with its picture")


def _plane(role: str, picture: Image.Image) -> Pixels:
    picture = picture.convert("RGB")
    data = picture.tobytes()
    return Pixels(describe(role, *picture.size, "RGB", "u8", data), data)


if __name__ == "__main__":
    main()
