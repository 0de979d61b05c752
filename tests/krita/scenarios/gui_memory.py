"""One job after the other, each undone before the next; notes Krita's own memory after each."""

from importlib import import_module
from pathlib import Path

from gramarye_krita.qt import QtCore

documents = import_module("gramarye_driver.documents")


def scenario(driver):
    side, depth = driver.args["side"], driver.args["depth"]
    document = yield from documents.shown(driver, (side, side), "RGBA", depth)
    pixel = 4 if depth == "U8" else 8
    row = bytes((13 * i + i // 251) % 256 for i in range(pixel * side))
    documents.fill(documents.background(document), row * side, (0, 0, side, side))
    document.refreshProjection()
    yield from driver.open_dialog()
    yield from driver.ready()
    dialog = driver.dialog
    dialog.files_dropped.emit([driver.args["style"]])  # the preview goes on as it does for artists
    dialog.controls.size.set_value(0)
    memory = driver.values["memory"] = []
    for _ in range(driver.args["jobs"]):
        before = driver.layers()
        QtCore.QTimer.singleShot(0, dialog.apply_button.click)
        yield from driver.until(lambda before=before: driver.layers() != before, "the layer", 60)
        yield 800
        yield from documents.undo(driver)
        memory.append(_own_memory())
    driver.values["layers"] = driver.layers()


def _own_memory():
    """Anonymous pages of this process, in MB (Linux)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    [line] = [line for line in lines if line.startswith("RssAnon:")]
    return int(line.split()[1]) * 1024 / 1e6
