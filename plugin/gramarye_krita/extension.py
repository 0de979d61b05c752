"""What Krita sees: an extension with one entry in the Filter menu."""

from __future__ import annotations

import sys
from typing import Any

from .host import Extension, application
from .paths import wheels_dir
from .qt import Qt, QtWidgets

ACTION = "gramarye_style_transfer"


class GramaryeExtension(Extension):
    """Adds Filter ▸ Style Transfer… to every window."""

    def __init__(self, parent: Any) -> None:
        super().__init__(parent)
        self._transfers: list[Any] = []

    def setup(self) -> None:
        """Close the sockets before Krita ends: an open one can keep it from ending."""
        notifier = application().notifier()
        notifier.setActive(True)
        notifier.applicationClosing.connect(self._close_all)

    def createActions(self, window: Any) -> None:  # noqa: N802 - Krita's name
        """Called for each window; the transfer itself is made at the first use."""
        main = window.qwindow()  # Krita drops its own window object after this call
        made: list[Any] = []

        def show() -> None:
            if not made:
                made.extend(self._make(main))
            for transfer in made:
                transfer.show()

        action = window.createAction(ACTION, "Style Transfer…", "filter")
        action.triggered.connect(lambda *_: show())

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


def _tell(main: Any, sentence: str) -> None:
    """A message whose command can be copied."""
    box = QtWidgets.QMessageBox(main)
    box.setIcon(QtWidgets.QMessageBox.Icon.Warning)
    box.setWindowTitle("Style Transfer")
    box.setText(sentence)
    box.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.open()


def missing_words(error: ImportError) -> str:
    """What to install when Krita's Python lacks something, in the artist's own terms."""
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    if not (error.name or "").startswith("zmq"):
        return (
            f"Gramarye's plugin is incomplete ({error}). "
            "Run “gramarye krita install” in a terminal and restart Krita."
        )
    return (
        "Krita's Python has no ZeroMQ, which Gramarye needs to talk to its daemon. "
        "If Krita comes from your Linux distribution, install its package python3-zmq. "
        "Otherwise run this in a terminal:\n\n"
        f"python3 -m pip install --only-binary=:all: --python-version {version} "
        f'--target "{wheels_dir()}" pyzmq\n\n'
        "Then restart Krita."
    )


def register() -> None:
    """Add the extension to the running Krita."""
    application().addExtension(GramaryeExtension(application()))
