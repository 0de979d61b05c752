"""Documents for scenarios: made, looked at, undone."""

from importlib import import_module

from gramarye_krita.canvas import targets
from gramarye_krita.canvas.building import Painting
from gramarye_krita.canvas.nodes import children
from gramarye_krita.errors import Refusal
from gramarye_krita.qt import QtCore

SETTLED = 400
"""Milliseconds after which Krita's windows have followed its image."""
STEP_POLLS = 60
"""How often it is looked whether Krita has undone a step, 50 ms apart."""


def shown(driver, size, model="RGBA", depth="U8", profile=""):
    """A new document in a window of its own: ``document = yield from shown(…)``."""
    document = driver.app.createDocument(*size, "Scene", model, depth, profile, 72.0)
    driver.app.activeWindow().addView(document)
    yield 2 * SETTLED
    return document


def background(document):
    """The layer that a new document has."""
    return children(document.rootNode())[0]


def fill(node, pixels, box):
    """Overwrite a layer's pixels, which is no undo step."""
    node.setPixelData(QtCore.QByteArray(bytes(pixels)), *box)


def added(document, name, pixels=None, box=None, kind="paintlayer", parent=None):
    """A new layer above the others."""
    node = document.createNode(name, kind)
    (parent or document.rootNode()).addChildNode(node, None)
    if pixels is not None:
        fill(node, pixels, box)
    return node


def soft(coverage, box):
    """A selection that holds so much (0 to 255) of each pixel of the box."""
    selection = import_module("krita").Selection()
    fill(selection, coverage, box)
    return selection


def hard(box):
    """A selection of the whole box."""
    return soft(b"\xff" * (box[2] * box[3]), box)


def properties(**named):
    """What a filter or a fill layer is set up with."""
    info = import_module("krita").InfoObject()
    for name, value in named.items():
        info.setProperty(name, value)
    return info


def hexed(samples):
    """Bytes for the report; ``None`` stays ``None``."""
    return None if samples is None else bytes(samples).hex()


def target(document, node):
    return targets.of_node(document, node)


def same(source, name="result"):
    """The source itself as the result of a job."""
    plane, pixels = source.plane("result")
    return Painting(source.place, name, plane, bytes(pixels))  # its own copy


def pixels_of(node, box):
    return hexed(node.pixelData(*box))


def undo_text(driver):
    """What the next undo would undo; ``Undo`` alone where nothing is left."""
    return driver.app.action("edit_undo").text().replace("&", "").strip()


def redo_text(driver):
    """What the next redo would redo; ``Redo`` alone where nothing is left."""
    return driver.app.action("edit_redo").text().replace("&", "").strip()


def undo(driver):
    yield from _stepped(driver, "edit_undo", undo_text(driver) != "Undo")


def redo(driver):
    yield from _stepped(driver, "edit_redo", redo_text(driver) != "Redo")


def _stepped(driver, action, expected):
    """Krita loses a step that is asked for before it is through with the one before."""
    driver.document.waitForDone()
    before = (undo_text(driver), redo_text(driver))
    driver.app.action(action).trigger()
    # Two steps of one name look the same: it goes on all the same.
    for _ in range(STEP_POLLS if expected else 0):
        if (undo_text(driver), redo_text(driver)) != before:
            break
        yield 50
    yield SETTLED


def refused(call):
    """The sentence with which a call is refused; empty where it is not."""
    try:
        call()
    except Refusal as refusal:
        return refusal.sentence
    return ""


def closed(document):
    document.setModified(False)
    document.close()
    yield 2 * SETTLED
