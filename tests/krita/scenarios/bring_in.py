"""Styles come in by drop, by paste, from a layer; some are liked, some removed."""

from gramarye_krita.qt import Qt, QtCore, QtGui, QtWidgets


def scenario(driver):
    driver.open(driver.args["picture"])
    yield 1000
    yield from driver.open_dialog()
    yield from driver.ready()
    dialog = driver.dialog
    dialog.preview.follow.setChecked(False)
    _drop(dialog, urls=[driver.args["style"], driver.args["other"]])
    yield 200
    _note(driver, "dropped files")
    _drop(dialog, image=_picture("#c04020"))
    yield 200
    _note(driver, "dropped pixels")
    driver.clipboard().setImage(_picture("#2040c0"))
    dialog.activateWindow()
    dialog.gallery.list.setFocus()
    yield 300
    driver.xdotool("key", "ctrl+v")
    yield from driver.until(lambda: len(_recent(dialog)) == 4, "the pasted picture")
    _note(driver, "pasted")
    driver.clipboard().setText("no picture")
    driver.xdotool("key", "ctrl+v")
    yield from driver.until(lambda: "holds no picture" in driver.said(), "the sentence")
    yield from _from_layer(driver, dialog)
    yield from _like_and_remove(driver, dialog)


def _from_layer(driver, dialog):
    driver.app.action("gramarye_style_from_layer").trigger()
    yield from driver.until(lambda: _picker(dialog) is not None, "the picker")
    yield 400
    driver.shot("bring-in-picker")
    picker = _picker(dialog)
    picture = picker.tree.topLevelItem(0)
    driver.values["offers"] = [picture.text(0), picture.child(0).text(0)]
    picker.tree.setCurrentItem(picture.child(0))
    yield 200
    driver.click(picker.use_button)
    yield from driver.until(lambda: len(_recent(dialog)) == 5, "the layer's picture")
    _note(driver, "from layer")


def _like_and_remove(driver, dialog):
    driver.click(dialog.gallery.like_button)
    yield 300
    dialog.gallery.tabs.setCurrentIndex(1)
    yield 200
    driver.values["favourites"] = dialog.gallery.list.count()
    dialog.gallery.tabs.setCurrentIndex(0)
    dialog.choose_styles([_recent(dialog)[1]])
    yield 300
    driver.shot("bring-in-gallery")
    driver.click(dialog.gallery.remove_button)
    yield from driver.until(lambda: len(_recent(dialog)) == 4, "one to be removed")
    _note(driver, "removed")


def _note(driver, name):
    driver.values[name] = {
        "styles": [style.path for style in driver.dialog.choices().styles],
        "recent": _recent(driver.dialog),
        "said": driver.said(),
    }


def _recent(dialog):
    return list(dialog.gallery._gallery.recent)


def _picker(dialog):
    return dialog.findChild(QtWidgets.QDialog, "gramarye_picker")


def _picture(colour):
    image = QtGui.QImage(64, 48, QtGui.QImage.Format.Format_RGB32)
    image.fill(QtGui.QColor(colour))
    return image


def _drop(dialog, urls=(), image=None):
    """What Qt sends when something is dropped on the dialog."""
    mime = QtCore.QMimeData()
    if urls:
        mime.setUrls([QtCore.QUrl.fromLocalFile(path) for path in urls])
    if image is not None:
        mime.setImageData(image)
    button, key = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    place, action = QtCore.QPoint(20, 20), Qt.DropAction.CopyAction
    entering = QtGui.QDragEnterEvent(place, action, mime, button, key)
    QtWidgets.QApplication.sendEvent(dialog, entering)
    if entering.isAccepted():
        dropped = QtGui.QDropEvent(QtCore.QPointF(place), action, mime, button, key)
        QtWidgets.QApplication.sendEvent(dialog, dropped)
