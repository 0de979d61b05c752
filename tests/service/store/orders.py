"""Orders, and what a broker does with them, for the tests of the store."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

from gramarye.service.store.blobs import Part, Settled
from gramarye.service.store.checkpoints import new_part
from gramarye.service.store.records import Job, Order
from gramarye.service.store.store import Store
from gramarye_protocol import Plane

from ..pictures import pair, picture

Pictures = list[tuple[Plane, bytes]]


def order(
    name: str = "one",
    pictures: Pictures | None = None,
    artist: str = "ann",
    settings: str = '{"strength": 50}',
    priority: int = 0,
) -> Order:
    """An order of small pictures."""
    planes = tuple(plane for plane, _ in pictures or pair())
    return Order(artist, name, settings, planes, planes[0].nbytes, priority)


def settled(part: Part, data: bytes) -> Settled:
    """Bytes that arrived whole."""
    part.drop()
    part.append(0, data)
    return part.settle()


def bring(store: Store, job: Job, pictures: Pictures | None = None) -> Job:
    """Send the planes that a job awaits."""
    for place, (_, data) in enumerate(pictures or pair()):
        if not store.questions.job(job.id).planes[place].here:
            job = store.plane_here(job.id, place, settled(store.plane_part(job.id, place), data))
    return job


def accepted(store: Store, name: str = "one", seed: int = 0, artist: str = "ann") -> Job:
    """A queued job with pictures of its own."""
    pictures = [picture("content", seed=2 * seed), picture("style", seed=2 * seed + 1)]
    return bring(store, store.submit(order(name, pictures, artist)), pictures)


def finished(store: Store, job: Job, result: bytes = b"painted") -> Job:
    """Run a queued job to its end."""
    store.start(job.id)
    descriptor = json.dumps({"steps": 3})
    return store.finish(job.id, descriptor, settled(store.result_part(job.id), result), 2.5)


def saved(store: Store, job: int, state: bytes, served: float = 1.0) -> Job:
    """Keep a checkpoint, of which the store does not look at the contents."""
    part = settled(new_part(store.blobs.incoming, job), state)
    return store.checkpoint(job, json.dumps({"state": state.hex()}), part, served)


def sha256(data: bytes) -> str:
    """Of some bytes."""
    return hashlib.sha256(data).hexdigest()


def files(directory: Path) -> dict[str, int]:
    """Blobs and parts on the disk, with their sizes."""
    folders = (directory / "blobs", directory / "incoming")
    return {path.name: path.stat().st_size for folder in folders for path in folder.iterdir()}


def reopened(store: Store, clock: Callable[[], float]) -> Store:
    """The next daemon on the same directory."""
    directory = store.blobs.path("").parent
    store.close()
    return Store(directory, clock=clock)
