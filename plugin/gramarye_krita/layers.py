"""Reading a layer from Krita and adding one to it. Only the GUI thread may call this.

No Krita node is kept while a job runs: the artist may delete it, and then the handle is stale. The
document and the layer's own id are kept, and the layer is looked for again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .errors import Refusal
from .host import application
from .qt import QtCore

_WITH_PIXELS = ("paintlayer", "grouplayer", "vectorlayer", "filelayer", "clonelayer", "filllayer")
_MODELS = {
    "A": "Alpha",
    "GRAYA": "Grayscale",
    "CMYKA": "CMYK",
    "LABA": "L*a*b*",
    "XYZA": "XYZ",
    "YCbCrA": "YCbCr",
    "RGBA": "RGB",
}
_DEPTHS = {
    "U8": "8-bit integer",
    "U16": "16-bit integer",
    "F16": "16-bit float",
    "F32": "32-bit float",
}


@dataclass(frozen=True)
class Source:
    """A layer as it was when it was read: where it is, and its B G R A pixels."""

    document: Any
    node_id: Any
    name: str
    x: int
    y: int
    width: int
    height: int
    pixels: bytes
    profile: str

    @property
    def alpha(self) -> bytes:
        """The alpha of every pixel."""
        return self.pixels[3::4]


def read_active(document: Any) -> Source:
    """The active layer's pixels, as far as they lie on the canvas.

    Raises:
        Refusal: there is no layer to read, or it holds nothing that can be used.
    """
    if document is None or document.activeNode() is None:
        raise Refusal("Open a picture and choose a layer first.")
    node = document.activeNode()
    name = node.name()
    if node.type() not in _WITH_PIXELS:
        raise Refusal(f"“{name}” is a mask or a filter. Choose a layer with pixels.")
    if (node.colorModel(), node.colorDepth()) != ("RGBA", "U8"):
        raise Refusal(
            f"“{name}” is {_colour_words(node)}. Style Transfer works on RGB layers with 8-bit "
            "integer channels: convert a copy of the picture with Image ▸ Convert Image Color "
            "Space…, and try again there."
        )
    document.waitForDone()  # a brush stroke that is still being painted
    area = node.bounds().intersected(QtCore.QRect(0, 0, document.width(), document.height()))
    if area.isEmpty():
        raise _nothing_to_see(name)
    box = (area.x(), area.y(), area.width(), area.height())
    pixels = _read(node, box)
    if not any(pixels[3::4]):
        raise _nothing_to_see(name)
    return Source(document, node.uniqueId(), name, *box, pixels, node.colorProfile())


def _nothing_to_see(name: str) -> Refusal:
    return Refusal(
        f"“{name}” is empty or fully transparent on the canvas. "
        "Paint something on it, or choose another layer."
    )


def _read(node: Any, box: tuple[int, int, int, int]) -> bytes:
    """A plain paint layer's own pixels; otherwise what its masks or children make of it."""
    plain = node.type() == "paintlayer" and not node.childNodes()
    pixels = bytes((node.pixelData if plain else node.projectionPixelData)(*box))
    if len(pixels) != box[2] * box[3] * 4:
        raise Refusal(f"“{node.name()}” could not be read. Flatten a copy of it and try that.")
    return pixels


def _colour_words(node: Any) -> str:
    model = _MODELS.get(node.colorModel(), node.colorModel())
    return f"{model}, {_DEPTHS.get(node.colorDepth(), node.colorDepth())}"


def is_open(document: Any) -> bool:
    """Whether this document is still open in Krita: a closed one has no width."""
    return document.width() > 0


def add_above(source: Source, name: str, pixels: bytes | bytearray) -> str:
    """Add a layer above the source as one undo step; returns a sentence if something had changed.

    The layer is made in a scratch document and its clone added: in the artist's own document,
    filling it would be no undo step at all.

    Raises:
        Refusal: the document is closed.
    """
    document = source.document
    if not is_open(document):
        raise Refusal("The picture was closed meanwhile, so the result was not added.")
    node = _find(document.rootNode(), source.node_id)
    parent, above = (node.parentNode(), node) if node else (document.rootNode(), None)
    scratch = application().createDocument(
        document.width(), document.height(), name, "RGBA", "U8", source.profile, 72.0
    )
    try:
        layer = scratch.createNode(name, "paintlayer")
        scratch.rootNode().addChildNode(layer, None)
        box = (source.x, source.y, source.width, source.height)
        layer.setPixelData(QtCore.QByteArray(bytes(pixels)), *box)
        clone = layer.clone()
        parent.addChildNode(clone, above)
    finally:
        scratch.close()
    document.refreshProjection()
    if node is None:
        return f"“{source.name}” was deleted meanwhile, so the result is the topmost layer."
    return ""


def _find(node: Any, node_id: Any) -> Any:
    for child in node.childNodes():
        if child.uniqueId() == node_id:
            return child
        found = _find(child, node_id)
        if found is not None:
            return found
    return None
