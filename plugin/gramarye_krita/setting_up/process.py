"""The installer from Krita's side: started, listened to, stopped. Krita never waits for it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from gramarye_protocol import __version__

from .. import paths
from ..errors import Refusal
from ..launcher import clean_environment, in_sandbox
from ..qt import QtCore
from ..translate import tr
from . import fetching, pythons

INSTALLER = Path(__file__).parent / "installer.py"
CPU_INDEX = "https://download.pytorch.org/whl/cpu"
TURN_MS = 5000
"""So long is waited for an attempt that was just stopped, before it counts as another Krita's."""
_WHEELS = Path(__file__).parents[1] / "wheels"


def wheel() -> str:
    """What is installed: the wheel that came with the plugin, or this version from the index."""
    found = sorted(_WHEELS.glob("gramarye-*.whl"))
    return str(found[-1]) if found else f"gramarye=={__version__}"


class SetupProcess(QtCore.QObject):
    """One attempt. What it says comes as :attr:`told`, an object with the keys that
    :mod:`.installer` names; ``refused`` holds a sentence of our own."""

    told = QtCore.pyqtSignal(object)

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self._process: subprocess.Popen[str] | None = None
        self._stopped = False
        self._thread = threading.Thread(target=self._work, daemon=True)

    def start(self) -> None:
        """Begin.

        Raises:
            Refusal: this Krita may not start programs.
        """
        if in_sandbox():
            raise Refusal(
                tr(
                    "This Krita runs in a sandbox and can set nothing up. Run this in a "
                    "terminal:\n{command}",
                    command="python3 -m pip install --user gramarye && gramarye serve",
                )
            )
        self._thread.start()

    def stop(self) -> None:
        """End it and all that it has started. What was downloaded is there the next time."""
        self._stopped = True
        process = self._process
        if process is None or process.poll() is not None:
            return
        if sys.platform == "win32":
            command = ["taskkill", "/F", "/T", "/PID", str(process.pid)]
            subprocess.run(command, check=False, capture_output=True)
        else:
            with contextlib.suppress(ProcessLookupError):  # it has just ended by itself
                os.killpg(process.pid, signal.SIGTERM)

    def _work(self) -> None:
        """In a thread. Two Kritas must not make one environment at once."""
        try:
            paths.data_dir().mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            self._tell_of(error)
            return
        lock = QtCore.QLockFile(str(paths.setup_lock()))
        lock.setStaleLockTime(0)  # for as long as its Krita lives
        if not lock.tryLock(TURN_MS) and lock.error() == QtCore.QLockFile.LockError.LockFailedError:
            sentence = tr(
                "Another Krita is setting Gramarye up just now. Wait until it is done; then press "
                "Start Daemon in the dialog."
            )
            self._tell({"refused": sentence})
            return
        try:
            self._set_up()
        finally:
            lock.unlock()

    def _set_up(self) -> None:
        try:
            python = pythons.find()
            if python is None and not self._stopped:
                python = fetching.make_environment(
                    paths.environment_dir(__version__),
                    paths.tools_dir(),
                    lambda line: self._tell({"line": line}),
                    os.environ.get("GRAMARYE_UV_INDEX", fetching.INDEX),
                )
            if python is not None and not self._stopped:
                self._listen(python)
        except Refusal as refusal:
            self._tell({"refused": refusal.sentence})
        except OSError as error:
            self._tell_of(error)

    def _listen(self, python: Path) -> None:
        orders = {
            "folder": str(paths.environment_dir(__version__)),
            "wheel": wheel(),
            "launcher": str(paths.launcher_file()),
            "version": __version__,
            "cpu_index": os.environ.get("GRAMARYE_TORCH_CPU_INDEX", CPU_INDEX),
        }
        flags = 0
        if sys.platform == "win32":
            flags = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
        self._process = process = subprocess.Popen(
            [str(python), "-I", str(INSTALLER), json.dumps(orders)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            env={**clean_environment(os.environ), "PYTHONUNBUFFERED": "1"},
            start_new_session=True,
            creationflags=flags,
        )
        assert process.stdout is not None
        ended = False
        for line in process.stdout:
            said = _message(line)
            ended = ended or "done" in said or "failed" in said
            self._tell(said)
        process.wait()
        if not ended:
            self._tell({"failed": "died", "detail": str(process.returncode)})

    def _tell_of(self, error: OSError) -> None:
        self._tell({"failed": "folder", "detail": f"{error.strerror}: {error.filename}"})

    def _tell(self, said: dict[str, Any]) -> None:
        if not self._stopped:
            self.told.emit(said)


def _message(line: str) -> dict[str, Any]:
    try:
        said = json.loads(line)
    except ValueError:
        said = None
    return said if isinstance(said, dict) else {"line": line.strip()[:300]}
