"""Results are put everywhere that the artist may choose, and undone."""

from importlib import import_module

from gramarye_krita.canvas import reading, recipes, targets, writing
from gramarye_krita.canvas.scratch import put
from gramarye_krita.canvas.source import Place
from gramarye_krita.canvas.writing import Output, Painting
from gramarye_protocol import describe

documents = import_module("gramarye_driver.documents")

SIZE = (40, 30)
BOX = (4, 3, 32, 24)


def scenario(driver):
    yield from _above(driver)
    yield from _in_place(driver)
    yield from _in_place_of_a_group(driver)
    yield from _a_new_document(driver)
    yield from _together(driver)
    yield from _scaled(driver)
    yield from _small(driver)
    yield from _meanwhile(driver)
    yield from _saved(driver)


def _scene(driver, depth="U16", profile="sRGB-elle-V2-srgbtrc.icc"):
    """A document with a see-through layer that reaches beyond the canvas, and a soft selection."""
    document = yield from documents.shown(driver, SIZE, "RGBA", depth, profile)
    wide = 4 if depth == "U8" else 8
    pattern = bytes((7 * i + i // 50) % 251 for i in range(wide * 60 * 40))
    layer = documents.added(document, "layer", pattern, (-10, -5, 60, 40))
    yield documents.SETTLED
    return document, layer


def _select(document):
    ramp = bytes(min(255, x * 12) for _ in range(24) for x in range(32))
    document.setSelection(documents.soft(ramp, BOX))
    yield documents.SETTLED


def _flat(place, side=None):
    """A result of one opaque colour, as a daemon might send it."""
    width, height = side or place.size
    travel = place.travel
    sample = b"\x80" if travel.depth == "U8" else b"\x34\x12"
    opaque = b"\xff" * len(sample)
    pixels = (sample * 3 + opaque) * (width * height)
    plane = describe("result", width, height, travel.layout, travel.dtype, pixels)
    return Painting(place, "result", plane, pixels)


def _named(document, name):
    """A layer's pixels, everywhere."""
    node = document.nodeByName(name)
    return documents.pixels_of(node, (-10, -5, 60, 40))


def _above(driver):
    noted = driver.values["above"] = {}
    document, layer = yield from _scene(driver)
    yield from _select(document)
    source = reading.read(documents.target(document, layer))
    noted["box"], noted["alpha"] = source.place.box, documents.hexed(source.place.alpha)
    noted["selection"] = documents.hexed(source.place.selection)
    noted["before"] = _named(document, "layer")
    step = documents.undo_text(driver)
    written = writing.write(_flat(source.place))
    yield documents.SETTLED
    result = document.nodeByName("result")
    noted["id"] = result.uniqueId() == written.node_id
    noted["bounds"] = result.bounds().getRect()
    noted["result"] = documents.pixels_of(result, source.place.box)
    noted["after"] = _named(document, "layer")
    yield from documents.undo(driver)
    noted["undone"] = [driver.layers(), documents.undo_text(driver) == step]
    yield from documents.closed(document)


def _in_place(driver):
    noted = driver.values["in place"] = {}
    document, layer = yield from _scene(driver)
    layer.setOpacity(200)
    yield 3 * documents.SETTLED
    layer.setBlendingMode("multiply")
    yield documents.SETTLED
    yield from _select(document)
    source = reading.read(documents.target(document, layer))
    noted["box"], noted["selection"] = source.place.box, documents.hexed(source.place.selection)
    noted["before"] = _named(document, "layer")
    step = documents.undo_text(driver)
    writing.write(_flat(source.place), Output.IN_PLACE)
    yield documents.SETTLED
    result = document.nodeByName("result")
    names = ("Background", "layer", "result")
    noted["layers"] = [document.nodeByName(name).visible() for name in names]
    noted["blending"] = [result.opacity(), result.blendingMode()]
    noted["result"] = _named(document, "result")
    yield 3 * documents.SETTLED
    yield from documents.undo(driver)
    noted["undone"] = [driver.layers(), documents.undo_text(driver) == step]
    noted["after"] = _named(document, "layer")
    layer.setVisible(True)
    yield 3 * documents.SETTLED
    layer.setLocked(True)
    yield 3 * documents.SETTLED
    noted["locked"] = documents.refused(lambda: writing.write(_flat(source.place), Output.IN_PLACE))
    whole = reading.read(targets.whole(document)).place
    noted["visible"] = documents.refused(lambda: writing.write(_flat(whole), Output.IN_PLACE))
    yield from documents.closed(document)


def _in_place_of_a_group(driver):
    noted = driver.values["group in place"] = {}
    document, _ = yield from _scene(driver)
    group = document.createGroupLayer("group")
    document.rootNode().addChildNode(group, None)
    documents.added(document, "inner", b"\x11\x22" * (4 * 20 * 10), (5, 5, 20, 10), parent=group)
    yield 3 * documents.SETTLED
    half = documents.hard((5, 5, 10, 10))
    document.setSelection(half)
    yield documents.SETTLED
    source = reading.read(documents.target(document, group))
    noted["box"] = source.place.box
    writing.write(_flat(source.place), Output.IN_PLACE)
    yield documents.SETTLED
    result = document.nodeByName("result")
    noted["result"] = documents.pixels_of(result, (5, 5, 20, 10))
    noted["kind"] = [result.type(), group.visible()]
    yield 3 * documents.SETTLED
    yield from documents.closed(document)


def _a_new_document(driver):
    noted = driver.values["document"] = {}
    document, layer = yield from _scene(driver)
    before = documents.undo_text(driver)
    source = reading.read(documents.target(document, layer))
    written = writing.write(documents.same(source, "painted"), Output.DOCUMENT)
    yield 3 * documents.SETTLED
    fresh = driver.document
    noted["size"] = [fresh.width(), fresh.height(), fresh.colorModel(), fresh.colorDepth()]
    noted["layers"], noted["step"] = driver.layers(), documents.undo_text(driver)
    noted["id"] = fresh.rootNode().childNodes()[0].uniqueId() == written.node_id
    noted["modified"] = fresh.modified()
    noted["given"] = source.pixels.hex()
    noted["pixels"] = documents.pixels_of(documents.background(fresh), (0, 0, *SIZE))
    driver.shot("canvas-new-document")
    yield 3 * documents.SETTLED
    yield from documents.closed(fresh)
    noted["untouched"] = documents.undo_text(driver) == before
    yield from documents.closed(document)


def _together(driver):
    noted = driver.values["together"] = {}
    document, layer = yield from _scene(driver)
    other = documents.added(document, "other", b"\x80" * 8 * 100, (12, 10, 10, 10))
    documents.added(document, "top")
    yield documents.SETTLED
    step = documents.undo_text(driver)
    sources = [reading.read(documents.target(document, one)) for one in (other, layer)]
    paintings = [documents.same(source, f"{source.place.name} painted") for source in sources]
    written = writing.write_together(paintings, "all of them")
    yield documents.SETTLED
    group = document.nodeByName("all of them")
    noted["layers"] = driver.layers()
    noted["group"] = [child.name() for child in group.childNodes()]
    noted["ids"] = [
        document.nodeByName(painting.name).uniqueId() == one.node_id
        for painting, one in zip(paintings, written)  # noqa: B905
    ]
    noted["exact"] = [
        documents.pixels_of(document.nodeByName(f"{s.place.name} painted"), s.place.box)
        == s.pixels.hex()
        for s in sources
    ]
    yield from documents.undo(driver)
    noted["undone"] = [driver.layers(), documents.undo_text(driver) == step]
    yield from documents.redo(driver)
    noted["redone"] = driver.layers()
    yield from documents.closed(document)


def _scaled(driver):
    noted = driver.values["scaled"] = {}
    for depth in ("U8", "U16", "F16", "F32"):
        document = yield from documents.shown(driver, (64, 64), "RGBA", depth, "")
        layer = documents.background(document)
        source = reading.read(documents.target(document, layer))
        sample = source.place.travel.sample_bytes
        small = b"".join(
            source.pixels[:sample] * 3 + source.pixels[3 * sample : 4 * sample]
            if (x // 4) % 2
            else bytes(3 * sample) + source.pixels[3 * sample : 4 * sample]
            for _ in range(16)
            for x in range(16)
        )
        travel = source.place.travel
        plane = describe("result", 16, 16, travel.layout, travel.dtype, small)
        writing.write(Painting(source.place, "large", plane, small))
        yield documents.SETTLED
        result = document.nodeByName("large")
        noted[depth] = documents.pixels_of(result, (0, 0, 64, 64))
        yield from documents.closed(document)


def _small(driver):
    """A result that was computed smaller than the layer; others that it cannot be."""
    noted = driver.values["small"] = {}
    document, layer = yield from _scene(driver, "U16", "sRGB-elle-V2-g10.icc")
    place = reading.read(documents.target(document, layer)).place
    pixels = b"\xff" * 8 * 10 * 7
    plane = describe("result", 10, 7, "BGRA", "u16", pixels)
    writing.write(Painting(place, "small", plane, pixels))
    yield documents.SETTLED
    noted["pixels"] = documents.pixels_of(document.nodeByName("small"), place.box)
    noted["alpha"] = documents.hexed(place.alpha)
    wrong = describe("result", 10, 7, "BGRA", "u8", bytes(280))
    noted["wrong"] = documents.refused(
        lambda: writing.write(Painting(place, "wrong", wrong, bytes(280)))
    )
    group = document.createGroupLayer("has no pixels")
    noted["version"] = driver.app.version()
    noted["into a group"] = documents.refused(lambda: put(group, bytes(8 * 70), (0, 0, 10, 7)))
    yield from documents.closed(document)


def _meanwhile(driver):
    noted = driver.values["meanwhile"] = {}
    document, layer = yield from _scene(driver)
    place = reading.read(documents.target(document, layer)).place
    layer.remove()
    yield documents.SETTLED
    written = writing.write(_flat(place))
    yield documents.SETTLED
    noted["deleted"] = [written.note, driver.layers()]
    noted["deleted in place"] = writing.write(_flat(place), Output.IN_PLACE).note
    yield 3 * documents.SETTLED
    yield from documents.closed(document)
    try:
        writing.write(_flat(place))
    except writing.DocumentClosed as closed:
        noted["closed"] = closed.sentence
    noted["closed together"] = documents.refused(
        lambda: writing.write_together([_flat(place)], "group")
    )
    yield 2 * documents.SETTLED


def _saved(driver):
    """The recipe and the place of a job outlive the document's closing."""
    noted = driver.values["saved"] = {}
    document, layer = yield from _scene(driver)
    place = reading.read(documents.target(document, layer)).place
    note = place.as_note()
    written = writing.write(_flat(place))
    recipes.remember(document, written.node_id, {"recipe": {"strength": 70}})
    recipes.remember(document, layer.uniqueId(), {"of": "a layer that is removed"})
    noted["before"] = recipes.recall(document, written.node_id)
    yield documents.SETTLED
    document.setBatchmode(True)
    noted["kra"] = document.saveAs(driver.args["kra"])
    document.waitForDone()
    yield 2 * documents.SETTLED
    yield from documents.closed(document)
    again = driver.open(driver.args["kra"])
    yield 3 * documents.SETTLED
    noted["recall"] = recipes.recall(again, written.node_id)
    noted["listed"] = [(one.name, recipe) for one, recipe in recipes.listed(again)]
    moved = Place.from_note(again, note)
    noted["inserted"] = writing.write(_flat(moved)).note
    yield documents.SETTLED
    noted["layers"] = driver.layers()
    noted["result"] = _named(again, "result")
    again.nodeByName("layer").remove()
    yield documents.SETTLED
    noted["listed after removal"] = [one.name for one, _ in recipes.listed(again)]
    recipes.forget(again, written.node_id)
    noted["forgotten"] = recipes.recall(again, written.node_id)
    key = recipes.PREFIX + written.node_id.toString().strip("{}")
    again.setAnnotation(key, "damaged", b"[1, 2")
    noted["damaged"] = recipes.recall(again, written.node_id)
    driver.shot("canvas-saved")
    yield 3 * documents.SETTLED
    yield from documents.closed(again)
