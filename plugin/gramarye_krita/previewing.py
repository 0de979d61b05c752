"""The live preview: a part of the picture as a quick job, made anew when something changes.

It looks at what there is to paint, asks the daemon for the part, and shows it; what was asked
before is cancelled. The same way it asks what the whole job would take: a job of the same size,
which is cancelled as soon as the daemon has said it.
"""

from __future__ import annotations

from typing import Any

from gramarye_protocol import (
    Event,
    Failure,
    Finished,
    Plane,
    Progressed,
    Settings,
    describe,
    job_of,
)

from .canvas import reading, targets
from .canvas.images import image_of, preview_image
from .canvas.source import Source
from .connection import Connection
from .errors import Refusal
from .logic import telling
from .logic.asking import Crop, crop_of, preview_settings, settings_for, style_side
from .logic.choices import Choices
from .logic.docket import aside
from .logic.sizes import fit
from .qt import QtCore, QtGui
from .shown import thumbnail_of
from .styles import outlined_regions, style_planes, with_regions
from .translate import tr, trn
from .ui.dialog import StyleDialog

PATIENCE_MS = 450
"""So long nothing may change before a preview begins."""
SETTLED_MS = 800
"""So long another layer must be active: longer than the time between two looks."""
SIDE = 192
"""Of the part, in pixels of the working size."""
LARGEST_ASKED = 1 << 22
"""Pixels of the largest job whose time is asked for: the question carries as many bytes."""


