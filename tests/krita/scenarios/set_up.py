"""Nothing is installed: the daemon is set up from inside Krita, stopped in the middle, and gone on
with until it answers."""

from pathlib import Path

from gramarye_krita import paths
from gramarye_krita.qt import QtCore, QtWidgets


def scenario(driver):
    driver.open(driver.args["picture"])
    yield 1000
    yield from driver.open_dialog()
    pane = driver.dialog.daemon
    yield from driver.until(pane.setup_button.isVisible, "the button Set Up")
    driver.values["absent"] = pane.label.text()
    driver.values["start"] = pane.start_button.isVisible()
    driver.shot("set-up-offered")
    driver.click(pane.setup_button)
    yield 600
    window = driver.window().findChild(QtWidgets.QDialog, "gramarye_setup")
    driver.values["promise"] = window.promise.text()
    driver.shot("set-up-asks")
    other = QtCore.QLockFile(str(paths.setup_lock()))
    assert other.tryLock(0)
    driver.click(window.begin_button)
    yield from driver.until(window.trouble.isVisible, "another Krita", 20)
    driver.values["two"] = window.trouble.text()
    driver.shot("set-up-twice")
    other.unlock()
    driver.click(window.begin_button)
    yield from driver.until(lambda: "PyTorch" in window.words.text(), "the large part", 90)
    yield 400
    driver.shot("set-up-running")
    driver.values["running"] = [window.bar.value(), window.stop_button.isVisible()]
    driver.click(window.stop_button)
    yield 600
    driver.values["stopped"] = window.words.text()
    driver.shot("set-up-stopped")
    Path(driver.args["go"]).touch()  # the index is quick from now on
    driver.click(window.begin_button)
    yield from driver.until(lambda: "is set up" in window.words.text(), "the end", 120)
    driver.values["done"] = window.words.text()
    driver.shot("set-up-done")
    window.reject()
    yield from driver.ready()
    driver.values["ready"] = pane.label.text()
    driver.values["trouble"] = window.trouble.text()
