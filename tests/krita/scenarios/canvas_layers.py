"""Every kind of layer and every kind of input is read."""

from importlib import import_module

from gramarye_krita.canvas import reading, targets
from gramarye_krita.canvas.regions import By, read_region
from gramarye_krita.canvas.styles import read_style
from gramarye_krita.canvas.targets import Input

documents = import_module("gramarye_driver.documents")

SIZE = (40, 30)
BOX = (5, 5, 20, 10)
BROWN = b"\x20\x40\x80\xff"
SVG = (
    '<svg width="40px" height="30px" viewBox="0 0 40 30">'
    '<rect x="2" y="3" width="20" height="10" fill="#804020"/></svg>'
)


def scenario(driver):
    document = yield from documents.shown(driver, SIZE)
    yield from _kinds(driver, document)
    yield from _inputs(driver, document)
    yield from _hidden(driver, document)
    yield from _masks(driver, document)
    yield from _selection(driver, document)
    yield from _gone(driver, document)


def _kinds(driver, document):
    root = document.rootNode()
    made = {"paint": documents.added(document, "paint", BROWN * 200, BOX)}
    group = made["group"] = document.createGroupLayer("group")
    root.addChildNode(group, None)
    documents.added(document, "in group", BROWN * 200, BOX, parent=group)
    through = made["pass-through"] = document.createGroupLayer("pass-through")
    root.addChildNode(through, None)
    through.setPassThroughMode(True)
    documents.added(document, "in pass-through", BROWN * 200, BOX, parent=through)
    made["clone"] = document.createCloneLayer("clone", made["paint"])
    root.addChildNode(made["clone"], None)
    vector = made["vector"] = document.createVectorLayer("vector")
    root.addChildNode(vector, None)
    vector.addShapesFromSvg(SVG)
    made["file"] = document.createFileLayer("file", driver.args["picture"], "None")
    root.addChildNode(made["file"], None)
    everything = documents.hard((0, 0, *SIZE))
    invert = driver.app.filter("invert")
    made["filter"] = document.createFilterLayer("filter", invert, everything)
    root.addChildNode(made["filter"], None)
    colour = documents.properties(color="#ff8040")
    made["fill"] = document.createFillLayer("fill", "color", colour, everything)
    root.addChildNode(made["fill"], None)
    yield 3 * documents.SETTLED
    document.setModified(False)
    kinds = driver.values["kinds"] = {}
    for name, node in made.items():
        source = reading.read(documents.target(document, node))
        kinds[name] = {
            "kind": node.type(),
            "box": source.place.box,
            "middle": _pixel(source, 10, 8),
        }
    driver.values["modified"] = document.modified()
    for name in ("filter", "fill", "file"):
        made[name].remove()
    yield documents.SETTLED


def _pixel(source, x, y):
    """The pixel at a point of the canvas."""
    place = source.place
    at = ((y - place.y) * place.width + x - place.x) * place.travel.pixel_bytes
    return source.pixels[at : at + place.travel.pixel_bytes].hex()


def _inputs(driver, document):
    view = driver.app.activeWindow().activeView()
    inner = document.nodeByName("in group")
    document.setActiveNode(inner)
    yield documents.SETTLED
    inputs = driver.values["inputs"] = {}
    for what in Input:
        inputs[what.value] = [one.name for one in targets.targets(what, document, view)]
    visible = targets.targets(Input.VISIBLE, document)[0]
    inputs["visible box"] = reading.read(visible).place.box
    document.setActiveNode(document.nodeByName("paint"))
    yield documents.SETTLED
    inputs["no group"] = documents.refused(lambda: targets.targets(Input.GROUP, document))
    inputs["no document"] = documents.refused(lambda: targets.targets(Input.ACTIVE, None))
    paint = documents.target(document, document.nodeByName("paint"))
    plane, _ = read_style(paint)
    inputs["style"] = [plane.role, plane.width, plane.height, plane.layout, plane.dtype]
    inputs["styles"] = [one.name for one in targets.styles()]
    inputs["crop"] = reading.read(paint, box=(10, 0, 8, 9)).place.box
    inputs["thumbnail"] = max(
        reading.thumbnail(paint, 32).width(), reading.thumbnail(paint, 32).height()
    )


