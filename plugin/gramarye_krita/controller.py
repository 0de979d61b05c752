"""One of Krita's windows with the daemon: joins dialog, batches, preview and menu."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from gramarye_protocol import Event

from . import paths, settings
from .canvas import reading
from .canvas import styles as pictures
from .canvas import targets as places
from .canvas.frames import keys_of_active
from .canvas.nodes import selected_nodes
from .connection import Connection
from .daemons import DaemonDesk
from .errors import Refusal
from .fetching import WeightsDesk
from .host import application
from .logic.batch import Batch, State, ending_words
from .logic.choices import Choices, same
from .logic.gallery import tidy
from .logic.menu import closed_words, repeat_words
from .mapping import RegionDesk
from .model import Daemon, Link, away_words, daemon_words
from .previewing import Previewer
from .qt import QtCore, QtGui
from .running import Runner
from .shown import style_of, thumbnail_of
from .styles import keep_picture
from .translate import tr
from .ui.dialog import StyleDialog
from .ui.picker import LayerPicker, Offer
from .ui.status import StatusLine

WATCH_MS = 600
"""How often to look which document and layers are active: Krita does not tell."""
_TROUBLE = (State.FAILED,)


class StyleTransfer(QtCore.QObject):
    """What one of Krita's windows does with the daemon. It lives as long as the window."""

    def __init__(self, main: Any) -> None:
        super().__init__(main)
        self._main = main
        self._seen: tuple[Any, ...] = ()
        self._waiting: list[tuple[Choices, list[Any] | None]] = []
        self._applied: Choices | None = None
        self._gallery = settings.gallery()
        self._connection = Connection(settings.artist(), self)
        self.dialog = StyleDialog(main, settings.address(), settings.artist())
        self._runner = Runner(self._connection, self)
        self._status = StatusLine(main)
        self._desk = DaemonDesk(self.dialog, self._connection, lambda: self._runner.busy, self)
        self._weights = WeightsDesk(self.dialog, self._connection, self)
        self._previewer = Previewer(self.dialog, self._connection, self)
        RegionDesk(self.dialog, lambda: _active()[0], self)
        self._watch = QtCore.QTimer(self)
        self._watch.setInterval(WATCH_MS)
        self._watch.timeout.connect(self._look)
        self._connect()
        self.dialog.show_gallery(self._gallery)
        self.dialog.preview.follow.setChecked(settings.preview_follows())
        self.dialog.show_choices(settings.choices())

    # --- the menu

    def show(self) -> None:
        """Open the dialog, and look for the daemon."""
        self._look_for_daemon()
        self._look()
        self.dialog.show()
        self.dialog.raise_()
        self.dialog.activateWindow()

    def repeat(self) -> None:
        """Do again what was applied last, to what is active now."""
        used = settings.applied()
        if self._applied is not None and used is not None and same(self._applied, used):
            used = self._applied  # with what is kept of it for this picture only
        why_not = repeat_words(len(application().documents()), used is not None)
        if why_not or used is None:
            self.tell(why_not)
        else:
            self._begin_soon(used)

    def apply_to_selected(self) -> None:
        """Paint each layer that is selected in the Layers docker, in the style of the dialog."""
        if why_not := closed_words(len(application().documents())):
            self.tell(why_not)
            return
        choices = replace(self.dialog.choices(), input="selected")
        if choices.styles:
            self._begin_soon(choices)
        else:  # there is no style yet: it is chosen in the dialog
            self.dialog.places.input.set_value("selected")
            self.show()

    def style_from_layer(self) -> None:
        """Choose a layer or an open picture as the style."""
        if why_not := closed_words(len(application().documents())):
            self.tell(why_not)
            return
        self.show()
        self._pick_layer()

    def paint(self, choices: Choices, found: list[Any]) -> None:
        """Paint these layers, as soon as the daemon is there."""
        self._begin_soon(choices, found)

    def paint_active(self, choices: Choices) -> None:
        """Paint what is active now, as something was painted before.

        Raises:
            Refusal: no picture is open.
        """
        if why_not := closed_words(len(application().documents())):
            raise Refusal(why_not)
        self._begin_soon(replace(choices, input="active"))

    def tell(self, sentence: str) -> None:
        """Say it where the artist looks."""
        if self.dialog.isVisible():
            self.dialog.say(sentence, trouble=True)
            return
        window = application().activeWindow()
        view = window.activeView() if window is not None else None
        if view is not None and view.document() is not None:
            view.showFloatingMessage(sentence, QtGui.QIcon(), 5000, 1)
        else:
            self._main.statusBar().showMessage(sentence, 8000)

    def close(self) -> None:
        """Krita or the window goes: drop the connection. An artist's jobs go on at the daemon."""
        self._watch.stop()
        self._previewer.stop()
        self._desk.close()
        self._runner.close()
        self._connection.close()

    # --- starting

    def _look_for_daemon(self) -> None:
        self._desk.want()
        self._connection.open(settings.address())
        self._daemon_changed(self._connection.daemon)

    def _apply(self) -> None:
        self._begin(self.dialog.choices())

    def _begin_soon(self, choices: Choices, found: list[Any] | None = None) -> None:
        """At once where the daemon is there, or when it answers."""
        if self._connection.daemon.ready:
            self._begin(choices, found)
            return
        self._waiting.append((choices, found))
        self._look_for_daemon()

    def _begin(self, choices: Choices, found: list[Any] | None = None) -> None:
        document, view = _active()
        try:
            self._runner.start(choices, document, view, found)
        except Refusal as refusal:
            self.tell(refusal.sentence)
            return
        settings.remember_applied(choices)
        self._applied = choices
        self._use_gallery(self._gallery.used([style.path for style in choices.styles]))
        self.dialog.say("")

    def _stop_and_keep(self, jobs: list[str]) -> None:
        try:
            self._runner.keep(jobs)
        except Refusal as refusal:
            self.tell(refusal.sentence)

    # --- what happens

    def _daemon_changed(self, daemon: Daemon) -> None:
        self.dialog.show_daemon(daemon)
        if daemon.ready:
            waiting, self._waiting = self._waiting, []
            for choices, found in waiting:
                self._begin(choices, found)
            self._previewer.refresh()
            return
        if daemon.link is Link.ABSENT and self._desk.start_again():
            if self._waiting:
                self.tell(daemon_words(self._connection.daemon))
            return
        if daemon.link is Link.REFUSED:
            self._runner.lose(daemon.trouble)
        elif self._runner.busy:
            self._runner.wait(away_words())
        if self._waiting and daemon.link in (Link.ABSENT, Link.REFUSED):
            self._waiting = []
            self.show()
            self.dialog.say(daemon_words(daemon), trouble=True)

    def _happened(self, event: Event) -> None:
        if not self._previewer.take(event):
            self._runner.take(event)

    def _show_progress(self) -> None:
        batches = self._runner.batches
        self.dialog.show_batches(batches)
        self._status.show_batches(batches if self._runner.busy else [])

    def _batch_ended(self, batch: Batch) -> None:
        trouble = any(task.state in _TROUBLE for task in batch.tasks)
        words = ending_words(batch)
        if self.dialog.isVisible():
            self.dialog.say(words, trouble)
        else:
            self.tell(words)

    # --- styles

    def _changed(self) -> None:
        settings.remember_choices(self.dialog.choices())
        self._previewer.refresh()

    def _use_gallery(self, gallery: Any) -> None:
        self._gallery = gallery
        settings.remember_gallery(gallery)
        self.dialog.show_gallery(gallery)

    def _like(self, path: str, liked: bool) -> None:
        self._use_gallery(self._gallery.liked(path, liked))

    def _remove(self, path: str) -> None:
        chosen = [style.path for style in self.dialog.choices().styles if style.path != path]
        self._use_gallery(self._gallery.without(path))
        self.dialog.choose_styles(chosen)
        tidy(paths.styles_dir(), self._gallery, chosen)

    def _bring_in(self, files: list[str]) -> None:
        """Picture files from anywhere become the styles."""
        try:
            for file in files:
                pictures.load_style(file, 64)
        except Refusal as refusal:
            self.dialog.say(refusal.sentence, trouble=True)
            return
        self._use_gallery(self._gallery.used(files))
        self.dialog.choose_styles(files)

    def _keep(self, image: Any, name: str) -> None:
        try:
            self._bring_in([keep_picture(image, name)])
        except Refusal as refusal:
            self.dialog.say(refusal.sentence, trouble=True)

    def _ask_for_file(self) -> None:
        """Without waiting: Krita goes on while the files are looked through."""
        window = self._desk.file_dialog(pictures.FORMATS)
        window.filesSelected.connect(lambda files: self._bring_in(list(files)))
        window.open()

    def _pick_layer(self) -> None:
        offered = places.styles()
        offers = [
            Offer(
                target.name,
                target.document.name() or tr("Untitled"),
                thumbnail_of(target, 96),
                target.node_id is None,
            )
            for target in offered
        ]
        picker = LayerPicker(self.dialog, offers)
        picker.picked.connect(lambda place: self._take_layer(offered[place]))
        picker.open()

    def _take_layer(self, target: Any) -> None:
        try:
            image = style_of(reading.read(target, selection_only=False))
        except Refusal as refusal:
            self.dialog.say(refusal.sentence, trouble=True)
            return
        self._keep(image, target.name)

    # --- looking

    def _look(self) -> None:
        """Follow the artist from picture to picture and from layer to layer."""
        document, view = _active()
        active = document.activeNode() if document is not None else None
        seen = (
            document.rootNode().uniqueId() if document is not None else None,
            active.uniqueId() if active is not None else None,
            tuple(one.uniqueId() for one in selected_nodes(view)) if view is not None else (),
            (document.width(), document.height()) if document is not None else None,
        )
        self.dialog.places.offer_frames(keys_of_active(document))
        if seen != self._seen:
            self._seen = seen
            self.dialog.show_open(document is not None)
            self._previewer.look_at(document, view, seen)

    def _shown(self, shown: bool) -> None:
        if shown:
            self._watch.start()
            self._previewer.refresh()
        else:
            self._watch.stop()
            self._previewer.stop()

    def _connect(self) -> None:
        dialog, runner = self.dialog, self._runner
        self._connection.changed.connect(self._daemon_changed)
        self._connection.happened.connect(self._happened)
        runner.changed.connect(self._show_progress)
        runner.ended.connect(self._batch_ended)
        dialog.apply_pressed.connect(self._apply)
        dialog.changed.connect(self._changed)
        dialog.shown.connect(self._shown)
        dialog.files_dropped.connect(self._bring_in)
        dialog.image_dropped.connect(lambda image: self._keep(image, tr("Pasted picture")))
        dialog.jobs.cancel_pressed.connect(runner.cancel)
        dialog.jobs.keep_pressed.connect(self._stop_and_keep)
        dialog.gallery.liked.connect(self._like)
        dialog.gallery.removed.connect(self._remove)
        dialog.gallery.file_wanted.connect(self._ask_for_file)
        dialog.gallery.layer_wanted.connect(self._pick_layer)
        dialog.preview.switched.connect(settings.remember_preview_follows)
        dialog.preview.switched.connect(self._previewer.follow)
        self._status.clicked.connect(self.show)


def _active() -> tuple[Any, Any]:
    """The document and the view that the artist works in; None where there is none."""
    window = application().activeWindow()
    view = window.activeView() if window is not None else None
    document = application().activeDocument()
    return document, view if document is not None else None
