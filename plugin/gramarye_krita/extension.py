"""What Krita sees: an extension with a submenu of the Filter menu."""

from __future__ import annotations

import sys
from typing import Any

from .host import Extension, application
from .logic.menu import closed_words
from .paths import wheels_dir
from .qt import Qt, QtCore, QtWidgets
from .translate import speak, tr

MENU = "gramarye_menu"
STYLE_TRANSFER = "gramarye_style_transfer"
REPEAT = "gramarye_repeat"
SELECTED = "gramarye_apply_to_selected"
FROM_LAYER = "gramarye_style_from_layer"


class GramaryeExtension(Extension):
    """Adds Filter ▸ Style Transfer to every window."""

    def __init__(self, parent: Any) -> None:
        super().__init__(parent)
        self._transfers: list[Any] = []
        self._actions: dict[int, list[Any]] = {}
        """By the window that they belong to."""

    def setup(self) -> None:
        """Close the sockets before Krita ends: an open one can keep it from ending."""
        speak(languages())
        notifier = application().notifier()
        notifier.setActive(True)
        notifier.applicationClosing.connect(self._close_all)
        for happening in (notifier.imageCreated, notifier.imageClosed, notifier.viewClosed):
            happening.connect(lambda *_: QtCore.QTimer.singleShot(0, self._explain))

    def createActions(self, window: Any) -> None:  # noqa: N802 - Krita's name
        """Called for each window; the transfer itself is made at the first use."""
        main = window.qwindow()  # Krita drops its own window object after this call
        key = id(main)
        made: list[Any] = []

        def use(verb: str) -> None:
            if not made:
                made.extend(self._make(main))
            for transfer in made:
                getattr(transfer, verb)()

        parent = window.createAction(MENU, tr("Style Transfer"), "filter")
        menu = QtWidgets.QMenu(MENU, main)
        menu.setToolTipsVisible(True)
        # Krita 5.3 sorts the entries by their names
        menu.aboutToShow.connect(lambda: menu.addActions(self._actions.get(key, [])))
        parent.setMenu(menu)
        for name, text, verb in (
            (STYLE_TRANSFER, tr("Style Transfer…"), "show"),
            (REPEAT, tr("Repeat Last Style"), "repeat"),
            (SELECTED, tr("Apply to Selected Layers"), "apply_to_selected"),
            (FROM_LAYER, tr("Style from Layer…"), "style_from_layer"),
        ):
            action = window.createAction(name, text, f"filter/{MENU}")
            action.triggered.connect(lambda *_, verb=verb: use(verb))
            self._actions.setdefault(key, []).append(action)
        main.destroyed.connect(lambda *_: self._actions.pop(key, None))
        self._explain()

    def _explain(self) -> None:
        """Say on each entry what it does, or why it is greyed out."""
        why_not = closed_words(len(application().documents()))
        for action in (one for actions in self._actions.values() for one in actions):
            tip = why_not or tips()[action.objectName()]
            action.setToolTip(tip)
            action.setStatusTip(tip)

    def _make(self, main: Any) -> list[Any]:
        try:
            from .controller import StyleTransfer  # needs zmq, which Krita may not have
        except ImportError as error:
            _tell(main, missing_words(error))
            return []
        transfer = StyleTransfer(main)
        self._transfers.append(transfer)
        main.destroyed.connect(lambda *_: self._close(transfer))
        return [transfer]

    def _close(self, transfer: Any) -> None:
        if transfer in self._transfers:
            self._transfers.remove(transfer)
            transfer.close()

    def _close_all(self) -> None:
        while self._transfers:
            self._transfers.pop().close()


def tips() -> dict[str, str]:
    """What each entry does."""
    return {
        STYLE_TRANSFER: tr("Paint layers in the style of another picture"),
        REPEAT: tr("Paint the active layer in the style that was applied last"),
        SELECTED: tr("Paint each layer that is selected in the Layers docker"),
        FROM_LAYER: tr("Choose a layer or an open picture as the style"),
    }


def languages() -> list[str]:
    """The artist's languages: the one chosen in Krita, or else the system's."""
    chosen, system = QtCore.QLocale(), QtCore.QLocale.system()
    if chosen.name() != system.name():
        return [chosen.name()]
    return [*system.uiLanguages(), chosen.name()]


def _tell(main: Any, sentence: str) -> None:
    """A message whose command can be copied."""
    box = QtWidgets.QMessageBox(main)
    box.setIcon(QtWidgets.QMessageBox.Icon.Warning)
    box.setWindowTitle(tr("Style Transfer"))
    box.setText(sentence)
    box.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.open()


def missing_words(error: ImportError) -> str:
    """What to install when Krita's Python lacks something, in the artist's own terms."""
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    if not (error.name or "").startswith("zmq"):
        return tr(
            "Gramarye's plugin is incomplete ({error}). "
            "Run “gramarye krita install” in a terminal and restart Krita.",
            error=error,
        )
    return tr(
        "Krita's Python has no ZeroMQ, which Gramarye needs to talk to its daemon. "
        "If Krita comes from your Linux distribution, install its package python3-zmq. "
        "Otherwise run this in a terminal:\n\n{command}\n\nThen restart Krita.",
        command=f"python3 -m pip install --only-binary=:all: --python-version {version} "
        f'--target "{wheels_dir()}" pyzmq',
    )


def register() -> None:
    """Add the extension to the running Krita."""
    application().addExtension(GramaryeExtension(application()))
