"""The real Krita under Xvfb: a display, a warm home to copy, and runs of a scenario in it."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from roots import VARIABLE, inside

from gramarye.krita.settings import enabled

HERE = Path(__file__).parent
ROOT = os.environ.get(VARIABLE, "")
"""Of another Krita than the machine's; empty for that one."""
ARTEFACTS = HERE.parents[1] / "test-artefacts" / "-".join(["krita", *Path(ROOT).parts[-1:]])
"""Where screenshots are kept."""
ZIP = os.environ.get("GRAMARYE_KRITA_ZIP", "")
"""Of the plugin, imported as Krita does it; empty for ``gramarye krita install``."""
IMPORTER = "/usr/share/krita/pykrita/plugin_importer/plugin_importer.py"
_IMPORT = """
import builtins, runpy, sys
builtins.i18n = lambda words: words  # Krita's own, which its importer wants since 5.3
del sys.argv[0]
runpy.run_path(sys.argv[0], run_name="__main__")
"""
RUN_SECONDS = 180
SCREEN = "1600x1000x24"
Run = Callable[..., dict[str, Any]]
"""A scenario by its name, with its arguments; gives what it noted."""
_TOOLS = ("krita", "Xvfb", "xdotool", "import")


class KritaTroubleError(AssertionError):
    """A run did not end as it should; carries what Krita wrote."""


def missing() -> str:
    """Why the real Krita cannot be driven here; empty if it can."""
    tools = _TOOLS[1:] if ROOT else _TOOLS
    absent = [tool for tool in tools if shutil.which(tool) is None]
    if sys.platform != "linux":
        return "the real Krita is driven under Xvfb, on Linux only"
    return f"NOT TESTED IN THE REAL KRITA: {', '.join(absent)} not installed" if absent else ""


def krita(*words: str) -> list[str]:
    """The command for Krita: the machine's, or that of :data:`ROOT`."""
    return inside(ROOT, "krita", *words)


def krita_version() -> str | None:
    """The installed Krita's version, such as ``5.1.5``; ``None`` where there is none to drive."""
    if missing():
        return None
    with display() as name:
        answer = subprocess.run(
            krita("--version"),
            env={**os.environ, "DISPLAY": name},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    found = re.search(r"krita\s+(\d\S*)", answer.stdout)
    return found.group(1) if found else None


@contextlib.contextmanager
def display(size: str = SCREEN) -> Iterator[str]:
    """An X server of our own, on a number that it picks itself."""
    reader, writer = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writer), "-screen", "0", size, "-nolisten", "tcp", "-noreset"],
        pass_fds=[writer],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(writer)
    try:
        with os.fdopen(reader) as stream:
            yield f":{stream.readline().strip()}"
    finally:
        server.terminate()
        server.wait(30)


@dataclass(frozen=True)
class Home:
    """A home directory for one Krita."""

    path: Path

    @property
    def config(self) -> Path:
        return self.path / ".config"

    @property
    def data(self) -> Path:
        return self.path / ".local" / "share"

    @property
    def kritarc(self) -> Path:
        return self.config / "kritarc"

    def environment(self, display_name: str = "") -> dict[str, str]:
        """Nothing of the tests' own environment reaches Krita."""
        return {
            "HOME": str(self.path),
            "XDG_CONFIG_HOME": str(self.config),
            "XDG_DATA_HOME": str(self.data),
            "XDG_CACHE_HOME": str(self.path / ".cache"),
            "XDG_RUNTIME_DIR": str(self.path / "run"),
            "PATH": "/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "OMP_NUM_THREADS": "1",
            "DISPLAY": display_name,
        }

    def copy(self, path: Path) -> Home:
        """A fresh home that is as warm as this one."""
        shutil.copytree(self.path, path, symlinks=True)
        return Home(path)

    def configure(self, group: str, **values: str) -> None:
        """Add settings to kritarc, as the plugin's dialog would have written them."""
        lines = "".join(f"{name}={value}\n" for name, value in values.items())
        with self.kritarc.open("a", encoding="utf-8") as stream:
            stream.write(f"\n[{group}]\n{lines}")


