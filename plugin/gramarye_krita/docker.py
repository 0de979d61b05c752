"""The docker as Krita sees it: Settings ▸ Dockers ▸ Style Transfer Jobs, one for each window."""

from __future__ import annotations

from typing import Any

from .host import DockWidget, DockWidgetFactory, DockWidgetFactoryBase, application
from .native import missing_words
from .qt import Qt, QtWidgets
from .translate import tr
from .ui.docker import JobsView
from .updated import restart_words

NAME = "gramarye_jobs"


class JobsDocker(DockWidget):
    """All of the artist's jobs. It costs nothing while it cannot be seen."""

    extension: Any = None

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle(tr("Style Transfer Jobs"))
        self.view = JobsView()
        self.setWidget(self.view)
        self._desk: Any = None
        self._seen = False
        self.view.wanted.connect(self._act)
        self.view.details_wanted.connect(self._tell_details)
        self.view.clear_wanted.connect(lambda: self._desk and self._desk.clear())
        self.visibilityChanged.connect(self._look)
        self.destroyed.connect(lambda *_: self._leave())

    def canvasChanged(self, _canvas: Any) -> None:  # noqa: N802 - Krita's name
        """Every docker is told; the jobs are not the canvas's."""

    def _look(self, visible: bool) -> None:
        """Ask the daemon only while somebody looks."""
        if visible == self._seen:
            return
        self._seen = visible
        if self._desk is None and visible:
            self._desk = self._open_desk()
        if self._desk is not None:
            self._desk.look(visible)
            self._show()

    def _leave(self) -> None:
        """Its window is gone, perhaps without having hidden it."""
        if self._seen and self._desk is not None:
            self._desk.look(False)

    def _open_desk(self) -> Any:
        if restart := restart_words():
            self.view.show_rows([], {}, restart)
            return None
        try:
            from .jobs_desk import desk  # needs zmq, which Krita may not have
        except ImportError as error:
            self.view.show_rows([], {}, missing_words(error))
            return None
        made = desk()
        made.changed.connect(self._show)
        return made

    def _show(self) -> None:
        if self._seen and self._desk is not None:
            rows = self._desk.rows()
            self.view.show_rows(rows, self._desk.pictures(rows), self._desk.note(rows))

    def _act(self, verb: str, jobs: list[str]) -> None:
        window = application().activeWindow()
        transfer = self.extension.transfer(window.qwindow()) if window is not None else None
        if transfer is not None:
            self._desk.act(verb, jobs, transfer)

    def _tell_details(self, job: str) -> None:
        box = QtWidgets.QMessageBox(self)
        box.setObjectName("gramarye_job_details")
        box.setWindowTitle(tr("Style Transfer Job"))
        box.setText(self._desk.details(job))
        box.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()


def register(extension: Any) -> None:
    """Offer the docker in every window of the running Krita."""
    JobsDocker.extension = extension
    factory = DockWidgetFactory(NAME, DockWidgetFactoryBase.DockRight, JobsDocker)
    application().addDockWidgetFactory(factory)
