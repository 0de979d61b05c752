"""Which of several styles goes where: their regions as planes, and the rest for the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gramarye_protocol import Plane, describe

from ..errors import Refusal
from ..qt import QtGui
from ..translate import tr
from .images import bytes_of
from .regions import By, MarksNothing, check_same_size, read_region
from .samples import is_clear
from .scratch import Box
from .selection import selected_box
from .source import Place
from .targets import MASK, Target

Greys = list[tuple[Plane, bytes]]

_FULL = 255
_INVERTED = bytes(range(255, -1, -1))
_GREYSCALE = QtGui.QImage.Format.Format_Grayscale8


@dataclass(frozen=True)
class Marked:
    """A layer or a mask that says where a style goes, as it is when the job begins."""

    target: Target
    by: By = By.ALPHA
    inverted: bool = False

    @property
    def name(self) -> str:
        """The layer's."""
        return self.target.name

    @property
    def words(self) -> str:
        """Where the style goes, for people."""
        if self.target.kind == MASK:
            line = tr("where “{name}” shows its layer", name=self.name)
            other = tr("where “{name}” hides its layer", name=self.name)
        elif self.by is By.ALPHA:
            line = tr("where “{name}” is painted", name=self.name)
            other = tr("where “{name}” is see-through", name=self.name)
        else:
            line = tr("where “{name}” is light", name=self.name)
            other = tr("where “{name}” is dark", name=self.name)
        return other if self.inverted else line

    def plane(self, place: Place) -> tuple[Plane, bytes]:
        """The part of it that lies in the place's box.

        Raises:
            MarksNothing, Refusal: see :func:`.regions.read_region`.
        """
        return read_region(self.target, place, self.by, inverted=self.inverted)


@dataclass(frozen=True)
class Selected:
    """What was selected when the artist said so; the selection may be another one since.

    ``size`` is the picture's. ``coverage`` has 8 bits for each pixel of the ``box``.
    """

    size: tuple[int, int]
    box: Box
    coverage: bytes

    @property
    def name(self) -> str:
        """Not a layer's."""
        return tr("Selection")

    @property
    def words(self) -> str:
        """Where the style goes, for people."""
        return tr("where the selection was")

    def plane(self, place: Place) -> tuple[Plane, bytes]:
        """The part of it that lies in the place's box.

        Raises:
            MarksNothing: none of it does. Refusal: it was made in a picture of another size.
        """
        check_same_size(self.size, place, self.name)
        grey = cut(self.coverage, self.box, place.box)
        if is_clear(grey):
            raise MarksNothing(
                tr(
                    "The selection that was kept for a style holds nothing of “{name}”. Select "
                    "where the style shall go, and choose the selection again.",
                    name=place.name,
                )
            )
        return describe("region", *place.size, "GRAY", "u8", grey), grey

    def image(self) -> Any:
        """What it looks like, white on black."""
        whole = cut(self.coverage, self.box, (0, 0, *self.size))
        return QtGui.QImage(whole, *self.size, self.size[0], _GREYSCALE).copy()


Region = Marked | Selected


def selection_now(document: Any) -> Selected:
    """What is selected in a document now.

    Raises:
        Refusal: nothing is.
    """
    box = selected_box(document)
    if box is None:
        raise Refusal(
            tr("Nothing is selected. Select where the style shall go, and choose it again.")
        )
    coverage = bytes(document.selection().pixelData(*box))
    return Selected((document.width(), document.height()), box, coverage)


def region_planes(
    shares: Sequence[tuple[str, int]],
    regions: Mapping[str, Region],
    place: Place,
    *,
    part: bool = False,
) -> tuple[Greys, tuple[int, ...]]:
    """A region plane of the place's box for each style, and the place of its style among them.

    ``shares`` are the styles' paths with their shares. Those without a region divide among them,
    by their shares, what no region marks. Without any region there are no planes.

    Args:
        part: the place is only a part of what is painted, which a region need not reach.

    Raises:
        Refusal: a region cannot be read or marks nothing, or a style has nowhere to go.
    """
    chosen = [(index, regions[path]) for index, (path, _) in enumerate(shares) if path in regions]
    if not chosen:
        return [], ()
    found: list[tuple[int, tuple[Plane, bytes]]] = []
    for index, region in chosen:
        try:
            found.append((index, region.plane(place)))
        except MarksNothing:
            if not part:
                raise
    others = [(index, share) for index, (path, share) in enumerate(shares) if path not in regions]
    if others:
        rest = _unmarked([plane for _, plane in found], place.size)
        if not is_clear(rest):
            found += _divided(rest, others, place.size)
        elif not part:
            raise Refusal(
                tr(
                    "The regions cover all of “{name}”, and leave nothing for a style that has "
                    "none. Give it a region too, or take it out of the mix.",
                    name=place.name,
                )
            )
    if not found:
        raise Refusal(tr("No style goes to this part of the picture."))
    found.sort(key=lambda one: one[0])
    return [plane for _, plane in found], tuple(index for index, _ in found)


def cut(grey: bytes, box: Box, wanted: Box) -> bytes:
    """The part of a plane of 8 bits that lies at ``box`` which ``wanted`` holds, 0 beyond it."""
    (x, y, width, height), (left, top, columns, rows) = box, wanted
    if box == wanted:
        return grey
    first, last = max(x, left), min(x + width, left + columns)
    if first >= last:
        return bytes(columns * rows)
    before, after = bytes(first - left), bytes(left + columns - last)
    lines = []
    for row in range(top, top + rows):
        if y <= row < y + height:
            start = (row - y) * width
            lines += [before, grey[start + first - x : start + last - x], after]
        else:
            lines.append(bytes(columns))
    return b"".join(lines)


def _unmarked(regions: Greys, size: tuple[int, int]) -> bytes:
    """What none of the regions marks, as 8-bit grey: the product of what each one leaves."""
    left = [_eight_bit(*one).translate(_INVERTED) for one in regions]
    if not left:
        return bytes([_FULL]) * (size[0] * size[1])
    if len(left) == 1:
        return left[0]
    width, height = size
    image = QtGui.QImage(left[0], width, height, width, _GREYSCALE).copy()
    painter = QtGui.QPainter(image)
    painter.setCompositionMode(QtGui.QPainter.CompositionMode.CompositionMode_Multiply)
    for grey in left[1:]:
        painter.drawImage(0, 0, QtGui.QImage(grey, width, height, width, _GREYSCALE))
    painter.end()
    return cut(bytes_of(image), (0, 0, image.bytesPerLine(), height), (0, 0, width, height))


def _divided(
    rest: bytes, others: Sequence[tuple[int, int]], size: tuple[int, int]
) -> list[tuple[int, tuple[Plane, bytes]]]:
    total = sum(share for _, share in others)
    divided = []
    for index, share in others:
        table = bytes(round(value * share / total) for value in range(_FULL + 1))
        grey = rest if len(others) == 1 else rest.translate(table)
        divided.append((index, (describe("region", *size, "GRAY", "u8", grey), grey)))
    return divided


def _eight_bit(plane: Plane, grey: bytes) -> bytes:
    return grey[1::2] if plane.dtype == "u16" else grey
