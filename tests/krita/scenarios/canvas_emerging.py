"""The painting is shown over the canvas while the artist goes on working."""

from importlib import import_module

from gramarye_krita.canvas import reading
from gramarye_krita.canvas.emerging import Emerging
from gramarye_krita.canvas.writing import write
from gramarye_krita.qt import QtCore, QtGui, sip

documents = import_module("gramarye_driver.documents")
viewing = import_module("gramarye_krita.canvas.viewing")

SIZE = (400, 300)
BOX = (100, 50, 200, 150)
POINTS = {"corner": (115, 60), "middle": (200, 125), "outside": (60, 40)}


def scenario(driver):
    document = yield from documents.shown(driver, SIZE)
    document.setResolution(driver.args["dpi"])
    layer = documents.added(document, "layer", b"\x00\x00\xff\xff" * (200 * 150), BOX)
    document.refreshProjection()
    yield documents.SETTLED
    document.setActiveNode(layer)
    document.setModified(False)
    yield documents.SETTLED
    step = documents.undo_text(driver)
    place = reading.read(documents.target(document, layer)).place
    emerging = Emerging(place)
    emerging.show_image(_picture(QtGui.QColor("blue"), QtGui.QColor("yellow")))
    yield from _poses(driver, document)
    driver.values["no step"] = [documents.undo_text(driver) == step, document.modified()]
    yield from _painting(driver, document, layer)
    yield from _other_documents(driver, document, emerging)
    yield from _ending(driver, document, emerging, place)


def _picture(colour, corner):
    image = QtGui.QImage(64, 48, QtGui.QImage.Format.Format_RGB32)
    image.fill(colour)
    painter = QtGui.QPainter(image)
    painter.fillRect(0, 0, 12, 10, corner)
    painter.end()
    return image


def _colours(driver, document):
    """What is on the screen where points of the picture are."""
    canvas, area = viewing.active_canvas(document)
    transform = viewing.Pose.of(document, canvas, area).transform()
    screen = driver.app.activeWindow().qwindow().screen().grabWindow(0).toImage()
    seen = {}
    for name, point in POINTS.items():
        place = transform.map(QtCore.QPointF(*point)).toPoint()
        place = area.viewport().mapToGlobal(place)
        seen[name] = screen.pixelColor(place).name()
    return seen


def _poses(driver, document):
    noted = driver.values["poses"] = {}
    canvas, area = viewing.active_canvas(document)
    for name, zoom, rotation, mirrored in (
        ("plain", 1.5, 0.0, False),
        ("turned", 1.5, 30.0, False),
        ("mirrored", 1.5, 30.0, True),
        ("scrolled", 3.0, 0.0, False),
    ):
        canvas.setMirror(mirrored)
        yield documents.SETTLED
        canvas.setRotation(rotation)
        yield documents.SETTLED
        canvas.setZoomLevel(zoom)
        yield documents.SETTLED
        if name == "scrolled":
            area.horizontalScrollBar().setValue(150)
            area.verticalScrollBar().setValue(100)
            yield documents.SETTLED
        noted[name] = _colours(driver, document)
        driver.shot(f"canvas-emerging-{name}")


def _painting(driver, document, layer):
    """A stroke goes through the pane to the layer."""
    _, area = viewing.active_canvas(document)
    start = area.viewport().mapToGlobal(QtCore.QPoint(500, 300))
    before = documents.pixels_of(layer, BOX)
    x, y = start.x(), start.y()
    driver.xdotool("mousemove", "--sync", x, y, "mousedown", 1)
    yield documents.SETTLED
    driver.xdotool("mousemove", "--sync", x + 80, y + 30, "mousemove", x + 120, y + 60)
    yield documents.SETTLED
    driver.xdotool("mouseup", 1)
    yield 2 * documents.SETTLED
    driver.values["painted"] = documents.pixels_of(layer, BOX) != before
    driver.values["stroke"] = documents.undo_text(driver)
    driver.shot("canvas-emerging-stroke")


def _other_documents(driver, document, emerging):
    """Another document in front has no pane; the pane is back with its own document."""
    noted = driver.values["panes"] = {"own": emerging.pane is not None}
    other = yield from documents.shown(driver, SIZE)
    noted["other"] = emerging.pane is not None
    yield from documents.closed(other)
    noted["back"] = emerging.pane is not None


def _ending(driver, document, emerging, place):
    noted = driver.values["ended"] = {}
    emerging.end()
    yield documents.SETTLED
    noted["pane"] = emerging.pane is not None
    noted["gone"] = sip.isdeleted(emerging)
    noted["colours"] = _colours(driver, document)
    noted["step"] = documents.undo_text(driver)
    again = Emerging(place)
    again.show_image(_picture(QtGui.QColor("green"), QtGui.QColor("green")))
    yield documents.SETTLED
    source = reading.read(documents.target(document, document.nodeByName("layer")))
    write(documents.same(source))
    again.end()
    yield documents.SETTLED
    yield from documents.undo(driver)
    noted["one step"] = documents.undo_text(driver)
    last = Emerging(place)
    last.show_image(_picture(QtGui.QColor("green"), QtGui.QColor("green")))
    yield documents.SETTLED
    yield from documents.closed(document)
    noted["closed"] = last.pane is not None
    last.show_image(_picture(QtGui.QColor("red"), QtGui.QColor("red")))
    yield documents.SETTLED
    last.end()
