"""Krita's Python has no zmq: the menu entry and the docker stay, and say what to install."""

from gramarye_krita.qt import QtCore, QtWidgets


def scenario(driver):
    driver.open(driver.args["picture"])
    yield 1000
    # The message is modal, so the trigger must not be waited for here.
    QtCore.QTimer.singleShot(0, driver.app.action("gramarye_style_transfer").trigger)
    yield from driver.until(lambda: isinstance(_box(), QtWidgets.QMessageBox), "the message")
    yield 300
    driver.shot("no-zmq")
    driver.values["said"] = _box().text()
    _box().accept()
    driver.docker()
    yield 500
    driver.values["docker"] = driver.docker().note.text()
    driver.shot("no-zmq-docker")


def _box():
    return QtWidgets.QApplication.activeModalWidget()
