"""What the command line's tests share: small pictures, a tiny network, and runs of the program."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import imagecodecs
import numpy as np
import tifffile
import torch
from PIL import Image

D65 = (0.3127, 0.3290, 1.0)
DISPLAY_P3 = (0.680, 0.320, 1, 0.265, 0.690, 1, 0.150, 0.060, 1)

GUARD_SECONDS = 240
"""Only guards against a hang; nothing is timed."""

VGG19_CONVOLUTIONS = (0, 2, 5, 7, 10, 12, 14, 16, 19, 21, 23, 25, 28)
"""Where VGG-19's convolutions stand in ``features`` up to conv5_1."""


def picture(path: Path, width: int = 48, height: int = 32, seed: int = 0) -> Path:
    """A small picture with some structure, written to ``path``."""
    rng = np.random.default_rng(seed)
    small = Image.fromarray(rng.integers(0, 256, (4, 6, 3), dtype=np.uint8))
    small.resize((width, height), Image.Resampling.BICUBIC).save(path)
    return path


def p3_profile(gamma: float) -> bytes:
    """Display P3's primaries with another curve, as an ICC profile."""
    return imagecodecs.cms_profile("rgb", whitepoint=D65, primaries=DISPLAY_P3, gamma=gamma)


def deep_content(path: Path) -> tuple[np.ndarray, bytes]:
    """A TIFF of 16 bits in linear Display P3, written to ``path``; gives its samples, R G B A, and
    its profile."""
    linear = p3_profile(1.0)
    light = np.random.default_rng(6).integers(0, 65_536, (32, 48, 4)).astype(np.uint16)
    tifffile.imwrite(path, light, photometric="rgb", extrasamples=["unassalpha"], iccprofile=linear)
    return light, linear


def tiny_weights(path: Path) -> Path:
    """A VGG-19 of four channels a layer: the real code path, in no time."""
    generator = torch.Generator().manual_seed(1)
    state: dict[str, torch.Tensor] = {}
    channels = 3
    for index in VGG19_CONVOLUTIONS:
        weight = torch.randn(4, channels, 3, 3, generator=generator)
        state[f"features.{index}.weight"] = weight * (2 / (9 * channels)) ** 0.5
        state[f"features.{index}.bias"] = torch.zeros(4)
        channels = 4
    torch.save(state, path)
    return path


def environment(cache: Path) -> dict[str, str]:
    """Of a user who has no weights anywhere, on one thread."""
    return {
        **os.environ,
        "GRAMARYE_CACHE": str(cache),
        "TORCH_HOME": str(cache),
        "OMP_NUM_THREADS": "1",
    }


def gramarye(*words: str | Path, cache: Path) -> subprocess.CompletedProcess[str]:
    """Run the program to its end."""
    return subprocess.run(
        command(*words),
        env=environment(cache),
        capture_output=True,
        text=True,
        timeout=GUARD_SECONDS,
        check=False,
    )


@contextmanager
def daemon(cache: Path, *words: str | Path) -> Iterator[str]:
    """A daemon of one's own on a free port; gives its address."""
    process = subprocess.Popen(
        command("serve", "--bind", "tcp://127.0.0.1:*", "--data-dir", cache / "data", *words),
        env=environment(cache),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        with process.stdout as stream:
            yield stream.readline().split()[-1]
    finally:
        process.terminate()
        process.wait(GUARD_SECONDS)


def command(*words: str | Path) -> list[str]:
    """The words that start the program."""
    return [sys.executable, "-m", "gramarye", *map(str, words)]
