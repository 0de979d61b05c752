"""A job as it stands in the database."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from gramarye_protocol import Plane
from gramarye_protocol.checks import build

from .lifecycle import State


@dataclass(frozen=True)
class Order:
    """A job as its artist sends it. ``name`` is the client's own id, ``settings`` JSON.

    ``result_bytes`` of the disk are kept free for its result.
    """

    artist: str
    name: str
    settings: str
    planes: tuple[Plane, ...]
    result_bytes: int
    priority: int = 0

    @property
    def digest(self) -> str:
        """The same for the same settings and planes, however the JSON is written."""
        content = [json.loads(self.settings), [asdict(plane) for plane in self.planes]]
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    @property
    def pixels(self) -> int:
        """Of all planes."""
        return sum(plane.width * plane.height for plane in self.planes)

    @property
    def nbytes(self) -> int:
        """Of all planes and the result."""
        return sum(plane.nbytes for plane in self.planes) + self.result_bytes


@dataclass(frozen=True)
class Held:
    """A blob that a job keeps, described by JSON; ``here`` or still on its way."""

    descriptor: str
    sha256: str
    size: int
    here: bool

    @property
    def plane(self) -> Plane:
        """The description, of a plane."""
        return build(Plane, json.loads(self.descriptor))


@dataclass(frozen=True)
class Job:
    """A job. See :mod:`.schema` for what the fields are; ``turn`` is 0 until it is accepted.

    Once it ended it keeps no planes and no checkpoints. ``checkpoints`` has the newest first.
    """

    id: int
    artist: str
    name: str
    settings: str
    state: State
    priority: int
    turn: int
    crashes: int
    served: float
    submitted: float
    changed: float
    notices: tuple[str, ...]
    code: str
    sentence: str
    acknowledged: bool
    planes: tuple[Held, ...]
    result: Held | None
    checkpoints: tuple[Held, ...]

    @property
    def whole(self) -> bool:
        """Whether every plane is here."""
        return all(plane.here for plane in self.planes)

    @property
    def blobs(self) -> set[str]:
        """The hashes of all that it keeps or awaits."""
        result = (self.result,) if self.result else ()
        return {held.sha256 for held in (*self.planes, *result, *self.checkpoints)}


@dataclass(frozen=True)
class Usage:
    """What an artist's jobs take: unfinished jobs, their planes' pixels, and bytes.

    ``nbytes`` are those of the planes, of the room for results, and of results that wait to be
    acknowledged.
    """

    jobs: int
    pixels: int
    nbytes: int


def plane_descriptors(planes: Sequence[Plane]) -> list[str]:
    """Each plane as JSON."""
    return [json.dumps(asdict(plane)) for plane in planes]