def make_home(path: Path) -> Home:
    """A home with the plugin and the driver. Krita has ZeroMQ, or :data:`ZIP` brings it."""
    home = Home(path)
    (path / "run").mkdir(parents=True, mode=0o700)
    if ZIP:
        import_zip(home, Path(ZIP))
    else:
        gramarye(home, "krita", "install", "--no-wheels")
    shutil.copytree(HERE / "driver", home.data / "krita" / "pykrita", dirs_exist_ok=True)
    settings = home.kritarc.read_text()
    home.kritarc.write_text(
        settings.replace("[python]\n", "[python]\nenable_gramarye_driver=true\n")
    )
    return home


def gramarye(home: Home, *words: str) -> str:
    """Run a command of this checkout's Gramarye in a home; gives what it printed."""
    ours = os.pathsep.join(str(HERE.parents[1] / name) for name in ("plugin", "daemon", "shared"))
    return subprocess.run(
        [sys.executable, "-m", "gramarye", *words],
        env={**home.environment(), "PYTHONPATH": ours},
        check=True,
        capture_output=True,
        text=True,
    ).stdout


def import_zip(home: Home, file: Path) -> None:
    """Import the plugin with Krita's own importer, and enable it as Krita does when asked."""
    resources = home.data / "krita"
    resources.mkdir(parents=True, exist_ok=True)
    command = inside(ROOT, "python3", "-c", _IMPORT, IMPORTER, str(file), str(resources))
    subprocess.run(command, check=True, capture_output=True, cwd=home.path)
    home.config.mkdir(parents=True, exist_ok=True)
    settings = home.kritarc.read_bytes() if home.kritarc.exists() else b""
    home.kritarc.write_bytes(enabled(settings))


def run(
    home: Home,
    display_name: str,
    scenario: str,
    shots: Path,
    seconds: float = RUN_SECONDS,
    environment: Mapping[str, str] | None = None,
    **args: Any,
) -> dict[str, Any]:
    """Start Krita, run ``scenarios/NAME.py`` in it, wait for its end; returns what it noted.

    ``environment`` is added to what :meth:`Home.environment` says.

    Raises:
        KritaTroubleError: the scenario failed, Krita hung, or a plugin could not be imported.
    """
    report, log = home.path / "report.json", home.path / "krita.log"
    report.unlink(missing_ok=True)
    shots.mkdir(parents=True, exist_ok=True)
    task = {
        "scenario": str(HERE / "scenarios" / f"{scenario}.py"),
        "report": str(report),
        "shots": str(shots),
        "args": args,
    }
    environment = {
        **home.environment(display_name),
        **(environment or {}),
        "GRAMARYE_TEST_TASK": json.dumps(task),
    }
    with log.open("wb") as stream:
        process = subprocess.Popen(
            krita("--nosplash"),
            env=environment,
            cwd=home.path,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            subprocess.run(
                ["import", "-window", "root", str(shots / "hung.png")],
                env=environment,
                check=False,
            )
            raise KritaTroubleError(f"Krita hung; it wrote:\n{_tail(log)}") from None
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(30)
    if "Could not import" in _tail(log) or not report.exists():
        raise KritaTroubleError(f"the scenario did not run; Krita wrote:\n{_tail(log)}")
    outcome = json.loads(report.read_text())
    if outcome["trouble"]:
        raise KritaTroubleError(f"{outcome['trouble']}\n{outcome['values']}\n{_tail(log)}")
    if process.returncode != 0:
        raise KritaTroubleError(f"Krita ended with {process.returncode}:\n{_tail(log)}")
    return outcome["values"]


def end_daemons(home: Home) -> None:
    """End the daemons that were started from Krita in this home: they outlive it by design."""
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (process / "cwd").readlink() == home.data / "gramarye":
                os.kill(int(process.name), signal.SIGTERM)


def _tail(log: Path) -> str:
    return log.read_text(errors="replace")[-6000:]
