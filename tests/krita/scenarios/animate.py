"""A range of keyframes of a moving layer through the dialog; one frame is empty, one is stopped."""

from importlib import import_module

from gramarye_krita.canvas.frames import frames
from gramarye_krita.canvas.recipes import recall

documents = import_module("gramarye_driver.documents")

SIZE = (160, 96)
TIMES = (0, 4, 9, 12)
EMPTY = 9


def scenario(driver):
    document = driver.open(driver.args["picture"])
    yield 1000
    yield from driver.open_dialog()
    yield from driver.ready()
    driver.choose(driver.args["style"])
    driver.values["still"] = driver.dialog.places.frames.isVisible()
    layer = yield from _moving(driver, document)
    yield from driver.until(driver.dialog.places.frames.isVisible, "the frames")
    row = driver.dialog.places.frames
    row.kind.set_value(True)
    driver.values["whole range"] = [row.value(), row.line.text()]
    row.last.setValue(2)
    row.first.setValue(1)
    driver.values["between"] = row.line.text()
    driver.dialog.apply_button.click()
    yield 300
    driver.values["refused"] = driver.said()
    row.first.setValue(4)
    row.last.setValue(12)
    yield 300
    driver.values["output"] = driver.dialog.places.output.isEnabled()
    driver.shot("animate-before")
    yield from _range(driver, document, layer)
    yield from _stopped(driver, document)
    row.kind.set_value(False)
    driver.values["now"] = driver.dialog.choices().frames
    yield from documents.closed(document)


def _moving(driver, document):
    """A keyframe is a piece of the picture, each in another place; one is clear."""
    picture = documents.background(document)
    box = (0, 0, document.width(), document.height())
    scene = bytes(picture.pixelData(*box))
    document.setFullClipRangeEndTime(24)
    layer = documents.added(document, "moving")
    yield documents.SETTLED
    document.setActiveNode(layer)
    yield documents.SETTLED
    for time in TIMES:
        document.setCurrentTime(time)
        yield 2 * documents.SETTLED
        driver.app.action("add_blank_frame").trigger()
        yield 2 * documents.SETTLED
        if time != EMPTY:
            piece = b"".join(
                scene[4 * box[2] * row : 4 * (box[2] * row + SIZE[0])] for row in range(SIZE[1])
            )
            documents.fill(layer, piece, (4 * time, 2 * time, *SIZE))
    document.setCurrentTime(4)
    document.refreshProjection()
    yield 2 * documents.SETTLED
    return layer


def _box(node, time):
    """Where a layer is painted at a time, by what is not clear there."""
    alpha = bytes(node.pixelDataAtTime(0, 0, 256, 171, time))[3::4]
    rows = [row for row in range(171) if any(alpha[256 * row : 256 * (row + 1)])]
    columns = [column for column in range(256) if any(alpha[column::256])]
    return [columns[0], rows[0], columns[-1], rows[-1]] if rows else None


def _range(driver, document, layer):
    noted = driver.values["range"] = {}
    step = documents.undo_text(driver)
    driver.dialog.apply_button.click()
    yield from driver.until(lambda: len(driver.jobs()) == 3, "three frames")
    rows = driver.dialog.jobs.list
    noted["names"] = [rows.topLevelItem(place).text(0) for place in range(3)]
    yield from driver.until(driver.stepping, "the first step")
    yield 600
    driver.shot("animate-running")
    yield from driver.until(lambda: not driver.busy(), "the frames to end", 150)
    yield 800
    driver.shot("animate-done")
    noted["jobs"], noted["said"], noted["layers"] = driver.jobs(), driver.said(), driver.layers()
    result = document.nodeByName("moving – style")
    noted["frames"] = frames(documents.target(document, result))
    noted["boxes"] = [[_box(one, time) for time in TIMES] for one in (layer, result)]
    for time in TIMES:
        same = [bytes(one.pixelDataAtTime(0, 0, 256, 171, time)) for one in (layer, result)]
        noted[f"changed {time}"] = same[0] != same[1]
    noted["time"] = document.currentTime()
    noted["active"] = document.activeNode().name()
    noted["start"] = (recall(document, result.uniqueId()) or {})["recipe"]["start"]["kind"]
    yield from documents.undo(driver)
    noted["undone"] = [driver.layers(), documents.undo_text(driver) == step]


def _stopped(driver, document):
    """Two frames are done, the third is stopped: what is done is kept."""
    noted = driver.values["stopped"] = {}
    document.setActiveNode(document.nodeByName("moving"))
    yield documents.SETTLED
    driver.dialog.places.frames.first.setValue(0)
    driver.dialog.apply_button.click()
    yield from driver.until(
        lambda: driver.jobs()[:1] and driver.jobs()[0].startswith("Done"), "the first frame", 100
    )
    driver.dialog.jobs.cancel_button.click()
    yield from driver.until(lambda: not driver.busy(), "the end")
    yield 800
    noted["jobs"], noted["said"], noted["layers"] = driver.jobs(), driver.said(), driver.layers()
    layers = [document.nodeByName(name) for name in ("moving", "moving – style")]
    noted["changed"] = [
        len({bytes(one.pixelDataAtTime(0, 0, 256, 171, time)) for one in layers}) == 2
        for time in TIMES
    ]
