"""One transfer from the press of Apply to the new layer: joins dialog, connection and layers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gramarye_protocol import Accepted, Event, Failure, Finished, Progressed, Sent, Standing, job_of

from . import job as words
from . import layers, pictures, settings
from .connection import Connection
from .dialog import StyleDialog
from .errors import Refusal
from .host import application
from .job import Choices, Job
from .launcher import DaemonProcess
from .model import AWAY, Daemon, Link, check_address
from .qt import QtCore, QtGui

STARTUP_POLL_MS = 300


class StyleTransfer(QtCore.QObject):
    """What one of Krita's windows does with the daemon. It lives as long as the window."""

    def __init__(self, main: Any) -> None:
        super().__init__(main)
        self._job: Job | None = None
        self._source: layers.Source | None = None
        self._process: DaemonProcess | None = None
        self._connection = Connection(settings.artist(), self)
        self._connection.changed.connect(self._daemon_changed)
        self._connection.happened.connect(self._happened)
        self._dialog = StyleDialog(
            main, settings.choices(), settings.recent_styles(), settings.address()
        )
        self._dialog.apply_pressed.connect(self._apply)
        self._dialog.cancel_pressed.connect(self._cancel)
        self._dialog.start_pressed.connect(self._start_daemon)
        self._dialog.address_entered.connect(self._use_address)
        self._startup = QtCore.QTimer(self)
        self._startup.setInterval(STARTUP_POLL_MS)
        self._startup.timeout.connect(self._watch_startup)

    def show(self) -> None:
        """Open the dialog, and look for the daemon."""
        self._connection.open(settings.address())
        self._dialog.show()
        self._dialog.raise_()
        self._dialog.activateWindow()

    def close(self) -> None:
        """Krita or the window goes: drop the connection. A job of an artist with a name goes on."""
        self._startup.stop()
        self._connection.close()

    # --- the artist

    def _apply(self) -> None:
        try:
            self._submit(self._dialog.choices())
        except Refusal as refusal:
            self._dialog.say(refusal.sentence, trouble=True)

    def _submit(self, choices: Choices) -> None:
        source = layers.read_active(application().activeDocument())
        wanted = words.settings_for(choices, source.width, source.height)
        side = wanted.size or max(source.width, source.height)
        style = pictures.load_style(choices.style, side)
        content = pictures.content_plane(
            source.pixels,
            source.width,
            source.height,
            side,
            profile=source.profile,
            offset_x=source.x,
            offset_y=source.y,
        )
        self._job, self._source = Job(Path(choices.style).stem), source
        settings.remember_choices(choices)
        self._dialog.show_preview(QtGui.QImage())
        self._dialog.show_job(self._job)
        self._connection.submit(self._job.id, wanted, [content, pictures.style_plane(style)])

    def _cancel(self) -> None:
        if self._job is not None:
            self._connection.cancel(self._job.id)
            self._end("Cancelled. No layer was added.")

    def _use_address(self, text: str) -> None:
        try:
            address = check_address(text)
        except Refusal as refusal:
            self._dialog.say(refusal.sentence, trouble=True)
            return
        if address == settings.address():
            return
        if self._job is not None:
            self._dialog.say("Cancel the running job first, or wait for its end.", trouble=True)
        else:
            settings.remember_address(address)
            self._connection.open(address)

    def _start_daemon(self) -> None:
        try:
            self._process = DaemonProcess(self._connection.daemon.address)
        except Refusal as refusal:
            self._dialog.say(refusal.sentence, trouble=True)
            return
        self._dialog.say("")
        self._connection.starting()
        self._startup.start()

    # --- the daemon

    def _daemon_changed(self, daemon: Daemon) -> None:
        self._dialog.show_daemon(daemon)
        if self._job is None or daemon.ready:
            return
        if daemon.link is Link.REFUSED:
            self._end(daemon.trouble, trouble=True)
        else:
            self._job.words = AWAY
            self._dialog.show_job(self._job)

    def _watch_startup(self) -> None:
        if self._process is None or self._connection.daemon.link is not Link.STARTING:
            self._startup.stop()
            return
        try:
            self._process.check()
        except Refusal as refusal:
            self._startup.stop()
            self._connection.not_starting()
            self._dialog.say(refusal.sentence, trouble=True)

    def _happened(self, event: Event) -> None:
        job = self._job
        if job is None or job_of(event) != job.id:
            return  # a job that was cancelled here while its news was on its way
        if isinstance(event, Failure):
            self._end(words.failure_words(event), trouble=True)
            return
        if isinstance(event, Finished):
            self._finish(event)
            return
        if isinstance(event, Sent):
            job.words = words.sending_words(event.sent, event.size)
        elif isinstance(event, Accepted):
            job.words = words.waiting_words(event.position)
        elif isinstance(event, Standing):
            job.words = words.standing_words(event.report, job.words)
        elif isinstance(event, Progressed):
            job.words = words.progress_words(event.progress)
            job.step, job.steps = event.progress.step, event.progress.steps
            if event.progress.preview is not None:
                image = pictures.preview_image(event.progress.preview, event.preview)
                self._dialog.show_preview(image)
        self._dialog.show_job(job)

    def _finish(self, event: Finished) -> None:
        job, source, plane = self._job, self._source, event.result.plane
        assert job is not None
        assert source is not None
        try:
            pixels = pictures.layer_pixels(
                plane, event.pixels, source.width, source.height, source.alpha
            )
            changed = layers.add_above(source, f"{source.name} – {job.style_name}", pixels)
        except Refusal as refusal:
            self._end(refusal.sentence, trouble=True)
            return
        self._connection.received(job.id)
        self._dialog.show_preview(pictures.preview_image(plane, event.pixels))
        took = words.time_words(event.result.seconds)
        done = f"Done in {took}: a new layer above “{source.name}”."
        known = event.result.notice == self._connection.daemon.notice  # it stands there already
        notice = "" if known else event.result.notice
        self._end(changed or f"{done} {notice}".strip(), trouble=bool(changed))

    def _end(self, sentence: str, trouble: bool = False) -> None:
        self._job = self._source = None
        self._dialog.show_job(None)
        self._dialog.say(sentence, trouble)
        window = application().activeWindow()
        if not self._dialog.isVisible() and window is not None and window.activeView() is not None:
            window.activeView().showFloatingMessage(sentence, QtGui.QIcon(), 5000, 1)
