"""What Krita sees: an extension with a submenu of the Filter menu."""

from __future__ import annotations

from typing import Any

from . import docker
from .host import Extension, application
from .logic.menu import closed_words
from .native import missing_words
from .qt import Qt, QtCore, QtWidgets
from .translate import speak, tr
from .updated import restart_words

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
        self._made: dict[int, Any] = {}
        """The same of what was made at the first use."""

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

        def use(verb: str) -> None:
            transfer = self.transfer(main)
            if transfer is not None:
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
        main.destroyed.connect(lambda *_: self._forget(key))
        self._explain()

    def _explain(self) -> None:
        """Say on each entry what it does, or why it is greyed out."""
        why_not = closed_words(len(application().documents()))
        for action in (one for actions in self._actions.values() for one in actions):
            tip = why_not or tips()[action.objectName()]
            action.setToolTip(tip)
            action.setStatusTip(tip)

    def transfer(self, main: Any) -> Any:
        """What this window does with the daemon; ``None`` where Krita lacks something for it."""
        key = id(main)
        if key not in self._made:
            for transfer in self._make(main):
                self._made[key] = transfer
        return self._made.get(key)

    def _forget(self, key: int) -> None:
        self._actions.pop(key, None)
        self._made.pop(key, None)

    def _make(self, main: Any) -> list[Any]:
        if restart := restart_words():
            _tell(main, restart)
            return []
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


def register() -> None:
    """Add the extension and the docker to the running Krita."""
    extension = GramaryeExtension(application())
    application().addExtension(extension)
    docker.register(extension)
