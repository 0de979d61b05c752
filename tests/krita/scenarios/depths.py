"""Layers of several colour spaces go through the whole plugin and the real daemon."""

import struct
from importlib import import_module

from gramarye_krita.canvas.scratch import converted
from gramarye_krita.canvas.spaces import SRGB, Space, space_of

documents = import_module("gramarye_driver.documents")

SIZE = (256, 160)
BOX = (0, 0, *SIZE)
KINDS = {"U8": ("B", 255), "U16": ("H", 65535), "F32": ("f", 1)}


def scenario(driver):
    yield from driver.open_dialog()
    yield from driver.ready()
    driver.choose(driver.args["style"])
    driver.dialog.controls.size.set_value(256)
    for model, depth in driver.args["spaces"]:
        noted = driver.values[f"{model} {depth}"] = {}
        yield from _painted(driver, model, depth, noted)


def _painted(driver, model, depth, noted):
    document = yield from documents.shown(driver, SIZE, model, depth)
    layer = documents.background(document)
    documents.fill(layer, _gradient(space_of(document)), BOX)
    document.refreshProjection()
    yield 2 * documents.SETTLED
    noted["given"] = documents.pixels_of(layer, BOX)
    driver.dialog.apply_button.click()
    yield from driver.until(lambda: len(driver.layers()) == 2, "the new layer", 120)
    yield documents.SETTLED
    result = document.rootNode().childNodes()[-1]
    space = space_of(result)
    noted["spaces"] = [space == space_of(document), space.model, space.depth]
    noted["result"] = documents.pixels_of(result, BOX)
    noted["said"] = driver.said()
    driver.shot(f"depths-{model}-{depth}")
    yield from documents.undo(driver)
    noted["undone"] = [driver.layers(), documents.undo_text(driver)]
    noted["source after undo"] = documents.pixels_of(layer, BOX) == noted["given"]
    yield 3 * documents.SETTLED
    yield from documents.closed(document)


def _gradient(space):
    """From left to right in steps finer than 8 bits have, and see-through towards the bottom."""
    kind, top = KINDS[space.depth]
    width, height = SIZE
    samples = []
    for y in range(height):
        for x in range(width):
            share = (x * height + y) / (width * height)
            samples += [share, 1 - share, 0.25 + share / 2, 1 - y / (2 * height)]
    if top > 1:
        samples = [round(sample * top) for sample in samples]
    pixels = struct.pack(f"<{len(samples)}{kind}", *samples)
    if space.model == "RGBA":
        return pixels
    return converted(pixels, SIZE, Space("RGBA", space.depth, SRGB), space)
