"""Import another zip over the plugin through Krita's own menu entry, then use the plugin."""

from gramarye_krita.qt import QtCore, QtWidgets


def scenario(driver):
    driver.open(driver.args["picture"])
    yield 1000
    if driver.args["in_use"]:
        yield from driver.open_dialog()
        yield from driver.ready()
    driver.values["asked"] = asked = []
    yes = QtCore.QTimer()
    yes.timeout.connect(lambda: _agree(driver, asked))
    yes.start(300)
    importer = next(one for one in driver.app.extensions() if hasattr(one, "do_import"))
    QtCore.QTimer.singleShot(0, lambda: importer.do_import(driver.args["zip"]))
    yield from driver.until(lambda: len(asked) == 2, "the importer's questions")
    yes.stop()
    yield 500
    if driver.args["in_use"]:
        yield from _paint(driver)
        return
    QtCore.QTimer.singleShot(0, driver.app.action("gramarye_style_transfer").trigger)
    yield from driver.until(lambda: isinstance(_box(), QtWidgets.QMessageBox), "the message")
    driver.shot("upgrade")
    driver.values["said"] = _box().text()
    _box().accept()
    yield 300


def _box():
    return QtWidgets.QApplication.activeModalWidget()


def _agree(driver, asked):
    box = _box()
    if isinstance(box, QtWidgets.QMessageBox):
        asked.append(box.text())
        driver.shot(f"import-{len(asked)}")
        box.button(QtWidgets.QMessageBox.StandardButton.Yes).click()


def _paint(driver):
    driver.choose(driver.args["style"])
    yield 300
    before = driver.layers()
    driver.dialog.apply_button.click()
    yield from driver.until(lambda: driver.layers() != before, "the new layer", 120)
    driver.values["layers"] = driver.layers()
