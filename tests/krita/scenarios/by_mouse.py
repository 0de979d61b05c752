"""Every group of controls by the mouse alone, from the menu to the jobs' buttons."""

from dataclasses import asdict
from importlib import import_module

from gramarye_krita.qt import QtWidgets

hands = import_module("gramarye_driver.hands")


def scenario(driver):
    document = driver.open(driver.args["picture"])
    yield 1000
    yield from _copied(driver, document)
    yield from hands.filter_menu(driver, "gramarye_style_transfer")
    yield from driver.until(lambda: driver.dialog is not None, "the dialog")
    yield from driver.ready()
    dialog = driver.dialog
    yield from _gallery(driver, dialog)
    yield from _controls(driver, dialog)
    yield from _preview(driver, dialog)
    yield from _advanced(driver, dialog)
    yield from _places(driver, dialog)
    driver.values["choices"] = asdict(dialog.choices())
    yield from _jobs(driver, dialog)
    yield from _daemon(driver, dialog)
    yield from _menu(driver, dialog)


def _copied(driver, document):
    """A second layer like the first, so that there is more than one to paint."""
    first = document.activeNode()
    layer = document.createNode("Second", "paintlayer")
    document.rootNode().addChildNode(layer, None)
    box = (0, 0, document.width(), document.height())
    layer.setPixelData(first.pixelData(*box), *box)
    document.refreshProjection()
    yield 500


def _gallery(driver, dialog):
    gallery = dialog.gallery
    hands.tick(driver, dialog.preview.follow)
    yield from driver.until(lambda: not dialog.preview.follow.isChecked(), "following to end")
    hands.tab(driver, gallery.tabs, 2)
    yield 300
    driver.click_item(gallery.list, 1)
    yield from driver.until(lambda: len(dialog.choices().styles) == 1, "a style")
    chosen = dialog.choices().styles[0].path
    driver.click(gallery.like_button)
    yield from driver.until(gallery.like_button.isChecked, "the star")
    hands.tab(driver, gallery.tabs, 1)
    yield from driver.until(lambda: gallery.list.count() == 1, "one favourite")
    yield 300
    area = gallery.list.visualItemRect(gallery.list.item(0)).center()
    place = gallery.list.viewport().mapToGlobal(area)
    driver.xdotool("mousemove", "--sync", place.x(), place.y(), "sleep", 0.1, "click", 3)
    yield from driver.until(_popup, "the menu of a style")
    yield 300
    driver.shot("by-mouse-style-menu")
    yield from hands.in_menu(driver, _popup(), "No Longer")
    yield from driver.until(lambda: gallery.list.count() == 0, "no favourite")
    yield 300
    driver.shot("by-mouse-no-favourites")
    driver.values["still chosen"] = dialog.choices().styles[0].path == chosen


def _controls(driver, dialog):
    controls = dialog.controls
    yield from hands.in_box(driver, controls.recipe, "crisp")
    yield from hands.along(driver, controls.strength.slider, 0.8)
    driver.values["dragged"] = [controls.strength.value()]
    yield from hands.along(driver, controls.stroke.slider, 0.75)
    driver.values["dragged"].append(controls.stroke.value())
    hands.write(driver, controls.strength.box.lineEdit(), "35")
    yield from driver.until(lambda: controls.strength.value() == 35, "the strength")
    driver.values["jobs after Return"] = driver.jobs()
    yield from hands.in_box(driver, controls.colours, "match")
    yield from hands.in_box(driver, controls.size, 256)
    yield from hands.in_box(driver, controls.quality, "best")
    driver.shot("by-mouse-controls")


def _preview(driver, dialog):
    pane = dialog.preview
    driver.click(pane.refresh_button)
    yield from driver.until(lambda: pane.words.text().startswith("Painting"), "a preview to begin")
    yield from driver.until(lambda: pane.words.text().startswith("Up to date"), "its end", 120)
    hands.drag(driver, pane.split.mapToGlobal(pane.split.rect().center()), -90)
    yield from driver.until(lambda: pane.split.position < 0.4, "the line to move")
    driver.click(pane.overview, 12, 40)
    yield from driver.until(lambda: pane.overview.centre[0] < 0.3, "the part to move")
    yield from driver.until(lambda: pane.words.text().startswith("Press Refresh"), "the word")
    yield 300
    driver.shot("by-mouse-preview")


