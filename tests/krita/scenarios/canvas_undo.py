"""Results are put to every place in every colour space, undone, and done again.

Above the layer, ``canvas_spaces`` does the same.
"""

import struct
from importlib import import_module
from random import Random

from gramarye_krita.canvas.nodes import children, selected_nodes
from gramarye_krita.canvas.reading import read
from gramarye_krita.canvas.scratch import converted
from gramarye_krita.canvas.spaces import SRGB, Space, space_of
from gramarye_krita.canvas.writing import Output, Painting, write, write_together
from gramarye_krita.qt import sip
from gramarye_protocol import describe

documents = import_module("gramarye_driver.documents")

SIZE = (24, 16)
BOX = (0, 0, *SIZE)
PART = (5, 3, 12, 9)
KINDS = {"U8": "B", "U16": "H", "F16": "e", "F32": "f"}


def scenario(driver):
    for model, depth, profile in driver.args["spaces"]:
        noted = driver.values[f"{model} {depth} {profile}".strip()] = {}
        document = yield from documents.shown(driver, SIZE, model, depth, profile)
        _fill(document, documents.background(document), 1)
        layer = documents.added(document, "layer")
        _fill(document, layer, 2)
        document.refreshProjection()
        yield documents.SETTLED
        noted["owned"] = _owned(driver, document)
        for output in ("group", "in-place", "document"):
            noted[output] = {}
            yield from _there_and_back(driver, document, layer, output, noted[output])
        yield from documents.closed(document)


def _owned(driver, document):
    """Whether Python lets go of the handles of nodes that come in lists."""
    view = driver.app.activeWindow().activeView()
    listed = [*children(document.rootNode()), *selected_nodes(view)]
    return [len(listed), all(sip.ispyowned(node) for node in listed)]


def _there_and_back(driver, document, layer, output, noted):
    """Write, undo, redo; and undo again, so that the next output finds what this one found."""
    if output == "in-place":  # with a soft edge, so that both are mixed
        document.setSelection(documents.soft(bytes(range(0, 216, 2)), PART))
        yield documents.SETTLED
    source = read(documents.target(document, layer))
    noted["before"] = _state(driver, document)
    shown = _write(_other(source), output)
    yield documents.SETTLED
    noted["written"] = _state(driver, shown)
    yield from documents.undo(driver)
    noted["undone"] = _state(driver, shown)
    yield from documents.redo(driver)
    noted["redone"] = _state(driver, shown)
    yield from documents.undo(driver)
    if output == "document":
        yield from documents.closed(shown)
        noted["after"] = _state(driver, document)


def _write(painting, output):
    """The document in which the result is."""
    if output == "group":
        return write_together([painting], "group")[0].document
    return write(painting, Output(output)).document


def _state(driver, document):
    """Every layer's samples, whether it is shown, what is seen of all, and what can be undone."""
    document.waitForDone()
    return {
        "layers": {
            node.name(): [node.visible(), documents.pixels_of(node, BOX)]
            for node in document.rootNode().childNodes()
        },
        "inside": [
            [node.name(), documents.pixels_of(node, BOX)]
            for group in document.rootNode().childNodes()
            for node in group.childNodes()
        ],
        "seen": documents.pixels_of(document, BOX),
        "step": documents.undo_text(driver),
    }


def _other(source):
    """A result that differs from what was read in each colour, and in its alpha."""
    travel = source.place.travel
    width, height = source.width, source.height
    pixels = _random(travel, width * height, 5)
    plane = describe("result", width, height, travel.layout, travel.dtype, pixels)
    return Painting(source.place, "result", plane, pixels)


def _fill(document, node, seed):
    space = space_of(document)
    pixels = _random(space.in_rgb(), SIZE[0] * SIZE[1], seed)
    if space.model != "RGBA":
        pixels = converted(pixels, SIZE, Space("RGBA", space.depth, SRGB), space)
    documents.fill(node, pixels, BOX)


def _random(space, count, seed):
    """RGB samples that every model can show, with an alpha between a quarter and one."""
    random = Random(seed)
    top = {"U8": 255, "U16": 65535}.get(space.depth)
    samples = []
    for _ in range(count):
        samples += [*(random.uniform(0.3, 0.7) for _ in range(3)), random.uniform(0.25, 1)]
    if top:
        samples = [round(sample * top) for sample in samples]
    return struct.pack(f"<{len(samples)}{KINDS[space.depth]}", *samples)
