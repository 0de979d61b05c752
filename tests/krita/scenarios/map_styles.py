"""Two styles, each with a place of its own: from the selection, a layer and a mask."""

from importlib import import_module

from gramarye_krita.canvas.recipes import recall
from gramarye_krita.qt import QtWidgets

documents = import_module("gramarye_driver.documents")

SIZE = (160, 96)
LEFT = (0, 0, 80, 96)


def scenario(driver):
    document = yield from documents.shown(driver, SIZE)
    picture = documents.background(document)
    grey = bytes((60 + 97 * i % 120) for i in range(SIZE[0] * SIZE[1]))
    documents.fill(picture, b"".join(bytes([v, v, v, 255]) for v in grey), (0, 0, *SIZE))
    documents.added(document, "empty")
    veil = documents.added(document, "veil", b"\0\0\0\xff" * (60 * 96), (100, 0, 60, 96))
    veil.setVisible(False)
    yield 3 * documents.SETTLED
    document.setActiveNode(picture)
    yield from driver.open_dialog()
    yield from driver.ready()
    driver.choose(driver.args["styles"][0])
    driver.dialog.files_dropped.emit(driver.args["styles"])
    driver.dialog.controls.strength.set_value(90)
    yield 300
    driver.values["before"] = _places(driver)
    yield from _nothing_selected(driver)
    yield from _by_selection(driver, document)
    yield from _by_layer(driver, document)
    yield from _by_mask(driver, document, picture)
    yield from _refusals(driver, document)
    yield from _repeated(driver, document, picture)


def _places(driver):
    return [button.toolTip() for button in driver.dialog.mix.buttons]


def _choose(driver, row, entry):
    """An entry of the menu of a style's button."""
    actions = driver.dialog.mix.buttons[row].menu().actions()
    actions[("everywhere", "selection", "layer").index(entry)].trigger()


def _nothing_selected(driver):
    _choose(driver, 0, "selection")
    yield 200
    driver.values["nothing selected"] = driver.said()


def _by_selection(driver, document):
    """The first style where the left half was selected; the selection is gone by then."""
    document.setSelection(documents.hard(LEFT))
    yield documents.SETTLED
    _choose(driver, 0, "selection")
    document.setSelection(None)
    yield documents.SETTLED
    driver.values["selection"] = _places(driver)
    driver.shot("map-styles")
    yield from _apply(driver, document, "by selection")


def _by_layer(driver, document):
    """The second style where a hidden layer is painted, the first beside it."""
    _choose(driver, 0, "everywhere")
    picker = yield from _picker(driver)
    items = {}
    for top in range(picker.tree.topLevelItemCount()):
        root = picker.tree.topLevelItem(top)
        items.update({root.child(i).text(0): root.child(i) for i in range(root.childCount())})
    driver.values["offered"] = list(items)
    picker.tree.setCurrentItem(items["veil"])
    picker.inverted.setChecked(True)
    yield 300
    driver.shot("map-styles-picker")
    driver.click(picker.use_button)
    yield from driver.until(lambda: driver.dialog.mix.regions(), "the region")
    yield 300
    driver.values["layer"] = _places(driver)
    driver.shot("map-styles-layer")
    yield from _apply(driver, document, "by layer")


def _by_mask(driver, document, picture):
    """A transparency mask of another layer, that hides its right half."""
    other = documents.added(document, "masked", b"\x80\x80\x80\xff" * 15360, (0, 0, *SIZE))
    yield documents.SETTLED
    document.setActiveNode(other)
    document.setSelection(documents.hard(LEFT))
    yield documents.SETTLED
    driver.app.action("add_new_transparency_mask").trigger()
    yield 2 * documents.SETTLED
    document.setSelection(None)
    other.setVisible(False)
    document.setActiveNode(picture)
    yield 3 * documents.SETTLED
    _choose(driver, 1, "everywhere")
    _choose(driver, 0, "layer")
    picker = yield from _picker(driver, open_it=False)
    found = picker.tree.findItems("Transparency Mask", _anywhere(), 0)
    picker.tree.setCurrentItem(found[0])
    yield 200
    picker.use_button.click()
    yield from driver.until(lambda: driver.dialog.mix.regions(), "the region")
    driver.values["mask"] = _places(driver)
    yield from _apply(driver, document, "by mask")


def _refusals(driver, document):
    said = driver.values["refused"] = []
    _choose(driver, 0, "layer")
    picker = yield from _picker(driver, open_it=False)
    picker.tree.setCurrentItem(picker.tree.findItems("empty", _anywhere(), 0)[0])
    picker.use_button.click()
    yield 300
    yield from _fails(driver, said)
    _choose(driver, 0, "everywhere")
    whole = documents.hard((0, 0, *SIZE))
    document.setSelection(whole)
    yield documents.SETTLED
    _choose(driver, 0, "selection")
    document.setSelection(None)
    yield documents.SETTLED
    yield from _fails(driver, said)
    other = yield from documents.shown(driver, (64, 64))
    documents.fill(documents.background(other), b"\x40\x60\x90\xff" * 4096, (0, 0, 64, 64))
    yield from _fails(driver, said)
    yield from documents.closed(other)


def _repeated(driver, document, picture):
    """Repeat Last Style knows the regions of the last time."""
    document.setSelection(documents.hard(LEFT))
    yield documents.SETTLED
    _choose(driver, 0, "selection")
    document.setSelection(None)
    document.setActiveNode(picture)
    yield 2 * documents.SETTLED
    yield from _apply(driver, document, "once more")
    _choose(driver, 0, "everywhere")
    before = len(driver.layers())
    driver.app.action("gramarye_repeat").trigger()
    yield from driver.until(lambda: len(driver.layers()) > before, "the repeated one", 60)
    yield 300
    driver.note_pixels("repeated", document.rootNode().childNodes()[1])


def _fails(driver, said):
    driver.dialog.apply_button.click()
    yield 100
    yield from driver.until(lambda: not driver.busy(), "the refusal")
    yield 100
    said.append(driver.said())


def _apply(driver, document, name):
    before = len(driver.layers())
    driver.dialog.apply_button.click()
    yield from driver.until(lambda: len(driver.layers()) > before, "the new layer", 60)
    yield 600
    result = document.rootNode().childNodes()[1]
    driver.note_pixels(name, result)
    driver.values[f"recipe {name}"] = bool(recall(document, result.uniqueId()))
    step = documents.undo_text(driver)
    yield from documents.undo(driver)
    driver.values[f"undone {name}"] = [len(driver.layers()) == before, step]


def _picker(driver, open_it=True):
    if open_it:
        _choose(driver, 1, "layer")
    names = "gramarye_region_picker"
    yield from driver.until(
        lambda: driver.dialog.findChild(QtWidgets.QDialog, names) is not None, "the picker"
    )
    yield 300
    return driver.dialog.findChild(QtWidgets.QDialog, names)


def _anywhere():
    from gramarye_krita.qt import Qt

    return Qt.MatchFlag.MatchContains | Qt.MatchFlag.MatchRecursive
