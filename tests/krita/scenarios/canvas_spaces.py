"""Layers of every colour space are read, and written back as they were."""

import struct
from importlib import import_module
from random import Random

from gramarye_krita.canvas.reading import read
from gramarye_krita.canvas.scratch import converted
from gramarye_krita.canvas.spaces import SRGB, Space, space_of
from gramarye_krita.canvas.writing import write

documents = import_module("gramarye_driver.documents")

WIDTH, HEIGHT = 24, 16
BOX = (0, 0, WIDTH, HEIGHT)
KINDS = {"U8": "B", "U16": "H", "F16": "e", "F32": "f"}


def scenario(driver):
    spaces = driver.values["spaces"] = {}
    for model, depth, profile in driver.args["spaces"]:
        document = yield from documents.shown(driver, (WIDTH, HEIGHT), model, depth, profile)
        noted = spaces[f"{model} {depth} {profile}".strip()] = {}
        yield from _there_and_back(driver, document, noted)
        yield from documents.closed(document)
    yield from _inks(driver)


def _inks(driver):
    """The same inks in two depths, as RGB of those."""
    document = yield from documents.shown(driver, (WIDTH, HEIGHT), "CMYKA", "U16")
    profile = space_of(document).profile
    yield from documents.closed(document)
    random = Random(4)
    shares = [random.uniform(0.05, 0.6) for _ in range(4 * WIDTH * HEIGHT)]
    noted = driver.values["inks"] = {}
    for depth, top, alpha in (("U16", 65535, 65535), ("F32", 100, 1)):
        samples = []
        for at in range(0, len(shares), 4):
            inks = [share * top for share in shares[at : at + 4]]
            samples += [*inks, alpha] if depth == "F32" else [*map(round, inks), alpha]
        pixels = struct.pack(f"<{len(samples)}{KINDS[depth]}", *samples)
        spaces = Space("CMYKA", depth, profile), Space("RGBA", depth, SRGB)
        noted[depth] = converted(pixels, (WIDTH, HEIGHT), *spaces).hex()


def _there_and_back(driver, document, noted):
    layer = documents.background(document)
    space = space_of(document)
    pixels = _some_pixels(space)
    documents.fill(layer, pixels, BOX)
    document.refreshProjection()
    document.waitForDone()
    document.setModified(False)
    source = read(documents.target(document, layer))
    noted["plane"] = [source.layout, source.dtype, source.profile]
    noted["given"], noted["read"] = pixels.hex(), source.pixels.hex()
    noted["modified by reading"] = document.modified()
    write(documents.same(source))
    yield documents.SETTLED
    result = document.rootNode().childNodes()[-1]
    noted["read again"] = read(documents.target(document, result)).pixels.hex()
    noted["layers"] = driver.layers()
    noted["space"] = space_of(result) == space
    noted["written"] = documents.pixels_of(result, BOX)
    noted["modified by writing"] = document.modified()
    noted["step"] = documents.undo_text(driver)
    yield from documents.undo(driver)
    noted["after undo"] = [driver.layers(), documents.undo_text(driver)]
    noted["source after undo"] = documents.pixels_of(layer, BOX)
    yield from documents.redo(driver)
    result = document.rootNode().childNodes()[-1]
    noted["after redo"] = [driver.layers(), documents.pixels_of(result, BOX)]


def _some_pixels(space):
    """Colours that every model can show, with an alpha between a quarter and one."""
    random = Random(3)
    top = {"U8": 255, "U16": 65535}.get(space.depth, 1)
    samples = []
    for _ in range(WIDTH * HEIGHT):
        colour = [random.uniform(0.35, 0.65) for _ in range(3)]
        if space.model == "GRAYA":
            colour = colour[:1] * 3
        samples += [*colour, random.uniform(0.25, 1)]
    if top > 1:
        samples = [round(sample * top) for sample in samples]
    pixels = struct.pack(f"<{len(samples)}{KINDS[space.depth]}", *samples)
    if space.model == "RGBA":
        return pixels
    return converted(pixels, (WIDTH, HEIGHT), Space("RGBA", space.depth, SRGB), space)
