"""Asking ``gramarye doctor`` what is wrong, beside the GUI, which never waits for it."""

from __future__ import annotations

import os
from typing import Any

from . import paths
from .errors import Refusal
from .launcher import clean_environment, in_sandbox, read_python
from .logic.diagnostics import doctor_lines
from .qt import QtCore

PATIENCE_MS = 90_000
"""It imports torch twice, perhaps from a cold disk."""

_ALONE = "(not asked: this Krita runs in a sandbox; run in a terminal: gramarye doctor)"
_LATE = f"(no answer within {PATIENCE_MS // 1000} s)"


class Checkup(QtCore.QObject):
    """Runs the recorded Python's doctor, one at a time."""

    done = QtCore.pyqtSignal(list)
    """Its findings, as lines for a report; or why there are none."""

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self._process: Any = None
        self._patience = QtCore.QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE_MS)
        self._patience.timeout.connect(lambda: self._end([_LATE]))

    @property
    def running(self) -> bool:
        """Whether it has not answered yet."""
        return self._process is not None

    def start(self, address: str) -> None:
        """Ask about this machine and the daemon at this address; :attr:`done` tells the answer,
        at once where nobody can be asked."""
        if in_sandbox():
            self.done.emit([_ALONE])
            return
        try:
            python = read_python(paths.launcher_file())
        except Refusal as refusal:
            self.done.emit([f"(not asked: {refusal.sentence})"])
            return
        environment = QtCore.QProcessEnvironment()
        for name, value in clean_environment(os.environ).items():
            environment.insert(name, value)
        self._process = process = QtCore.QProcess(self)
        process.setProcessEnvironment(environment)
        process.setWorkingDirectory(str(paths.data_dir()))  # python -m looks there first
        process.finished.connect(lambda *_: self._finished())
        process.errorOccurred.connect(lambda *_: self._failed())
        self._patience.start()
        process.start(str(python), ["-m", "gramarye", "doctor", "--json", "--daemon", address])

    def close(self) -> None:
        """Ask nobody any more, and tell nothing."""
        self._patience.stop()
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.waitForFinished(1000)
            process.deleteLater()

    def _finished(self) -> None:
        if self._process is not None:
            said = bytes(self._process.readAllStandardOutput())
            errors = bytes(self._process.readAllStandardError())
            self._end(doctor_lines(said, errors))

    def _failed(self) -> None:
        """It did not start at all; whatever else goes wrong ends it, which is told apart."""
        unstarted = QtCore.QProcess.ProcessError.FailedToStart
        if self._process is not None and self._process.error() == unstarted:
            self._end([f"(it could not be started: {self._process.errorString()})"])

    def _end(self, lines: list[str]) -> None:
        self.close()
        self.done.emit(lines)
