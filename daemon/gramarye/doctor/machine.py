"""What the probe and the system tell about this machine."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PACKAGES = {
    "numpy": "numpy",
    "PIL": "pillow",
    "imagecodecs": "imagecodecs",
    "tifffile": "tifffile",
    "zmq": "pyzmq",
    "safetensors": "safetensors",
    "rich": "rich",
    "platformdirs": "platformdirs",
    "annotated_types": "annotated-types",
    "pydantic": "pydantic",
    "tomli_w": "tomli-w",
    "torch": "torch",
    "torchvision": "torchvision",
}
"""Module → what pip calls it; torch at the end, because it may take the process with it."""
PATIENCE_SECONDS = 180.0
"""Torch's first import from a cold disk can take a minute."""

_DISPLAY = "0x03"
_NVIDIA = "0x10de"


@dataclass(frozen=True)
class Probe:
    """What :mod:`.probe` said.

    Attributes:
        versions: of the packages that can be imported.
        troubles: of the others, with what Python says.
        crashed: what the process died of, if it did: of which package, and how.
        cuda, rocm: what torch was built for.
        said: what torch remarked when it was asked for a graphics card.
        device: what would be used, described; empty where torch does not come so far.
        trial: what went wrong in a small computation on it.
        free, ram: bytes free on the device, and of the machine's memory.
    """

    versions: Mapping[str, str] = field(default_factory=dict)
    troubles: Mapping[str, str] = field(default_factory=dict)
    crashed: str = ""
    cuda: str | None = None
    rocm: str | None = None
    said: str = ""
    device: str = ""
    trial: str = ""
    free: int | None = None
    ram: int | None = None


@dataclass(frozen=True)
class Nvidia:
    """NVIDIA's card in this machine, and its driver's version, where there is one."""

    card: bool = False
    driver: str = ""


def probe(python: Sequence[str] = (sys.executable,)) -> Probe:
    """Run the probe to its end, or to its death."""
    try:
        ran = subprocess.run(
            [*python, "-m", "gramarye.doctor.probe"],
            env={**os.environ, "PYTHONSAFEPATH": "1"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
        output, end = ran.stdout, _obituary(ran.returncode, ran.stderr)
    except subprocess.TimeoutExpired as error:
        output, end = error.stdout or b"", f"it took more than {PATIENCE_SECONDS:.0f} s"
    return read_probe(output, end)


def read_probe(output: bytes, end: str) -> Probe:
    """The facts in what a probe printed; ``end`` says what it died of, if it did."""
    versions: dict[str, str] = {}
    troubles: dict[str, str] = {}
    facts: dict[str, Any] = {}
    trying = "Python"
    for line in output.splitlines():
        try:
            told: dict[str, Any] = json.loads(line)
        except ValueError:  # some package prints at its import
            continue
        trying = told.pop("trying", trying)
        name = told.pop("package", None)
        if name is None:
            facts |= told
        elif "version" in told:
            versions[name] = told["version"]
        else:
            troubles[name] = told["trouble"]
    crashed = f"{trying}: {end}" if end else ""
    return Probe(versions, troubles, crashed, **facts)


def nvidia(devices: Path = Path("/sys/bus/pci/devices")) -> Nvidia:
    """Look for NVIDIA's card and driver."""
    return Nvidia(_card(devices), _driver())


def _card(devices: Path) -> bool:
    for device in devices.glob("*"):
        with contextlib.suppress(OSError):
            kind, vendor = (device / name for name in ("class", "vendor"))
            if kind.read_text().startswith(_DISPLAY) and vendor.read_text().strip() == _NVIDIA:
                return True
    return False


def _driver() -> str:
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return ""
    try:
        ran = subprocess.run(
            [tool, "--query-gpu=driver_version", "--format=csv,noheader"],
            capture_output=True,
            text=True,
            timeout=20,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):  # a driver that does not run is none
        return ""
    return ran.stdout.strip().split("\n")[0]


def _obituary(code: int, errors: bytes) -> str:
    if code == 0:
        return ""
    how = f"signal {-code}" if code < 0 else f"exit code {code}"
    lines = [line.strip() for line in errors.decode(errors="replace").splitlines()]
    last = next((line for line in reversed(lines) if line), "")
    return f"{how}{', ' if last else ''}{last[:200]}"
