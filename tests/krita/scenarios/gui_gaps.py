"""A large layer is previewed, sent, watched and inserted; notes who held the window up."""

from importlib import import_module

from gramarye_krita.qt import QtCore

documents = import_module("gramarye_driver.documents")
gaps = import_module("gramarye_driver.gaps")


def scenario(driver):
    side, depth = driver.args["side"], driver.args["depth"]
    document = yield from documents.shown(driver, (side, side), "RGBA", depth)
    _paint(document, side, depth)
    document.refreshProjection()
    document.waitForDone()
    yield from driver.open_dialog()
    yield from driver.ready()
    dialog = driver.dialog
    dialog.preview.follow.setChecked(True)
    dialog.controls.size.set_value(0)
    dialog.places.output.set_value(driver.args["output"])
    yield 1500
    watch = gaps.Gaps()
    watch.start()
    watch.phase("preview of a part")
    _soon(lambda: dialog.files_dropped.emit([driver.args["style"]]))
    words = dialog.preview.words
    yield from driver.until(lambda: words.text().startswith("Up to date"), "a preview", 60)
    yield 500
    watch.phase("read and sent")
    _soon(dialog.apply_button.click)
    yield from driver.until(driver.stepping, "the first step", 60)
    watch.phase("watched")
    yield from driver.until(lambda: "Step 20" in driver.jobs()[0], "the last step", 60)
    watch.phase("fetched and inserted")
    yield from driver.until(lambda: not driver.busy(), "the result", 90)
    yield 1500
    watch.stop()
    driver.values["gaps"] = watch.gaps
    driver.values["calls"] = [
        [*where, seconds] for where, calls in watch.calls.items() for seconds in calls
    ]
    driver.values["entered"] = [[*where, times] for where, times in watch.entered.items()]
    driver.values["own"] = [
        [phase, *sorted(stretches, reverse=True)[:5]] for phase, stretches in watch.own.items()
    ]
    driver.values["said"] = driver.said()


def _paint(document, side, depth):
    """Rows of noise, so that nothing is quicker than with an artist's picture."""
    rows = 64
    wide = side * (4 if depth == "U8" else 8)
    block = bytes((13 * i + i // 251) % 256 for i in range(4096)) * (wide * rows // 4096)
    layer = documents.background(document)
    for top in range(0, side, rows):
        documents.fill(layer, block, (0, top, side, rows))


def _soon(call):
    """From Krita's own event loop, as a click comes: not from within the driver."""
    QtCore.QTimer.singleShot(0, call)
