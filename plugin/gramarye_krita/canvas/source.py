"""A part of a picture as it was read: where it was, and its pixels on their way to the daemon."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from gramarye_protocol import Plane, describe

from ..qt import QtCore
from .samples import Buffer
from .scratch import Box
from .spaces import Space


@dataclass(frozen=True)
class Place:
    """Where a result goes. It is kept while the job runs, and holds no node and no colours.

    ``node_id`` is ``None`` for a document as a whole. ``space`` is what the result is written in,
    ``travel`` the RGB in which it goes to the daemon and back. ``alpha`` has samples of their
    depth; ``None``: the result's own is taken. ``selection`` has 8 bits for each pixel; ``None``:
    all of them. ``frame`` is the time of a keyframe.
    """

    document: Any
    node_id: Any
    name: str
    kind: str
    space: Space
    travel: Space
    x: int
    y: int
    width: int
    height: int
    alpha: bytes | None = None
    selection: bytes | None = None
    frame: int | None = None

    @property
    def box(self) -> Box:
        """Where it is on the canvas."""
        return (self.x, self.y, self.width, self.height)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return (self.width, self.height)

    def moved_to(self, document: Any) -> Place:
        """The same place in a document that was closed and opened again: layers keep their ids."""
        return replace(self, document=document)

    def as_note(self) -> dict[str, Any]:
        """What can be kept as JSON, to insert the result after Krita was restarted."""
        return {
            "node": "" if self.node_id is None else self.node_id.toString(),
            "name": self.name,
            "kind": self.kind,
            "space": self.space.as_dict(),
            "travel": self.travel.as_dict(),
            "box": list(self.box),
            "frame": self.frame,
        }

    @classmethod
    def from_note(cls, document: Any, note: dict[str, Any]) -> Place:
        """The place that :meth:`as_note` described, in this document.

        The result will have its own alpha, and no selection.

        Raises:
            KeyError, TypeError, ValueError: it is no such note.
        """
        x, y, width, height = (int(number) for number in note["box"])
        return cls(
            document,
            QtCore.QUuid(note["node"]) if note["node"] else None,
            str(note["name"]),
            str(note["kind"]),
            Space(**note["space"]),
            Space(**note["travel"]),
            x,
            y,
            width,
            height,
            frame=note["frame"],
        )


@dataclass(frozen=True)
class Source:
    """Pixels as they go to the daemon, in ``place.travel``."""

    place: Place
    pixels: Buffer

    @property
    def layout(self) -> str:
        """The protocol's name of the order of channels."""
        return self.place.travel.layout

    @property
    def dtype(self) -> str:
        """The protocol's name of the sample type."""
        return self.place.travel.dtype

    @property
    def profile(self) -> str:
        """The name of the profile that the numbers belong to."""
        return self.place.travel.profile

    @property
    def width(self) -> int:
        """In pixels."""
        return self.place.width

    @property
    def height(self) -> int:
        """In pixels."""
        return self.place.height

    def plane(self, role: str = "content") -> tuple[Plane, Buffer]:
        """The pixels as a plane. It takes their SHA-256 and asks Krita nothing: any thread may."""
        place = self.place
        plane = describe(
            role,
            *place.size,
            self.layout,
            self.dtype,
            self.pixels,
            profile=self.profile,
            offset_x=place.x,
            offset_y=place.y,
        )
        return plane, self.pixels