class Previewer(QtCore.QObject):
    """Keeps the dialog's preview and estimate up to date."""

    def __init__(self, dialog: StyleDialog, connection: Connection, parent: Any) -> None:
        super().__init__(parent)
        self._dialog, self._connection = dialog, connection
        self._pane = dialog.preview
        self._document: Any = None
        self._view: Any = None
        self._seen: Any = None
        self._begun: Any = None
        self._elsewhere = False
        self._job = ""
        self._question = ""
        self._layers = 1
        self._timer = QtCore.QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(lambda: self._begin(self._pane.follow.isChecked()))
        self._pane.moved.connect(self.refresh)
        self._pane.refresh_wanted.connect(lambda: self._begin(True))

    def look_at(self, document: Any, view: Any, seen: Any) -> None:
        """This is what is open now, in a word that is another for everything else; the preview
        follows, unless the artist was elsewhere for a moment only: a new layer is active at first.
        """
        self._document, self._view, self._seen = document, view, seen
        if seen != self._begun:
            if not self._timer.isActive():
                self._elsewhere = True
                self._timer.start(SETTLED_MS)
        elif self._elsewhere:
            self._elsewhere = False
            self._timer.stop()

    def refresh(self) -> None:
        """Something changed: begin anew once nothing changes any more."""
        self._elsewhere = False
        self.stop()
        if self._dialog.isVisible():
            self._timer.start(PATIENCE_MS)

    def follow(self, following: bool) -> None:
        """Follow from now on; or no longer, and what is shown stays."""
        if following:
            self.refresh()
        else:
            self.stop()

    def stop(self) -> None:
        """Cancel what is on its way."""
        self._timer.stop()
        for job in (self._job, self._question):
            if job:
                self._connection.cancel(job)
        self._job = self._question = ""

    def take(self, event: Event) -> bool:
        """Act on an event of the protocol; whether it was about the preview."""
        job = job_of(event)
        if job is None or job not in (self._job, self._question):
            return False
        if job == self._question:
            self._answered(event)
        else:
            self._shown(event)
        return True

    # --- asking

    def _begin(self, painting: bool) -> None:
        """Look at the picture; ask for the part and for the time, as far as somebody computes."""
        self.stop()
        self._begun, self._elsewhere = self._seen, False
        if self._document is None:
            self._empty("")
            return
        choices = self._dialog.choices()
        try:
            found = targets.targets(targets.Input(choices.input), self._document, self._view)
            area = reading.extent(found[0], selection_only=choices.selection_only)
            self._show_overview(found[0])
            if choices.styles:
                self._ask(choices, found, area, painting)
            else:
                self._show_before(found[0], area, choices)
                self._pane.say("")
        except Refusal as refusal:
            self._empty(refusal.sentence)

    def _ask(
        self, choices: Choices, found: list[Any], area: tuple[int, int, int, int], painting: bool
    ) -> None:
        settings = settings_for(choices, area[2], area[3])
        assert settings.size is not None
        crop = crop_of(area, settings.size, self._pane.overview.centre, SIDE)
        source = self._show_crop(found[0], area, crop)
        if not self._connection.daemon.ready:
            self._pane.say(tr("The preview begins once the daemon is there."))
            return
        styles = style_planes(choices, style_side(choices, settings), source.profile)
        if painting:
            longest = max(max(plane.width, plane.height) for plane, _ in styles)
            wanted = preview_settings(settings, crop, longest)
            try:
                wanted, regions = with_regions(choices, wanted, source.place, part=True)
            except Refusal as refusal:
                self._pane.say(refusal.sentence)
            else:
                self._job = aside()
                self._connection.submit(self._job, wanted, [source.plane(), *styles, *regions])
                self._pane.say(tr("Painting the preview…"))
        else:
            self._pane.say(tr("Press Refresh for a preview."))
        self._layers = len(found)
        self._ask_for_time(*outlined_regions(choices, settings), area, styles)

    def _ask_for_time(
        self,
        settings: Settings,
        regions: list[tuple[Plane, Any]],
        area: tuple[int, int, int, int],
        styles: list[tuple[Plane, Any]],
    ) -> None:
        assert settings.size is not None
        self._dialog.show_estimate("")
        width, height = fit(area[2], area[3], settings.size)
        if width * height > LARGEST_ASKED:
            return
        ramp = bytes(range(256)) * (width * height // 256 + 1)
        grey = ramp[: width * height]
        self._question = aside()
        plane = describe("content", width, height, "GRAY", "u8", grey)
        self._connection.submit(self._question, settings, [(plane, grey), *styles, *regions])

    # --- showing

    def _show_overview(self, target: Any) -> None:
        side = round(self._pane.overview.width() * self._pane.devicePixelRatioF())
        self._pane.overview.show_image(thumbnail_of(target, side))

    def _show_before(self, target: Any, area: tuple[int, int, int, int], choices: Choices) -> None:
        size = max(16, min(choices.size or max(area[2:]), max(area[2:])))
        self._show_crop(target, area, crop_of(area, size, self._pane.overview.centre, SIDE))

    def _show_crop(self, target: Any, area: tuple[int, int, int, int], crop: Crop) -> Source:
        """The part as it is; returns it."""
        left, top, width, height = area
        self._pane.overview.show_part(
            (crop.x - left) / width,
            (crop.y - top) / height,
            crop.width / width,
            crop.height / height,
        )
        source = reading.read(target, selection_only=False, box=crop.box)
        self._pane.split.show_before(image_of(source))
        return source

    def _empty(self, words: str) -> None:
        self._pane.split.show_before(QtGui.QImage())
        self._pane.overview.show_image(QtGui.QImage())
        self._pane.say(words)
        self._dialog.show_estimate("")

    def _shown(self, event: Event) -> None:
        if isinstance(event, Failure):
            self._job = ""
            self._pane.say(telling.failure_words(event))
        elif isinstance(event, Finished):
            self._job = ""
            self._connection.received(event.result.job)
            self._pane.split.show_after(preview_image(event.result.plane, event.pixels))
            self._pane.say(tr("Up to date. A quick draft of this part."))
        elif isinstance(event, Progressed) and event.progress.preview is not None:
            self._pane.split.show_after(preview_image(event.progress.preview, event.preview))

    def _answered(self, event: Event) -> None:
        if isinstance(event, Failure | Finished):
            self._question = ""
            if isinstance(event, Finished):
                self._connection.received(event.result.job)
        elif isinstance(event, Progressed) and event.progress.estimate is not None:
            job, self._question = self._question, ""
            self._connection.cancel(job)
            words = telling.estimate_words(event.progress.estimate)
            self._dialog.show_estimate(
                trn(
                    "Takes {estimate}",
                    "{number} layers, each {estimate}",
                    self._layers,
                    estimate=words,
                )
            )
