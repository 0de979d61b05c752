"""Torch, and the device that it computes on."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator

from .finding import Finding, pip_command, quoted
from .machine import Nvidia, Probe

OLDEST = (2, 4)
CUDA_WHEELS = "https://download.pytorch.org/whl/cu128"
OLDER_CUDA_WHEELS = "https://download.pytorch.org/whl/cu126"
DRIVERS = "https://www.nvidia.com/drivers"


def torch(probe: Probe) -> Iterator[Finding]:
    """Is it there, whole and new enough?"""
    again = pip_command("--force-reinstall", "torch", "torchvision")
    version = probe.versions.get("torch")
    if probe.crashed.startswith(("torch:", "the device:")):
        sentence = f"Torch crashes: {probe.crashed.partition(': ')[2]}."
        yield Finding("torch", "wrong", sentence, again)
    elif "torch" in probe.troubles:
        sentence = f"Torch is missing or broken ({probe.troubles['torch']})."
        yield Finding("torch", "wrong", sentence, again)
    elif version is not None and _numbers(version) < OLDEST:
        newer = pip_command("--upgrade", "torch", "torchvision")
        sentence = f"Torch {version} is too old; Gramarye needs 2.4 or newer."
        yield Finding("torch", "wrong", sentence, newer)
    elif version is not None:
        yield Finding("torch", "ok", f"Torch {version}, for {_built_for(probe)}.")


def torchvision(probe: Probe) -> Iterator[Finding]:
    """Is it the one that was made for this torch? Nothing is painted with it."""
    version, torch = probe.versions.get("torchvision"), probe.versions.get("torch")
    again = pip_command("--force-reinstall", "torch", "torchvision")
    if probe.crashed.startswith("torchvision:"):
        sentence = f"Python crashes when it imports {probe.crashed}."
        yield Finding("torchvision", "wrong", sentence, again)
    elif "torchvision" in probe.troubles and torch is not None:
        why = probe.troubles["torchvision"]
        sentence = f"Torchvision does not go with torch {torch} ({why})."
        yield Finding("torchvision", "note", sentence, again)
    elif version is not None and torch is not None and not _made_for(version, torch):
        sentence = f"Torchvision {version} was made for another torch than {torch}."
        yield Finding("torchvision", "note", sentence, again)
    elif version is not None:
        yield Finding("torchvision", "ok", f"Torchvision {version} goes with it.")


def device(probe: Probe, nvidia: Nvidia, platform: str = sys.platform) -> Iterator[Finding]:
    """What would be used, does it compute, and is there something better?"""
    if not probe.device:
        return  # why is said above
    if probe.trial:
        sentence = f"The device {probe.device} does not compute ({probe.trial})."
        older = pip_command(*_anew(OLDER_CUDA_WHEELS))
        yield Finding("device", "wrong", sentence, older)
    elif not probe.device.startswith("cpu"):
        yield Finding("device", "ok", f"It paints on {probe.device}.")
    else:
        yield _on_the_cpu(probe, nvidia, platform)


def _on_the_cpu(probe: Probe, nvidia: Nvidia, platform: str) -> Finding:
    painting = f"It paints on the {probe.device.replace('cpu', 'CPU', 1)}"
    built = probe.cuda or probe.rocm
    if nvidia.driver and not built:
        sentence = f"{painting}: this torch is made without CUDA, and cannot use the NVIDIA card."
        cuda = _anew(CUDA_WHEELS) if platform == "win32" else _anew()
        return Finding("device", "note", sentence, pip_command(*cuda))
    if nvidia.driver:
        why = f" ({probe.said})" if probe.said else ""
        sentence = (
            f"{painting}: torch for CUDA {built} cannot use NVIDIA's driver {nvidia.driver}{why}."
        )
        return Finding("device", "note", sentence, pip_command(*_anew(OLDER_CUDA_WHEELS)))
    if nvidia.card:
        sentence = f"{painting}: there is an NVIDIA card, but its driver is not installed."
        return Finding("device", "note", sentence, _driver_command())
    return Finding("device", "ok", f"{painting}; there is no graphics card that it could use.")


def _anew(wheels: str = "") -> tuple[str, ...]:
    place = ("--index-url", wheels) if wheels else ()
    return "--force-reinstall", "torch", "torchvision", *place


def _driver_command() -> str:
    if shutil.which("ubuntu-drivers"):
        return quoted("sudo", "ubuntu-drivers", "install")
    if shutil.which("apt"):
        return quoted("sudo", "apt", "install", "nvidia-driver")
    return f"get it from {DRIVERS}"


def _built_for(probe: Probe) -> str:
    if probe.rocm:
        return f"ROCm {probe.rocm}"
    return f"CUDA {probe.cuda}" if probe.cuda else "the CPU"


def _made_for(torchvision: str, torch: str) -> bool:
    """Torchvision 0.N is made for torch 2.(N-15); of other numbers nothing is known."""
    (major, minor), (first, second) = _numbers(torch), _numbers(torchvision)
    if (major, first) == (2, 0) and second - minor != 15:
        return False
    return torch.partition("+")[2] == torchvision.partition("+")[2] or "+" not in torch


def _numbers(version: str) -> tuple[int, int]:
    major, minor, *_ = (*version.split("."), "0")
    return int(major), int("".join(filter(str.isdigit, minor)) or 0)