def _advanced(driver, dialog):
    yield from _into_view(dialog, dialog.advanced_fold)
    driver.click(dialog.advanced_fold)
    yield from driver.until(dialog.advanced.isVisible, "the advanced section")
    start = dialog.advanced.fields["init"]
    yield from _into_view(dialog, start)
    yield from hands.in_box(driver, start, "noise")
    driver.values["advanced"] = dict(dialog.choices().advanced)
    driver.shot("by-mouse-advanced")
    yield from _into_view(dialog, dialog.advanced.reset_button)
    driver.click(dialog.advanced.reset_button)
    yield from driver.until(lambda: not dialog.choices().advanced, "the recipe's own")
    yield from _into_view(dialog, dialog.advanced_fold)
    driver.click(dialog.advanced_fold)
    yield from driver.until(lambda: not dialog.advanced.isVisible(), "it to fold")
    yield 300


def _places(driver, dialog):
    yield from hands.in_box(driver, dialog.places.input, "selected")
    yield from hands.in_box(driver, dialog.places.output, "above")
    hands.tick(driver, dialog.places.selection_only)
    yield from driver.until(lambda: not dialog.choices().selection_only, "the whole layer")


def _jobs(driver, dialog):
    """One of two layers is cancelled by its row, the other stopped and kept."""
    driver.app.action("select_all_layers").trigger()
    yield 500
    before = driver.layers()
    driver.click(dialog.apply_button)
    jobs = dialog.jobs
    yield from driver.until(lambda: len(driver.jobs()) == 2, "two jobs")
    yield from driver.until(driver.stepping, "the first step")
    hands.row(driver, jobs.list, 1)
    yield from driver.until(lambda: len(jobs.list.selectedItems()) == 1, "the row")
    driver.shot("by-mouse-jobs")
    driver.click(jobs.cancel_button)
    yield from driver.until(lambda: driver.jobs()[1].startswith("Cancelled"), "one to end")
    driver.values["one goes on"] = driver.busy()
    yield from driver.until(jobs.keep_button.isEnabled, "a preview to keep")
    driver.click(jobs.keep_button)
    yield from driver.until(lambda: not driver.busy(), "the other to end")
    yield 500
    driver.values["jobs"] = driver.jobs()
    driver.values["added"] = [name for name in driver.layers() if name not in before]
    driver.values["said"] = driver.said()
    driver.shot("by-mouse-kept")


def _daemon(driver, dialog):
    """Another address, at which nobody is, and back."""
    pane = dialog.daemon
    driver.click(pane.fold)
    yield from driver.until(pane.address.isVisible, "the daemon's settings")
    yield 300
    there = pane.address.text()
    hands.write(driver, pane.address, driver.args["nobody"])
    yield from driver.until(lambda: pane.label.text().startswith("No daemon"), "its absence")
    yield 300
    driver.shot("by-mouse-no-daemon")
    driver.values["absent"] = [pane.start_button.isVisible(), dialog.apply_button.isEnabled()]
    hands.write(driver, pane.address, there)
    yield from driver.ready()
    driver.values["back"] = [pane.start_button.isVisible(), dialog.apply_button.isEnabled()]
    yield from hands.in_box(driver, dialog.controls.quality, "draft")
    driver.click(dialog.close_button)
    yield from driver.until(lambda: not dialog.isVisible(), "the dialog to close")
    yield 300


def _menu(driver, dialog):
    """The other entries of the menu; each does what it says."""
    before = len(driver.layers())
    yield from hands.filter_menu(driver, "gramarye_apply_to_selected")
    yield from driver.until(lambda: len(driver.layers()) > before, "a painted layer", 120)
    yield from driver.until(lambda: not driver.busy(), "the end", 120)
    driver.values["applied"] = len(driver.layers()) - before
    yield 800
    before = len(driver.layers())
    yield from hands.filter_menu(driver, "gramarye_repeat", shot="by-mouse-menu")
    yield from driver.until(lambda: len(driver.layers()) > before, "another", 120)
    yield from driver.until(lambda: not driver.busy(), "the end", 120)
    driver.values["repeated"] = len(driver.layers()) - before
    yield 800
    yield from hands.filter_menu(driver, "gramarye_style_from_layer")
    yield from driver.until(lambda: _picker(dialog) is not None, "the picker")
    yield 500
    picker = _picker(dialog)
    hands.at(driver, picker.tree.viewport(), _last(picker.tree))
    yield 300
    driver.shot("by-mouse-picker")
    driver.click(picker.use_button)
    yield from driver.until(lambda: _picker(dialog) is None, "the picker to close")
    yield 500
    driver.values["from a layer"] = dialog.choices().styles[0].path


def _into_view(dialog, widget):
    dialog.scroll.ensureWidgetVisible(widget)
    yield 300


def _popup():
    return QtWidgets.QApplication.activePopupWidget()


def _picker(dialog):
    return dialog.findChild(QtWidgets.QDialog, "gramarye_picker")


def _last(tree):
    picture = tree.topLevelItem(0)
    return tree.visualItemRect(picture.child(picture.childCount() - 1))
