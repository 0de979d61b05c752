"""Reading and writing takes the samples' own memory, and a strip's beside it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile

from gramarye.pictures import Encoding, save
from gramarye.raster import Pixels
from gramarye_protocol import describe

from .deep_files import REC709, profile

SIDE = 3_000

MEASURE = """
import json, sys, tracemalloc
from pathlib import Path
from gramarye.pictures import Encoding, read, save

path, copy, depth = sys.argv[1:]
tracemalloc.start()
file = read(Path(path))
held, peak = tracemalloc.get_traced_memory()
told = {"read": (peak - file.samples.nbytes) / file.samples.nbytes}

encoding = Encoding(depth or file.depth, file.encoding.space)
before = held
tracemalloc.reset_peak()
pixels = file.pixels("content", encoding.space, encoding.depth)
held, peak = tracemalloc.get_traced_memory()
told["plane"] = (peak - held) / len(pixels.data)
told["copied"] = held - before > len(pixels.data) / 2

if not copy:
    print(json.dumps(told))
    sys.exit()

def resident(name):
    status = Path("/proc/self/status").read_text()
    return int(status.split(name + ":")[1].split()[0]) << 10

tracemalloc.reset_peak()
if Path("/proc/self/clear_refs").exists():
    Path("/proc/self/clear_refs").write_text("5")  # the peak starts anew
    before = resident("VmRSS")
save(pixels, Path(copy), "", encoding)
told["write"] = (tracemalloc.get_traced_memory()[1] - held) / len(pixels.data)
if Path("/proc/self/clear_refs").exists():
    told["write all"] = (resident("VmHWM") - before) / len(pixels.data)
print(json.dumps(told))
"""


def samples() -> np.ndarray:
    """Noise, of which a quarter is left by compression."""
    noise = np.random.default_rng(1).integers(0, 16, (SIDE, SIDE, 3), np.uint16)
    return noise + np.arange(SIDE, dtype=np.uint16)[:, None]


def shares(path: Path, copy: Path | None = None, depth: str = "") -> dict[str, Any]:
    """What each step takes at its peak beyond what it leaves, as a share of the samples."""
    command = [sys.executable, "-c", MEASURE, str(path), str(copy or ""), depth]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(ran.stdout)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"byteorder": ">"},
        {"planarconfig": "separate"},
        {"tile": (256, 256)},
        {"compression": "zlib", "rowsperstrip": 16},
        {"bitspersample": 12, "rowsperstrip": 16},
        {"photometric": "miniswhite"},
    ],
    ids=str,
)
def test_a_tiff_is_read_into_its_samples(tmp_path: Path, options: dict[str, Any]) -> None:
    stored = samples()
    if "bitspersample" in options:
        stored &= 0xFFF
    if "planarconfig" in options:
        stored = np.ascontiguousarray(np.moveaxis(stored, -1, 0))
    if "photometric" in options:
        stored = stored[:, :, 0]
    path = tmp_path / "a.tiff"
    tifffile.imwrite(path, stored, **{"photometric": "rgb", **options})

    taken = shares(path)

    assert taken["read"] < 0.5
    assert taken["plane"] < 0.01
    assert not taken["copied"]


@pytest.mark.parametrize("depth", ["16", "float"])
def test_a_tiff_is_written_from_its_samples(tmp_path: Path, depth: str) -> None:
    path = tmp_path / "a.tiff"
    tifffile.imwrite(path, samples()[:, :1_000], photometric="rgb")

    taken = shares(path, tmp_path / "b.tiff", depth)

    assert max(taken["plane"], taken["write"]) < 0.5


def test_linear_colours_are_converted_beside_themselves(tmp_path: Path) -> None:
    path = tmp_path / "a.tiff"
    linear = profile(REC709, 1.0)
    tifffile.imwrite(path, samples()[:, :1_000], photometric="rgb", iccprofile=linear)

    taken = shares(path, tmp_path / "b.tiff")

    assert taken["copied"]  # to floats
    assert max(taken["read"], taken["plane"], taken["write"]) < 0.5


def test_a_png_of_sixteen_bits_takes_only_its_compressed_bytes_more(tmp_path: Path) -> None:
    picture = samples()[:600]
    plane = describe("result", SIDE, 600, "RGB", "u16", picture)
    path = tmp_path / "a.png"
    save(Pixels(plane, picture.data.cast("B")), path, "", Encoding("16"))
    compressed = path.stat().st_size / picture.nbytes

    taken = shares(path, tmp_path / "b.png")

    assert taken["read"] < 0.1
    assert not taken["copied"]
    if "write all" in taken:  # Linux tells what libpng takes
        assert taken["write all"] < 0.2 + 1.5 * compressed


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="needs Linux")
@pytest.mark.parametrize("suffix", [".png", ".tiff", ".jpg"])
def test_eight_bits_are_written_from_a_copy_of_four_bytes_a_pixel(
    tmp_path: Path, suffix: str
) -> None:
    path = tmp_path / "a.tiff"
    tifffile.imwrite(path, samples(), photometric="rgb")

    taken = shares(path, tmp_path / f"b{suffix}", "8")

    assert taken["write all"] < 1
