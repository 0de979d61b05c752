"""Sets the daemon up when the artist asks for it, and starts it then."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gramarye_protocol import __version__

from . import paths
from .errors import Refusal
from .launcher import read_python
from .logic.setting_up import Setup, begun
from .qt import QtCore
from .setting_up.process import SetupProcess
from .ui.setup import SetupWindow


def is_set_up() -> bool:
    """Whether it is recorded where the daemon is, and it is still there."""
    try:
        read_python(paths.launcher_file())
    except Refusal:
        return False
    return True


def is_ours() -> bool:
    """Whether the daemon's Python lies in an environment that was made here."""
    try:
        python = read_python(paths.launcher_file())
    except Refusal:
        return False
    return any(one.parent == paths.data_dir() for one in python.parents)


class SetupDesk(QtCore.QObject):
    """The window and the process behind it. ``ready`` is called once the daemon can be started."""

    def __init__(self, dialog: Any, ready: Callable[[], None]) -> None:
        super().__init__(dialog)
        self._dialog, self._ready = dialog, ready
        self._window: SetupWindow | None = None
        self._process: SetupProcess | None = None
        self._setup = Setup()

    def show(self) -> None:
        """Ask the artist."""
        if self._window is None:
            place = str(paths.environment_dir(__version__))
            self._window = SetupWindow(self._dialog, place)
            self._window.begin_pressed.connect(self._begin)
            self._window.stop_pressed.connect(self._stop)
        if self._setup.done:
            self._setup = Setup()
        self._tell()
        self._window.show()
        self._window.raise_()

    def close(self) -> None:
        """Krita ends, and so does the setup; it goes on from there the next time."""
        if self._process is not None:
            self._process.stop()

    def _begin(self) -> None:
        self._process = SetupProcess(self)
        self._process.told.connect(self._heard)
        self._setup = begun()
        try:
            self._process.start()
        except Refusal as refusal:
            self._setup = self._setup.heard({"refused": refusal.sentence})
        self._tell()

    def _stop(self) -> None:
        if self._process is not None:
            self._process.stop()
            self._setup = self._setup.stopped()
        self._tell()

    def _heard(self, said: dict[str, Any]) -> None:
        if self.sender() is not self._process:
            return  # of an attempt that was stopped
        self._setup = self._setup.heard(said)
        self._tell()
        if self._setup.done:
            self._ready()

    def _tell(self) -> None:
        if self._window is not None:
            self._window.show_setup(self._setup)
