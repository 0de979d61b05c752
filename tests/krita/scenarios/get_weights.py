"""By hand: VGG-19 is offered, fetched, stopped, fetched again, and paints."""

from gramarye_krita.qt import QtWidgets


def scenario(driver):
    driver.open(driver.args["picture"])
    yield 1000
    yield from driver.open_dialog()
    yield from driver.ready()
    dialog, pane = driver.dialog, driver.dialog.daemon.weights
    driver.values["before"] = dialog.daemon.label.text()
    yield from driver.until(pane.get_button.isVisible, "the offer")
    driver.choose(driver.args["style"])
    yield 500
    driver.shot("weights-offered")
    yield from _get(driver, pane, "weights-question")
    yield from driver.until(lambda: pane.bar.isVisible() and pane.bar.value() > 100, "the bar")
    driver.values["coming"] = pane.bar.text()
    yield 300
    driver.shot("weights-coming")
    driver.click(pane.stop_button)
    yield from driver.until(pane.get_button.isVisible, "the stop")
    yield from _get(driver, pane, "weights-again")
    yield from driver.until(lambda: "VGG-19" in dialog.daemon.label.text(), "VGG-19", 90)
    yield 300
    driver.values["after"] = dialog.daemon.label.text()
    driver.values["said"] = driver.said()
    driver.values["offered still"] = pane.isVisible()
    driver.shot("weights-here")
    before = driver.layers()
    driver.click(dialog.apply_button)
    yield from driver.until(lambda: driver.layers() != before, "the new layer")


def _get(driver, pane, name):
    driver.click(pane.get_button)
    yield from driver.until(_question, "the question")
    yield 500
    driver.values[name] = pane.yes_button.window().informativeText()
    driver.shot(name)
    driver.click(pane.yes_button)
    yield from driver.until(lambda: not _question(), "the question to close")


def _question():
    window = QtWidgets.QApplication.activeModalWidget()
    return window if isinstance(window, QtWidgets.QMessageBox) else None
