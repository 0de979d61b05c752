"""Which device to compute on, and what it has."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable
from pathlib import Path

import torch

from .errors import SettingsError


def choose_device(name: str = "auto") -> torch.device:
    """``auto``: a GPU by CUDA or ROCm, by Intel's XPU, Apple's MPS, else the CPU.

    Any other name is torch's own. ROCm calls itself ``cuda`` in torch.

    Raises:
        SettingsError: a device that this machine does not have.
    """
    if name == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda", 0)
        if hasattr(torch, "xpu") and torch.xpu.is_available():
            return torch.device("xpu", 0)
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    try:
        device = torch.device(name)
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        raise SettingsError(
            f"This machine has no device {name!r} that torch can use: choose auto or cpu."
        ) from error
    return device


def describe_device(device: torch.device) -> str:
    """Such as ``cpu (2 threads)`` or ``cuda:0 NVIDIA GeForce RTX 4090``."""
    if device.type == "cuda":
        return f"{device} {torch.cuda.get_device_name(device)}"
    if device.type == "xpu":
        return f"{device} {torch.xpu.get_device_name(device)}"
    if device.type == "cpu":
        return f"cpu ({torch.get_num_threads()} threads)"
    return str(device)


def free_memory(device: torch.device) -> int | None:
    """Bytes that a job may take on the device now; ``None`` where nobody tells."""
    if device.type == "cuda":
        return torch.cuda.mem_get_info(device)[0]
    if device.type == "xpu":
        memory = torch.xpu.get_device_properties(device).total_memory
        return memory - torch.xpu.memory_reserved(device)
    try:
        with open("/proc/meminfo") as file:  # noqa: PTH123 (a kernel interface, not a file)
            fields = dict(line.split(":", 1) for line in file)
        return int(fields["MemAvailable"].split()[0]) * 1024
    except (OSError, KeyError, ValueError):
        names = getattr(os, "sysconf_names", {})
        if "SC_PHYS_PAGES" not in names:
            return None
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def forget_unused_memory() -> None:
    """Give back what torch's allocators hold of a GPU's memory without using it."""
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    elif hasattr(torch, "xpu") and torch.xpu.is_available():
        torch.xpu.empty_cache()


def clock_of(device: torch.device) -> Callable[[], float]:
    """Seconds, read when the device has done all that it was given."""
    if device.type == "cpu":
        return time.perf_counter
    kind = getattr(torch, device.type)  # torch.cuda, torch.xpu and torch.mps

    def finished() -> float:
        kind.synchronize()
        return time.perf_counter()

    return finished


_SHORT = (
    "out of memory",
    "not enough memory",  # torch on Windows
    "can't allocate memory",  # torch on Linux
    "STATUS_ALLOC_FAILED",  # cuBLAS and cuDNN
    "OUT_OF_DEVICE_MEMORY",  # Intel's runtime
    "OUT_OF_HOST_MEMORY",
)


def is_memory_short(error: BaseException) -> bool:
    """Whether an exception only means that there was too little memory, on whatever device."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return isinstance(error, RuntimeError) and any(words in str(error) for words in _SHORT)


_OF_A_DEVICE = re.compile(r"\b(CUDA|HIP|XPU)( driver)? error\b|\bcuDNN error\b|DEVICE_LOST")
_HARMLESS = (
    "invalid argument",
    "invalid configuration argument",
    "invalid device function",
    "invalid resource handle",
    "no kernel image is available",
    "too many resources requested for launch",
    "operation not supported",
    "operation not permitted",
    "previous error during capture",
    "unsupported toolchain",
    "STATUS_INVALID_VALUE",
    "STATUS_NOT_SUPPORTED",
    "STATUS_BAD_PARAM",
)
"""Of a call that was refused, in the words of NVIDIA's libraries: all but that call goes on. After
others (an illegal address, a failed launch, a card that fell off the bus) CUDA says that "the
process must be terminated and relaunched"."""


def is_lost(error: BaseException | None) -> bool:
    """Whether an exception, or what caused it, means that its device is gone or of no use any more
    to this process, which must be started anew. Too little memory is no such thing."""
    while error is not None:
        if _tells_of_loss(error):
            return True
        error = error.__cause__
    return False


def _tells_of_loss(error: BaseException) -> bool:
    if not isinstance(error, RuntimeError) or is_memory_short(error):
        return False
    kind = getattr(torch, "AcceleratorError", None)  # since torch 2.8
    told = str(error)
    if not _OF_A_DEVICE.search(told) and not (kind and isinstance(error, kind)):
        return False
    return not any(words in told for words in _HARMLESS)


def compute_exactly() -> None:
    """Float32 means float32: a GPU's tensor cores must not round it to TF32 on their own."""
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False


class PeakMemory:
    """The most that the work from here on takes, beyond what is in use now.

    On a GPU what torch has allocated; else the process's resident memory, which Linux tells.
    """

    def __init__(self, device: torch.device) -> None:
        self._device = device
        if device.type == "cuda":
            torch.cuda.reset_peak_memory_stats(device)
            self._before: int | None = torch.cuda.memory_allocated(device)
        else:
            self._before = _resident("VmRSS") if _forget_peak() else None

    def bytes(self) -> int | None:
        """So far; ``None`` where nobody tells."""
        if self._before is None:
            return None
        if self._device.type == "cuda":
            return torch.cuda.max_memory_allocated(self._device) - self._before
        peak = _resident("VmHWM")
        return None if peak is None else max(0, peak - self._before)


def _forget_peak() -> bool:
    """Let Linux count the peak of this process anew (proc_pid_clear_refs(5), since 4.0)."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return False
    return True


def _resident(name: str) -> int | None:
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return None
    kib = [line.split()[1] for line in lines if line.startswith(f"{name}:")]
    return int(kib[0]) * 1024 if kib else None
