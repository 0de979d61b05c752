"""Makes the environment that the daemon runs in, or completes or mends one that is there.

A program of its own, run by a Python that is not Krita's, with the standard library alone::

    python installer.py ORDERS

``ORDERS`` is JSON: the ``folder`` of the environment, the ``wheel`` (a file, or a requirement), the
``launcher`` file in which the environment's Python is recorded at the end, its ``version``, and the
``cpu_index`` for PyTorch's small builds. It prints one object of JSON a line: ``step`` (with
``number`` and ``of``), ``line`` (what pip says), ``got`` and ``size`` (bytes of a download), and at
last ``done`` or ``failed``, a code with its ``detail``. It ends when its standard input does.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import urllib.request
from pathlib import Path

STEPS = ("room", "environment", "torch", "gramarye", "check")
TORCH = ("torch>=2.4", "torchvision>=0.19")
PROBE_SECONDS = 10
NVIDIA_ON_WINDOWS = "https://download.pytorch.org/whl/cu126"
NEEDED = {"cpu": 3 << 30, "nvidia": 9 << 30}
"""Bytes of disk: the environment, and what pip keeps while it unpacks."""
RAW_PROGRESS = (24, 1)
"""The first pip that says how far a download is, for programs."""
ALONE = ("-I", "-u")
"""Nothing is imported from the folder that we happen to be in, or from the user's own packages."""
_OFFLINE = re.compile(
    r"No matching distribution|Could not find a version|ConnectionError|Max retries|"
    r"Temporary failure in name|Network is unreachable|NewConnectionError|"
    r"IncompleteRead|incomplete|Read timed out|DO NOT MATCH THE HASHES|Connection broken",
    re.IGNORECASE,
)
_FULL = re.compile(r"No space left|not enough space|Errno 28", re.IGNORECASE)


