"""The same by hand: real clicks and keys through the menu, the file dialog and the dialog."""

from gramarye_krita.qt import QtWidgets


def scenario(driver):
    driver.open(driver.args["picture"])
    yield 1000
    before = driver.layers()
    yield from _choose_in_filter_menu(driver, "gramarye_style_transfer")
    yield from driver.until(lambda: driver.dialog is not None, "the dialog")
    yield from driver.ready()
    dialog = driver.dialog
    driver.click(dialog.choose_button)
    yield from driver.until(_file_dialog, "the file dialog")
    yield 500
    driver.shot("click-files")
    driver.xdotool("type", "--delay", 5, driver.args["style"])
    driver.xdotool("key", "Return")
    yield from driver.until(lambda: not _file_dialog(), "the file dialog to close")
    yield from driver.until(lambda: dialog.choices().style == driver.args["style"], "the style")
    driver.click(dialog.quality_box)
    yield 400
    driver.xdotool("key", "Home", "Return")
    yield from driver.until(lambda: dialog.choices().quality == "draft", "the quality")
    driver.click(dialog.apply_button)
    yield from driver.until(lambda: driver.layers() != before, "the new layer")
    yield 500
    driver.shot("click-done")
    driver.values["layers"] = driver.layers()
    driver.click(dialog.close_button)
    yield from driver.until(lambda: not dialog.isVisible(), "the dialog to close")
    driver.window().activateWindow()
    yield 300
    driver.xdotool("key", "ctrl+z")
    yield from driver.until(lambda: driver.layers() == before, "the undo")


def _choose_in_filter_menu(driver, name):
    bar = driver.window().menuBar()
    entry = next(one for one in bar.actions() if one.text().replace("&", "") == "Filter")
    place = bar.actionGeometry(entry).center()
    driver.click(bar, place.x(), place.y())
    menu = entry.menu()
    yield from driver.until(menu.isVisible, "the Filter menu")
    yield 300
    driver.shot("click-menu")
    action = next(one for one in menu.actions() if one.objectName() == name)
    place = menu.actionGeometry(action).center()
    driver.click(menu, place.x(), place.y())


def _file_dialog():
    return isinstance(QtWidgets.QApplication.activeModalWidget(), QtWidgets.QFileDialog)
