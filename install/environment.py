"""The virtual environment that try.py and test.py run in: made once, the same for both.

Standard library only: this runs before anything is installed. Pip is always called as it is
configured on this machine, so proxies, mirrors and constraints of the user's own hold here too.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
OLDEST_PYTHON = (3, 10)
TORCH = ("torch>=2.4", "torchvision>=0.19")
CPU_INDEX = "https://download.pytorch.org/whl/cpu"
PROBE_SECONDS = 10


class InstallError(Exception):
    """Something that stops the installation; its text says what to do."""


def say(sentence: str) -> None:
    """One line about what happens now."""
    print(f"» {sentence}", flush=True)


def environment(extra: str = "") -> Path:
    """Make or complete the environment; returns its Python. A second call has nothing to do.

    ``extra`` names an optional group of dependencies in pyproject.toml, such as ``test``.
    """
    if sys.version_info < OLDEST_PYTHON:
        raise InstallError(
            f"Gramarye needs Python {'.'.join(map(str, OLDEST_PYTHON))} or newer and this is "
            f"{sys.version.split()[0]}. Run this script with a newer one."
        )
    python = _create()
    stamp = VENV / f"gramarye-installed-{extra or 'base'}"
    wanted = hashlib.sha256((ROOT / "pyproject.toml").read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text() == wanted:
        say(f"The environment {VENV} is complete.")
        return python
    _install_torch(python)
    say("Installing Gramarye and what it needs …")
    target = f"{ROOT}[{extra}]" if extra else str(ROOT)
    _require([python, "-m", "pip", "install", "--quiet", "--editable", target])
    stamp.write_text(wanted)
    return python


def is_debian_root() -> bool:
    """Whether packages may be installed with apt-get here."""
    return (
        hasattr(os, "geteuid")
        and os.geteuid() == 0
        and Path("/etc/debian_version").is_file()
        and shutil.which("apt-get") is not None
    )


def apt_install(packages: list[str]) -> None:
    """Install Debian packages, quietly; lists are updated first."""
    say(f"Installing with apt-get: {' '.join(packages)} …")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    _require(["apt-get", "update", "-qq"], env=quiet)
    _require(["apt-get", "install", "-y", "-qq", *packages], env=quiet)


def _create() -> Path:
    python = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if _succeeds([python, "-m", "pip", "--version"]):
        return python
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        _install_venv_module()
    say(f"Making a virtual environment in {VENV} …")
    _require([sys.executable, "-m", "venv", "--clear", VENV])
    return python


def _install_venv_module() -> None:
    """Debian ships Python without the module that makes environments."""
    package = f"python3.{sys.version_info.minor}-venv"
    if not Path(sys.executable).resolve().is_relative_to("/usr/bin"):
        raise InstallError(
            f"The Python at {sys.executable} lacks the modules venv and ensurepip. "
            "Run this script with a complete Python."
        )
    if not is_debian_root():
        raise InstallError(
            "This Python cannot make virtual environments yet. On Debian or Ubuntu run "
            f"'sudo apt-get install {package}', then this script again."
        )
    apt_install([package])


def _install_torch(python: Path) -> None:
    """PyTorch and torchvision, always together from one place: mixed builds do not import."""
    if _torch_works(python):
        return
    if sys.platform == "linux" and not _has_nvidia_driver():
        say("No NVIDIA driver is here: trying PyTorch's smaller CPU wheels …")
        if _install_cpu_torch(python):
            return
        say("Taking PyTorch from PyPI instead: a large download that runs on the CPU as well.")
        _succeeds([python, "-m", "pip", "uninstall", "--yes", "--quiet", "torch", "torchvision"])
    else:
        say("Installing PyTorch, the largest part …")
    _require([python, "-m", "pip", "install", "--quiet", *TORCH])
    if not _torch_works(python):
        raise InstallError(
            "PyTorch was installed but torch and torchvision do not work together. "
            f"Remove {VENV} and run this script again; if it stays, look at 'pip config list'."
        )


def _install_cpu_torch(python: Path) -> bool:
    try:
        urllib.request.urlopen(f"{CPU_INDEX}/torchvision/", timeout=PROBE_SECONDS).close()
    except OSError as error:
        say(f"They cannot be reached ({error}).")
        return False
    command = [python, "-m", "pip", "install", "--quiet", "--index-url", CPU_INDEX, *TORCH]
    if _run(command) != 0 or not _torch_works(python):
        say("They could not be installed here.")
        return False
    return True


def _has_nvidia_driver() -> bool:
    return Path("/proc/driver/nvidia/version").exists() or _succeeds(["nvidia-smi", "-L"])


def _torch_works(python: Path) -> bool:
    """Both import, and torchvision's own operators were built for this torch."""
    return _succeeds([python, "-c", "import torch, torchvision; torchvision.ops.nms"])


def _run(command: list[str | Path], env: dict[str, str] | None = None) -> int:
    return subprocess.run([str(word) for word in command], env=env, check=False).returncode


def _require(command: list[str | Path], env: dict[str, str] | None = None) -> None:
    status = _run(command, env)
    if status != 0:
        words = " ".join(str(word) for word in command)
        raise InstallError(f"This command failed with exit status {status}: {words}")


def _succeeds(command: list[str | Path]) -> bool:
    """Whether a command exists and exits with zero; what it prints is not of interest."""
    try:
        done = subprocess.run([str(word) for word in command], capture_output=True, check=False)
    except OSError:
        return False
    return done.returncode == 0
