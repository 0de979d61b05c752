"""Frames of a layer are read at any time, and results become its keyframes."""

from importlib import import_module

from gramarye_krita.canvas import reading
from gramarye_krita.canvas.animation import write_frames
from gramarye_krita.canvas.building import Painting
from gramarye_krita.canvas.frames import clip, frames
from gramarye_protocol import describe

documents = import_module("gramarye_driver.documents")

SIZE = (32, 24)
BOX = (0, 0, *SIZE)
TIMES = (0, 4, 9)


def scenario(driver):
    document, layer = yield from _animated(driver)
    yield from _read(driver, document, layer)
    yield from _write(driver, document, layer)
    yield from _a_group(driver, document)
    yield from documents.closed(document)


def _animated(driver):
    document = yield from documents.shown(driver, SIZE)
    document.setFullClipRangeEndTime(20)
    layer = documents.added(document, "moving")
    yield documents.SETTLED
    document.setActiveNode(layer)
    yield documents.SETTLED
    for time in TIMES:
        document.setCurrentTime(time)
        yield 2 * documents.SETTLED
        driver.app.action("add_blank_frame").trigger()
        yield 2 * documents.SETTLED
        documents.fill(layer, bytes([10 * time, 0, 0, 255]) * (SIZE[0] * SIZE[1]), BOX)
    document.setCurrentTime(6)
    yield 2 * documents.SETTLED
    return document, layer


def _read(driver, document, layer):
    noted = driver.values["read"] = {}
    target = documents.target(document, layer)
    document.setModified(False)
    noted["frames"], noted["clip"] = frames(target), clip(document)
    noted["pixels"] = {
        time: reading.read(target, frame=time).pixels[:4].hex() for time in (0, 3, 4, 9, 12)
    }
    still = documents.target(document, documents.background(document))
    noted["still"] = frames(still)
    noted["no keyframe"] = documents.refused(lambda: reading.read(still, frame=3))
    noted["undisturbed"] = [document.currentTime(), document.modified()]
    yield 100


def _seen(layer):
    return [bytes(layer.pixelDataAtTime(*BOX, time))[:4].hex() for time in TIMES]


def _write(driver, document, layer):
    noted = driver.values["written"] = {}
    half = documents.hard((0, 0, 16, 24))
    document.setSelection(half)
    yield documents.SETTLED
    target = documents.target(document, layer)
    paintings = []
    for time in TIMES[1:]:
        place = reading.read(target, frame=time).place
        pixels = bytes([time, 200, 100, 255]) * (place.width * place.height)
        plane = describe("result", *place.size, "BGRA", "u8", pixels)
        paintings.append(Painting(place, f"frame {time}", plane, pixels))
    step, before = documents.undo_text(driver), _seen(layer)
    noted["note"] = write_frames(paintings, "painted").note
    yield documents.SETTLED
    result = document.nodeByName("painted")
    noted["layers"] = driver.layers()
    noted["frames"] = frames(documents.target(document, result))
    noted["seen"] = _seen(result)
    right = bytes(result.pixelDataAtTime(20, 0, 1, 1, 4)).hex()
    noted["not selected"] = right
    noted["source"] = _seen(layer) == before
    noted["time"] = document.currentTime()
    driver.shot("canvas-animation")
    yield from documents.undo(driver)
    noted["undone"] = [driver.layers(), documents.undo_text(driver) == step]
    yield from documents.redo(driver)
    noted["redone"] = _seen(document.nodeByName("painted")) == noted["seen"]
    document.setSelection(None)
    yield documents.SETTLED


def _a_group(driver, document):
    """A group is read at its frames, and its results are layers of a group."""
    noted = driver.values["group"] = {}
    group = document.createGroupLayer("scene")
    document.rootNode().addChildNode(group, None)
    group.addChildNode(document.nodeByName("moving").clone(), None)
    yield 2 * documents.SETTLED
    target = documents.target(document, group)
    noted["frames"] = frames(target)
    sources = [reading.read(target, frame=time) for time in TIMES[1:]]
    noted["pixels"] = [source.pixels[:4].hex() for source in sources]
    names = (f"frame {source.place.frame}" for source in sources)
    paintings = [documents.same(source, name) for source, name in zip(sources, names)]  # noqa: B905
    step = documents.undo_text(driver)
    noted["note"] = write_frames(paintings, "painted scene").note
    yield documents.SETTLED
    made = document.nodeByName("painted scene")
    noted["layers"] = [child.name() for child in made.childNodes()]
    noted["time"] = document.currentTime()
    yield from documents.undo(driver)
    noted["undone"] = documents.undo_text(driver) == step
