"""Joins the mix's region buttons with the picture: a selection that is kept, or a mask or layer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .canvas import targets as places
from .canvas.regions import By
from .canvas.stylemap import Marked, selection_now
from .errors import Refusal
from .logic.gallery import name_of
from .logic.menu import closed_words
from .qt import QtCore
from .shown import counted, mark_of
from .ui.dialog import StyleDialog
from .ui.picker import Offer
from .ui.regions import EVERYWHERE, SELECTION, RegionPicker

_SIDE = 96


class RegionDesk(QtCore.QObject):
    """Acts when the artist says where a style shall go. ``active`` gives the document."""

    def __init__(self, dialog: StyleDialog, active: Callable[[], Any], parent: Any) -> None:
        super().__init__(parent)
        self._dialog, self._active = dialog, active
        dialog.mix.region_wanted.connect(self._choose)

    def _choose(self, path: str, kind: str) -> None:
        document = self._active()
        if kind == EVERYWHERE:
            self._dialog.mix.set_region(path, None)
        elif document is None:
            self._dialog.say(closed_words(0), trouble=True)
        elif kind == SELECTION:
            self._keep_selection(path, document)
        else:
            self._pick(path, document)

    def _keep_selection(self, path: str, document: Any) -> None:
        try:
            selected = selection_now(document)
        except Refusal as refusal:
            self._dialog.say(refusal.sentence, trouble=True)
            return
        self._dialog.mix.set_region(path, selected, selected.image())

    def _pick(self, path: str, document: Any) -> None:
        offered = [places.whole(document), *places.region_masks(document)]
        picture = offered[0].name
        offers = [
            Offer(one.name, picture, mark_of(one, _SIDE), one.node_id is None) for one in offered
        ]
        picker = RegionPicker(self._dialog, name_of(path), offers)

        def take(place: int, by: str, inverted: bool) -> None:
            region = Marked(offered[place], By(by), inverted)
            self._dialog.mix.set_region(path, region, counted(offers[place].image, region))

        picker.chosen.connect(take)
        picker.open()
