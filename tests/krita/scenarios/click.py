"""The same by hand: real clicks and keys through the menus, the file dialog and the dialog."""

from importlib import import_module

from gramarye_krita.qt import QtWidgets

hands = import_module("gramarye_driver.hands")


def scenario(driver):
    driver.open(driver.args["picture"])
    yield 1000
    before = driver.layers()
    yield from hands.filter_menu(driver, "gramarye_style_transfer", shot="click-menu")
    yield from driver.until(lambda: driver.dialog is not None, "the dialog")
    yield from driver.ready()
    dialog = driver.dialog
    yield from _add_a_file(driver, dialog)
    driver.click(dialog.controls.quality)
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


def _add_a_file(driver, dialog):
    menu = dialog.gallery.add_button.menu()
    driver.click(dialog.gallery.add_button)
    yield from driver.until(menu.isVisible, "the menu of Add")
    yield 200
    place = menu.actionGeometry(dialog.gallery.add_actions[0]).center()
    driver.click(menu, place.x(), place.y())
    yield from driver.until(_file_dialog, "the file dialog")
    yield 500
    driver.shot("click-files")
    driver.xdotool("type", "--delay", 5, driver.args["style"])
    driver.xdotool("key", "Return")
    yield from driver.until(lambda: not _file_dialog(), "the file dialog to close")
    yield from driver.until(
        lambda: [style.path for style in dialog.choices().styles] == [driver.args["style"]],
        "the style",
    )


def _file_dialog():
    return isinstance(QtWidgets.QApplication.activeModalWidget(), QtWidgets.QFileDialog)
