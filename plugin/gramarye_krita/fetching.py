"""A better network for a daemon that has none: offered, fetched by it, and used at once."""

from __future__ import annotations

from typing import Any

from gramarye_protocol import WeightsReport

from .connection import Connection
from .logic.weights import arrived_words
from .model import Daemon
from .qt import QtCore
from .ui.dialog import StyleDialog

_NOT_HERE = "weights-fixed"


class WeightsDesk(QtCore.QObject):
    """Joins the dialog's line about weights with the daemon that fetches them."""

    def __init__(self, dialog: StyleDialog, connection: Connection, parent: Any) -> None:
        super().__init__(parent)
        self._dialog, self._connection = dialog, connection
        self._pane = dialog.daemon.weights
        self._asked = False
        connection.changed.connect(self._seen)
        connection.weights_told.connect(self._told)
        self._pane.fetch_wanted.connect(lambda: connection.weights("fetch"))
        self._pane.stop_wanted.connect(lambda: connection.weights("stop"))

    def _seen(self, daemon: Daemon) -> None:
        """Ask what is to be had where it is missing; whoever asked is told how it goes on."""
        lacking = daemon.ready and daemon.features == "builtin"
        if lacking and not self._asked:
            self._connection.weights("offer")
        elif not lacking:
            self._pane.show_report(None)
        self._asked = lacking

    def _told(self, report: WeightsReport) -> None:
        if report.state == "failed":
            if report.code == _NOT_HERE:
                self._pane.show_report(None)
                return
            self._dialog.say(report.sentence, trouble=True)
            self._connection.weights("offer")
        elif report.state == "done":
            self._pane.show_report(None)
            self._dialog.say(arrived_words(report))
        else:
            self._pane.show_report(report)
