"""The only file that imports Krita's Python API, which no type checker can see."""

from __future__ import annotations

from typing import Any

import krita as _krita  # pyright: ignore[reportMissingImports]

Extension: Any = _krita.Extension
DockWidget: Any = _krita.DockWidget
DockWidgetFactory: Any = _krita.DockWidgetFactory
DockWidgetFactoryBase: Any = _krita.DockWidgetFactoryBase
Krita: Any = _krita.Krita
qt_version: str = _krita.qVersion()


def application() -> Any:
    """The running Krita."""
    return Krita.instance()


def icon(name: str) -> Any:
    """One of Krita's own icons, in the colour of its theme."""
    return application().icon(name)
