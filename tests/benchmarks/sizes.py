"""How time and memory grow with the canvas: the same job from 512² to 8192² pixels.

Each size is a process of its own. Its memory is sampled from the operating system: what is its own
(anonymous), and apart from that pages of files, which the system takes back when it needs them.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path
from statistics import median

import numpy as np
import torch
from PIL import Image

from gramarye.cli.kinds import Bytes
from gramarye.engine.presets import preset
from gramarye.samples import content, painting
from gramarye.studio import Begun, Pixels, Rendered, Studio, Update
from gramarye_protocol import Settings, describe

from .plot import Curve, plot_logarithms
from .sampling import Sampling
from .turns import arguments, machine

SIZES = (512, 1024, 2048, 4096, 8192)


def main() -> None:
    """Measure each size, print a table and draw it."""
    parser = arguments(__doc__, rounds=1)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--features", default="builtin")
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--steps", type=int, default=2, help="at the full size")
    parser.add_argument("--coarse-steps", type=int, default=2, help="at each size below it")
    parser.add_argument("--tile", default="auto")
    parser.add_argument("--max-memory", default="6GiB")
    parser.add_argument("--save", type=Path, help="a folder for the results")
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    if args.one is not None:
        print(json.dumps(measure(args.one, args)))
        return
    print(machine(), "features", args.features, "at most", args.max_memory, "\n")
    print("  side    Mpx   s a step   s a step and Mpx    s in all   own GB   files GB   plan")
    rows = []
    for side in args.sizes:
        module = [sys.executable, "-m", "tests.benchmarks.sizes"]
        command = [*module, *sys.argv[1:], "--one", str(side)]
        row = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        rows.append(row)
        print(
            f"{side:6}  {row['mpx']:5.1f}  {row['step']:9.2f}  {row['step'] / row['mpx']:17.3f}  "
            f"{row['all']:10.1f}  {row['own'] / 1e9:7.2f}  {row['files'] / 1e9:9.2f}   "
            f"{row['plan']}",
            flush=True,
        )
    if args.json:
        args.json.write_text(json.dumps({"machine": machine(), "rows": rows}, indent=1) + "\n")
    if args.plot:
        draw(args.plot, rows)
    print(f"\nratio: {rows[-1]['step'] / rows[-1]['mpx'] * rows[0]['mpx'] / rows[0]['step']:.3f}")


def measure(side: int, args: argparse.Namespace) -> dict[str, object]:
    """One job: seconds of a step at the full size and of all, and bytes at the peak."""
    planes = [_plane("content", side), _plane("style", 512)]
    most = Bytes().convert(args.max_memory, None, None)
    tile = int(args.tile) if args.tile.isdecimal() else args.tile
    recipe = preset(args.features, "draft")
    schedule = replace(recipe.schedule, steps=args.steps, coarse_steps=args.coarse_steps)
    text = json.dumps(asdict(replace(recipe, schedule=schedule)))
    settings = Settings(features=args.features, recipe=text, tile=tile, max_memory=most)
    studio = Studio("cpu", args.weights)
    plan, steps, last = "", [], 0.0
    began = time.perf_counter()
    with Sampling(_resident, 0.02) as sampling:
        for moment in studio.render(settings, planes):
            if isinstance(moment, Begun):
                plan = moment.layout
            elif isinstance(moment, Update):
                now = time.perf_counter()
                if moment.stage == "full size":
                    steps.append(now - last)
                last = now
            elif isinstance(moment, Rendered) and args.save:
                _save(moment.pixels, args.save / f"{side}.png")
    return {
        "side": side,
        "mpx": side * side / 1e6,
        "step": median(steps[1:] or steps),
        "all": time.perf_counter() - began,
        **sampling.peaks,
        "plan": plan,
    }


def _plane(role: str, side: int) -> Pixels:
    """A square picture of that side: the sample's own pixels up to 1024, enlarged beyond."""
    drawn = min(side, 1024)
    picture = content("lakeside", drawn) if role == "content" else painting("flow", drawn)
    picture = picture.convert("RGB").resize((side, side), Image.Resampling.BICUBIC)
    samples = np.asarray(picture)
    plane = describe(role, side, side, "RGB", "u8", samples)
    return Pixels(plane, samples.tobytes())


def _save(pixels: Pixels, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    size = pixels.plane.width, pixels.plane.height
    Image.frombytes("RGB", size, bytes(pixels.data)).save(path)


def _resident() -> dict[str, int]:
    """Bytes of the process' own memory, and of its mapped files."""
    lines = Path("/proc/self/status").read_text().splitlines()
    kib = {line.split(":")[0]: int(line.split()[1]) for line in lines if line.startswith("Rss")}
    return {"own": 1024 * kib["RssAnon"], "files": 1024 * (kib["RssFile"] + kib["RssShmem"])}


def draw(file: Path, rows: list[dict[str, float]]) -> None:
    """Seconds a step and memory against megapixels, both axes logarithmic."""
    mpx = [row["mpx"] for row in rows]

    def curve(name: str, values: list[float]) -> Curve:
        return Curve(name, list(zip(mpx, values, strict=True)))

    step = curve("seconds a step at the full size", [row["step"] for row in rows])
    own = curve("memory of the process, GB", [row["own"] / 1e9 for row in rows])
    files = curve("pages of files beside it, GB", [row["files"] / 1e9 for row in rows])
    plot_logarithms(file, [("Time", "Mpx", [step]), ("Memory", "Mpx", [own, files])])


if __name__ == "__main__":
    main()
