"""The daemon as the dialog's lower part deals with it: start, address, name, log, diagnostics."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from gramarye_protocol import __version__

from . import paths, settings
from .checkup import Checkup
from .connection import Connection
from .errors import Refusal
from .host import application
from .launcher import DaemonProcess
from .logic.diagnostics import facts, report
from .model import Daemon, Link, check_address
from .qt import QtCore, QtGui, QtWidgets
from .setup_desk import SetupDesk, is_ours, is_set_up
from .translate import tr
from .ui.dialog import StyleDialog

STARTUP_POLL_MS = 300


class DaemonDesk(QtCore.QObject):
    """Acts on the buttons and fields about the daemon."""

    def __init__(
        self,
        dialog: StyleDialog,
        connection: Connection,
        busy: Callable[[], bool],
        parent: Any,
    ) -> None:
        super().__init__(parent)
        self._dialog, self._connection, self._busy = dialog, connection, busy
        self._process: DaemonProcess | None = None
        self._may_start = False
        self._startup = QtCore.QTimer(self)
        self._startup.setInterval(STARTUP_POLL_MS)
        self._startup.timeout.connect(self._watch_startup)
        self._setup = SetupDesk(dialog, self._set_up)
        self._said = ""
        self._checkup = Checkup(self)
        self._checkup.done.connect(self._copy_report)
        connection.changed.connect(self._seen)
        pane = dialog.daemon
        pane.show_set_up(is_set_up())
        pane.setup_pressed.connect(self._setup.show)
        pane.start_pressed.connect(self._start_here)
        pane.address_entered.connect(self._use_address)
        pane.artist_entered.connect(self._use_artist)
        pane.log_wanted.connect(self._open_log)
        pane.diagnostics_wanted.connect(self._copy_diagnostics)

    def close(self) -> None:
        """Watch nothing any more."""
        self._startup.stop()
        self._setup.close()
        self._checkup.close()

    def file_dialog(self, formats: str) -> Any:
        """A window to choose picture files in, where the last ones were."""
        recent = settings.gallery().recent
        folder = str(Path(recent[0]).parent if recent else Path.home())
        every = tr("Pictures ({formats});;All files (*)", formats=formats)
        window = QtWidgets.QFileDialog(self._dialog, tr("Choose Styles"), folder, every)
        window.setAttribute(QtCore.Qt.WidgetAttribute.WA_DeleteOnClose)
        window.setFileMode(QtWidgets.QFileDialog.FileMode.ExistingFiles)
        return window

    # --- the daemon

    def want(self) -> None:
        """Something is wanted of the daemon: it may be started for that, once."""
        self._may_start = True

    def start_again(self) -> bool:
        """No daemon answers. Where the artist has started one before it is started again; whether
        it was. Elsewhere there may be the end of a tunnel, which must not be taken."""
        here = self._connection.daemon.address == settings.started()
        if not (self._may_start and here and is_set_up()):
            return False
        self._may_start = False
        self._start()
        return self._connection.daemon.link is Link.STARTING

    def _seen(self, daemon: Daemon) -> None:
        if daemon.ready:  # one that goes away later was perhaps told to
            self._may_start = False

    def _set_up(self) -> None:
        """There is a daemon now that can be started."""
        self._dialog.daemon.show_set_up(True)
        self._start_here()

    def _start_here(self) -> None:
        settings.remember_started(self._connection.daemon.address)
        self._start()

    def _start(self) -> None:
        try:
            self._process = DaemonProcess(self._connection.daemon.address)
        except Refusal as refusal:
            self._dialog.daemon.show_set_up(is_set_up())
            self._dialog.say(refusal.sentence, trouble=True)
            return
        self._dialog.say("")
        self._connection.starting()
        self._startup.start()

    def _watch_startup(self) -> None:
        if self._process is None or self._connection.daemon.link is not Link.STARTING:
            self._startup.stop()
            return
        try:
            self._process.check()
        except Refusal as refusal:
            self._startup.stop()
            self._connection.not_starting()
            self._dialog.daemon.show_set_up(not is_ours())  # what we made can be mended
            self._dialog.say(refusal.sentence, trouble=True)

    def _use_address(self, text: str) -> None:
        try:
            address = check_address(text)
        except Refusal as refusal:
            self._dialog.say(refusal.sentence, trouble=True)
            return
        if address != settings.address() and not self._refused():
            settings.remember_address(address)
            self._connection.open(address)

    def _use_artist(self, name: str) -> None:
        """The daemon hears of it in a new conversation."""
        before = settings.artist()
        if name.strip() in ("", before) or self._refused():
            self._dialog.daemon.artist.setText(before)
            return
        settings.remember_artist(name)
        self._connection.rename(settings.artist())

    def _refused(self) -> bool:
        """Jobs that run would be followed no longer."""
        if self._busy():
            sentence = tr("Cancel the running jobs first, or wait for their end.")
            self._dialog.say(sentence, trouble=True)
        return self._busy()

    # --- when something is wrong

    def _open_log(self) -> None:
        log = paths.log_file()
        if log.is_file():
            QtGui.QDesktopServices.openUrl(QtCore.QUrl.fromLocalFile(str(log)))
        else:
            self._dialog.say(
                tr("There is no log yet: {file} is written by a daemon started here.", file=log),
                trouble=True,
            )

    def _copy_diagnostics(self) -> None:
        """Ask the doctor first, who takes some seconds."""
        if not self._checkup.running:
            self._said = self._dialog.said()
            self._dialog.say(tr("Looking at everything. This takes some seconds…"))
            self._checkup.start(self._connection.daemon.address)

    def _copy_report(self, doctor: list[str]) -> None:
        daemon = self._connection.daemon
        log = paths.log_file()
        told = facts(daemon, application().version(), QtCore.qVersion(), __version__, self._said)
        text = log.read_text(encoding="utf-8", errors="replace") if log.is_file() else ""
        QtWidgets.QApplication.clipboard().setText(report(told, text, doctor))
        self._dialog.say(tr("Copied. Paste it into your report; it names no picture."))
