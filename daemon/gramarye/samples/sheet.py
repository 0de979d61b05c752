"""All sample pictures on one sheet, in rows as wide as the sheet."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image

_GAP = 6
_PER_ROW = 3


def contact_sheet(pictures: Sequence[Image.Image], width: int = 960) -> Image.Image:
    """Lay pictures out three to a row; each row fills the width, each picture keeps its aspect."""
    rows = [pictures[i : i + _PER_ROW] for i in range(0, len(pictures), _PER_ROW)]
    laid: list[tuple[Image.Image, int, int]] = []
    top = _GAP
    for row in rows:
        aspects = [picture.width / picture.height for picture in row]
        height = round((width - _GAP * (len(row) + 1)) / sum(aspects))
        left = _GAP
        for picture, aspect in zip(row, aspects, strict=True):
            size = (max(1, round(height * aspect)), max(1, height))
            laid.append((picture.resize(size, Image.Resampling.LANCZOS), left, top))
            left += size[0] + _GAP
        top += height + _GAP
    sheet = Image.new("RGB", (width, top), "#f4f1ea")
    for picture, left, top in laid:
        sheet.paste(picture, (left, top))
    return sheet
