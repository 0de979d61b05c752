"""Stands in for Krita 6, which cannot be had here: it says which Qt it has, and gives icons."""

from typing import Any

from PyQt6 import QtCore, QtGui  # pyright: ignore[reportMissingImports]


class Extension(QtCore.QObject):
    """What Krita's extensions derive from."""


class Krita:
    """The application, as far as widgets ask for it."""

    running: Any = None

    @staticmethod
    def instance():
        return Krita.running

    def icon(self, name):
        return QtGui.QIcon()


def qVersion():  # noqa: N802 - Krita's name
    return QtCore.qVersion()
