"""The only file that names a Qt binding.

It follows Krita's own Qt: with both bindings installed, importing the wrong one can crash Krita.
Enumerations are always written in full (``Qt.AlignmentFlag.AlignLeft``), which both understand.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from .host import qt_version

_BINDING = f"PyQt{qt_version.split('.')[0]}"

QtCore: Any = import_module(f"{_BINDING}.QtCore")
QtGui: Any = import_module(f"{_BINDING}.QtGui")
QtWidgets: Any = import_module(f"{_BINDING}.QtWidgets")
sip: Any = import_module(f"{_BINDING}.sip")
Qt: Any = QtCore.Qt

# Qt 6 moved these two.
QAction: Any = getattr(QtGui, "QAction", None) or QtWidgets.QAction
QShortcut: Any = getattr(QtGui, "QShortcut", None) or QtWidgets.QShortcut