def _hidden(driver, document):
    hidden = driver.values["hidden"] = {}
    for name in ("paint", "group", "vector", "clone"):
        node = document.nodeByName(name)
        node.setVisible(False)
        yield 2 * documents.SETTLED
        target = documents.target(document, node)
        said = documents.refused(lambda target=target: reading.read(target))
        hidden[name] = said or _pixel(reading.read(target), 10, 8)
        node.setVisible(True)
        yield 3 * documents.SETTLED
    locked = document.nodeByName("paint")
    locked.setLocked(True)
    yield 3 * documents.SETTLED
    hidden["locked"] = _pixel(reading.read(documents.target(document, locked)), 10, 8)
    locked.setLocked(False)
    yield 3 * documents.SETTLED


def _masks(driver, document):
    paint = document.nodeByName("paint")
    document.setActiveNode(paint)
    ramp = bytes(x * 6 for _ in range(30) for x in range(40))
    document.setSelection(documents.soft(ramp, (0, 0, *SIZE)))
    yield documents.SETTLED
    driver.app.action("add_new_transparency_mask").trigger()
    yield 2 * documents.SETTLED
    document.setSelection(None)
    yield documents.SETTLED
    mask = documents.target(document, paint.childNodes()[0])
    source = reading.read(documents.target(document, paint))
    regions = driver.values["regions"] = {}
    regions["box"] = source.place.box
    regions["masked alpha"] = documents.hexed(source.place.alpha)
    regions["not a layer"] = documents.refused(lambda: reading.read(mask))
    group = documents.target(document, document.nodeByName("group"))
    place = reading.read(group).place
    background = documents.target(document, documents.background(document))
    for name, target, by, inverted in (
        ("mask", mask, By.ALPHA, False),
        ("mask inverted", mask, By.ALPHA, True),
        ("layer's alpha", documents.target(document, paint), By.ALPHA, False),
        ("layer's lightness", group, By.LIGHTNESS, False),
        ("white", background, By.LIGHTNESS, False),
    ):
        plane, grey = read_region(target, place, by, inverted=inverted)
        regions[name] = [plane.role, plane.width, plane.height, plane.layout, grey.hex()]
    regions["offered"] = [one.name for one in targets.region_masks(document)]
    regions["nowhere"] = documents.refused(
        lambda: read_region(background, place, By.LIGHTNESS, inverted=True)
    )


def _selection(driver, document):
    selected = driver.values["selection"] = {}
    group = documents.target(document, document.nodeByName("group"))
    document.setSelection(documents.soft(bytes([0, 64, 128, 255]) * 4, (8, 6, 4, 4)))
    yield documents.SETTLED
    source = reading.read(group)
    selected["box"] = source.place.box
    selected["coverage"] = documents.hexed(source.place.selection)
    selected["extent"] = reading.extent(group)
    selected["whole"] = reading.read(group, selection_only=False).place.box
    whole = documents.hard((8, 6, 4, 4))
    document.setSelection(whole)
    yield documents.SETTLED
    selected["hard"] = reading.read(group).place.selection
    elsewhere = documents.hard((30, 25, 4, 4))
    document.setSelection(elsewhere)
    yield documents.SETTLED
    selected["elsewhere"] = documents.refused(lambda: reading.read(group))
    document.setSelection(None)
    yield documents.SETTLED


def _gone(driver, document):
    gone = driver.values["gone"] = {}
    empty = documents.target(document, documents.added(document, "empty"))
    clear = documents.added(document, "clear", b"\x10\x20\x30\x00" * 200, BOX)
    gone["empty"] = documents.refused(lambda: reading.read(empty))
    gone["clear"] = documents.refused(lambda: reading.read(documents.target(document, clear)))
    removed = documents.target(document, clear)
    clear.remove()
    gone["deleted"] = documents.refused(lambda: reading.read(removed))
    yield 3 * documents.SETTLED
    yield from documents.closed(document)
    gone["closed"] = documents.refused(lambda: reading.read(empty))
    gone["is open"] = targets.is_open(document)
