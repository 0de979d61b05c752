"""Stands in for Krita 6, which cannot be had here: it says which Qt it has, and gives icons."""

from typing import Any

from PyQt6 import QtCore, QtGui, QtWidgets  # pyright: ignore[reportMissingImports]


class Extension(QtCore.QObject):
    """What Krita's extensions derive from."""


class DockWidget(QtWidgets.QDockWidget):
    """What Krita's dockers derive from."""


class DockWidgetFactoryBase:
    """Where a docker is at first."""

    DockRight = 1


class DockWidgetFactory:
    """Makes a docker for each window."""

    def __init__(self, name, place, kind):
        self.make = kind


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