class SetupError(Exception):
    """What stops it: a code that the plugin has a sentence for, and details in English."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code, self.detail = code, detail


def main(orders: str) -> int:
    """Do all of it; returns the exit status."""
    threading.Thread(target=_end_with_krita, daemon=True).start()
    try:
        python = Setup(json.loads(orders)).run()
    except SetupError as error:
        say(failed=error.code, detail=error.detail)
        return 1
    except OSError as error:
        code = "disk" if error.errno == 28 else "folder"
        say(failed=code, detail=f"{error.strerror}: {error.filename}")
        return 1
    say(done=str(python))
    return 0


def say(**what: object) -> None:
    """Tell Krita."""
    print(json.dumps(what), flush=True)


class Setup:
    """One environment on its way."""

    def __init__(self, orders: dict[str, str]) -> None:
        self._folder = Path(orders["folder"])
        self._wheel = orders["wheel"]
        self._launcher = Path(orders["launcher"])
        self._version = orders["version"]
        self._cpu_index = orders["cpu_index"]
        self._python = self._folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        self._raw = False

    def run(self) -> Path:
        """Every step; each finds what an earlier try has done."""
        deeds = (
            self._check_room,
            self._make_environment,
            self._install_torch,
            self._install_gramarye,
            self._check,
        )
        for number, (step, deed) in enumerate(zip(STEPS, deeds, strict=True), start=1):
            say(step=step, number=number, of=len(STEPS))
            deed()
        return self._python

    def _check_room(self) -> None:
        parent = self._folder.parent
        parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self._works("import torch, torchvision"):
            return  # the large part is there
        self._need("nvidia" if has_nvidia() else "cpu")

    def _need(self, build: str) -> None:
        free, needed = shutil.disk_usage(self._folder.parent).free, NEEDED[build]
        if free < needed:
            raise SetupError("disk", f"{free / 1e9:.1f} GB free, {needed / 1e9:.0f} GB needed")

    def _make_environment(self) -> None:
        if not self._works("import pip"):
            # Whatever is there does not work, or is half made.
            code, said = _run([sys.executable, "-m", "venv", "--clear", str(self._folder)])
            if code:
                shutil.rmtree(self._folder, ignore_errors=True)
                raise SetupError("venv", said)
        version = re.search(r"pip (\d+)\.(\d+)", self._output("-m", "pip", "--version"))
        self._raw = bool(version) and (int(version[1]), int(version[2])) >= RAW_PROGRESS

    def _install_torch(self) -> None:
        """Torch and torchvision, always together from one place: mixed builds do not import."""
        if self._torch_works():
            return
        self._output("-m", "pip", "uninstall", "--yes", "torch", "torchvision")
        nvidia = has_nvidia()
        if sys.platform == "win32" and nvidia:
            self._pip("install", "--index-url", NVIDIA_ON_WINDOWS, *TORCH)
        elif sys.platform != "linux" or nvidia or not self._small_torch():
            if sys.platform == "linux":  # the index has builds with CUDA only
                self._need("nvidia")
            self._pip("install", *TORCH)
        if not self._torch_works():
            detail = self._output("-c", "import torch, torchvision; torchvision.ops.nms")
            raise SetupError("torch", detail[-500:])

    def _small_torch(self) -> bool:
        """The builds without CUDA, where their index can be reached."""
        try:
            urllib.request.urlopen(f"{self._cpu_index}/torchvision/", timeout=PROBE_SECONDS).close()
            self._pip("install", "--index-url", self._cpu_index, *TORCH)
        except (OSError, SetupError) as error:
            say(line=f"PyTorch's small builds cannot be had here ({error}); taking the usual ones.")
            return False
        return self._torch_works()

    def _install_gramarye(self) -> None:
        self._pip("install", "--upgrade", self._wheel)
        if not self._works("import gramarye.service.serve"):  # something of it is broken
            self._pip("install", "--force-reinstall", "--no-deps", self._wheel)

    def _check(self) -> None:
        told = self._output("-m", "gramarye", "--version")
        if self._version not in told:
            raise SetupError("gramarye", told[-500:])
        before = _recorded(self._launcher)
        _write(self._launcher, {"python": str(self._python), "version": self._version})
        for old in self._folder.parent.glob("environment-*"):
            # A daemon may still run in the one before: it is kept until the next time.
            if old != self._folder and (before is None or old not in before.parents):
                shutil.rmtree(old, ignore_errors=True)

    # --- small parts

    def _torch_works(self) -> bool:
        return self._works("import torch, torchvision; torchvision.ops.nms")

    def _works(self, program: str) -> bool:
        return self._python.is_file() and _run([str(self._python), *ALONE, "-c", program])[0] == 0

    def _output(self, *words: str) -> str:
        return _run([str(self._python), *ALONE, *words])[1]

    def _pip(self, *words: str) -> None:
        bar = ["--progress-bar", "raw"] if self._raw else ["--progress-bar", "off"]
        command = [str(self._python), *ALONE, "-m", "pip", "--disable-pip-version-check"]
        verb, *rest = words
        process = subprocess.Popen(
            [*command, "--no-input", verb, *bar, *rest],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        assert process.stdout is not None
        lines: list[str] = []
        for line in process.stdout:
            progress = re.match(r"Progress (\d+) of (\d+)", line)
            if progress:
                say(got=int(progress[1]), size=int(progress[2]))
            elif line.strip():
                lines = [*lines[-30:], line.strip()]
                say(line=line.strip()[:300])
        if process.wait():
            said = "\n".join(lines)
            code = "disk" if _FULL.search(said) else "offline" if _OFFLINE.search(said) else "pip"
            raise SetupError(code, lines[-1] if lines else f"pip ended with {process.returncode}")


def has_nvidia() -> bool:
    """Whether NVIDIA's driver is here."""
    if Path("/proc/driver/nvidia/version").exists():
        return True
    program = shutil.which("nvidia-smi")
    return program is not None and _run([program, "-L"])[0] == 0


def _recorded(launcher: Path) -> Path | None:
    try:
        return Path(json.loads(launcher.read_text(encoding="utf-8"))["python"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _write(file: Path, what: dict[str, str]) -> None:
    """Whole or not at all; for its owner alone."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, scratch = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}-")
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        json.dump(what, stream)
    Path(scratch).replace(file)


def _run(command: list[str]) -> tuple[int, str]:
    """Exit status, and all that was printed."""
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
    except OSError as error:
        return 1, str(error)
    return done.returncode, done.stdout


def _end_with_krita() -> None:
    """Nobody listens any more: whatever was begun is gone on with next time."""
    while os.read(0, 4096):  # unbuffered: a lock would be in the way of our own end
        pass
    if os.name != "nt":
        import signal

        os.killpg(0, signal.SIGTERM)  # pip too; the plugin gave us a group of our own
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
