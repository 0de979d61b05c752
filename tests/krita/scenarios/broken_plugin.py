"""The plugin cannot be loaded: its menu entry is there, and says why."""

from gramarye_krita.qt import QtCore, QtWidgets


def scenario(driver):
    driver.open(driver.args["picture"])
    yield 1000
    QtCore.QTimer.singleShot(0, driver.app.action("gramarye_style_transfer").trigger)
    yield from driver.until(lambda: isinstance(_box(), QtWidgets.QMessageBox), "the message")
    yield 300
    driver.shot("broken-plugin")
    driver.values["said"] = _box().text()
    _box().accept()
    yield 300


def _box():
    return QtWidgets.QApplication.activeModalWidget()
