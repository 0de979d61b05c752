"""The whole way by the keyboard: search, style, controls, apply, cancel, close, repeat, undo."""

from gramarye_krita.qt import QtWidgets

MOST_KEYS = 60


def scenario(driver):
    driver.open(driver.args["picture"])
    yield 1000
    driver.xdotool("windowfocus", "--sync", int(driver.window().winId()))
    yield 300
    yield from _open(driver)
    yield from driver.ready()
    dialog = driver.dialog
    yield from _tab_to(driver, "gramarye_gallery_tabs")
    driver.xdotool("key", "Home", "Right", "Right")
    yield from driver.until(lambda: dialog.gallery.tabs.currentIndex() == 2, "the ready-made")
    yield from _tab_to(driver, "gramarye_gallery")
    driver.xdotool("key", "Home", "Right")
    yield from driver.until(lambda: len(dialog.choices().styles) == 1, "a style")
    yield from _tab_to(driver, "gramarye_strength")
    driver.xdotool("key", "ctrl+a", "7", "0", "Return")
    yield from _tab_to(driver, "gramarye_size")
    driver.xdotool("key", "Home")
    yield from _tab_to(driver, "gramarye_quality")
    driver.xdotool("key", "End")
    yield from driver.until(lambda: dialog.choices().quality == "best", "the quality")
    yield from _fold(driver, dialog)
    yield from _tab_to(driver, "gramarye_follow")
    driver.xdotool("key", "space")
    yield from driver.until(lambda: not dialog.preview.follow.isChecked(), "following to end")
    yield from _preview(driver, dialog)
    yield from _apply_and_cancel(driver, dialog)
    yield from _close_and_repeat(driver, dialog)


def _open(driver):
    """Through Krita's own search of its actions."""
    driver.xdotool("key", "ctrl+Return")
    yield 1000
    driver.xdotool("type", "--delay", 30, "Style Transfer")
    yield 1000
    driver.shot("by-keyboard-search")
    driver.xdotool("key", "Down", "Return")
    yield from driver.until(lambda: driver.dialog is not None, "the dialog")
    yield from driver.until(lambda: _focus() is not None, "the focus")
    yield 300


def _fold(driver, dialog):
    yield from _tab_to(driver, "gramarye_advanced_fold")
    driver.xdotool("key", "space")
    yield from driver.until(dialog.advanced.isVisible, "the advanced section")
    yield from _tab_to(driver, "gramarye_seed")
    driver.xdotool("key", "ctrl+a", "1", "2", "Return")
    yield from driver.until(lambda: dialog.choices().advanced.get("seed") == 12, "the seed")
    seed = dialog.advanced.fields["seed"].box
    driver.values["the seed is seen"] = not seed.visibleRegion().isEmpty()
    yield 200
    driver.shot("by-keyboard-advanced")


def _preview(driver, dialog):
    pane = dialog.preview
    yield from _tab_to(driver, "gramarye_refresh")
    driver.xdotool("key", "space")
    yield from driver.until(lambda: pane.words.text().startswith("Up to date"), "a preview", 120)
    yield from _tab_to(driver, "gramarye_split")
    driver.xdotool("key", "Left", "Left")
    yield from driver.until(lambda: pane.split.position < 0.45, "the line to move")
    yield from _tab_to(driver, "gramarye_overview")
    driver.xdotool("key", "Right")
    yield from driver.until(lambda: pane.overview.centre[0] > 0.5, "the part to move")
    yield 300
    driver.shot("by-keyboard-preview")


def _apply_and_cancel(driver, dialog):
    before = driver.layers()
    yield from _tab_to(driver, "gramarye_apply")
    driver.xdotool("key", "space")
    yield from driver.until(driver.stepping, "the first step", 90)
    yield from _tab_to(driver, "gramarye_cancel")
    driver.values["choices"] = [
        dialog.choices().strength, dialog.choices().size, dialog.choices().quality,
    ]  # fmt: skip
    driver.shot("by-keyboard-running")
    driver.xdotool("key", "space")
    yield from driver.until(lambda: not driver.busy(), "the job to end")
    driver.values["cancelled"] = [driver.said(), driver.layers() == before]


def _close_and_repeat(driver, dialog):
    before = driver.layers()
    yield from _tab_to(driver, "gramarye_quality")
    driver.xdotool("key", "Home")
    yield from driver.until(lambda: dialog.choices().quality == "draft", "the quality")
    driver.xdotool("key", "alt+y")
    yield from driver.until(lambda: driver.layers() != before, "the new layer", 120)
    yield from driver.until(lambda: not driver.busy(), "the end")
    yield 500
    driver.shot("by-keyboard-done")
    driver.xdotool("key", "Escape")
    yield from driver.until(lambda: not dialog.isVisible(), "the dialog to close")
    driver.window().activateWindow()
    yield 300
    driver.xdotool("key", "ctrl+alt+y")
    yield from driver.until(lambda: len(driver.layers()) == len(before) + 2, "the repeated", 120)
    yield from driver.until(lambda: not driver.busy(), "the end")
    yield 800
    driver.values["layers"] = driver.layers()
    driver.xdotool("key", "ctrl+z")
    yield from driver.until(lambda: len(driver.layers()) == len(before) + 1, "an undo")
    yield 400
    driver.xdotool("key", "ctrl+z")
    yield from driver.until(lambda: driver.layers() == before, "the other undo")


def _tab_to(driver, name):
    """Tab on until the control of this name has the focus."""
    for _ in range(MOST_KEYS):
        focus = _focus()
        if focus is not None and focus.objectName() == name:
            return
        driver.xdotool("key", "Tab")
        yield 60
    raise LookupError(f"Tab does not lead to {name}")


def _focus():
    return QtWidgets.QApplication.focusWidget()
