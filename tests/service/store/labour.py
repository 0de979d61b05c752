"""A worker without pixels to compute: what comes out depends on all that went in.

A job's number decides its pictures; its result is a chain of hashes over them, of which the
checkpoints keep the links. So an interrupted job must end with the bytes of an undisturbed one.
Run as a program it works in a directory until it is killed, and reports on its standard output what
the store has promised.
"""

from __future__ import annotations

import hashlib
import random
import sys
from collections.abc import Callable
from pathlib import Path

from gramarye.service.store.checkpoints import (
    Array,
    Checkpoint,
    first_whole,
    new_part,
    write,
)
from gramarye.service.store.lifecycle import ENDED, State
from gramarye.service.store.records import Job
from gramarye.service.store.store import Store

from ..pictures import picture
from .orders import Pictures, files, order, sha256

STEPS = 3
SIDE = 48
PIECE = 5_000
Report = Callable[[str, str], object]


def pictures_of(number: int) -> Pictures:
    """Every third job has the style of another one."""
    return [
        picture("content", SIDE, SIDE, number),
        picture("style", SIDE, SIDE, 1000 + number // 3),
    ]


def undisturbed(number: int) -> bytes:
    """The result that a job must have."""
    link = beginning([data for _, data in pictures_of(number)])
    for _ in range(STEPS):
        link = hashlib.sha256(link).digest()
    return link * 200


def beginning(planes: list[bytes]) -> bytes:
    return hashlib.sha256(b"".join(planes)).digest()


def announce(store: Store, number: int) -> Job:
    return store.submit(order(str(number), pictures_of(number)))


def upload(store: Store, job: Job, report: Report) -> None:
    """Send what is missing of a job's planes, in pieces."""
    for place, (_, data) in enumerate(pictures_of(int(job.name))):
        if job.planes[place].here:
            continue
        part = store.plane_part(job.id, place)
        while part.size < len(data):
            part.append(part.size, data[part.size : part.size + PIECE])
        job = store.plane_here(job.id, place, part.settle(job.planes[place].sha256))
    report("accepted", job.name)


def work(store: Store, job: Job, report: Report) -> None:
    """Take a queued job to its end, from its newest whole checkpoint."""
    job = store.start(job.id)
    saved = first_whole(store.blobs.path(held.sha256) for held in job.checkpoints)
    planes = [bytes(store.blobs.view(held.sha256)) for held in job.planes]
    link = bytes(saved.arrays["link"].data) if saved else beginning(planes)
    for step in range(saved.about["step"] if saved else 0, STEPS):
        link = hashlib.sha256(link).digest()
        if step % 2 == 0:
            state = Checkpoint({"link": Array("uint8", (32,), link)}, {"step": step + 1})
            ready = write(new_part(store.blobs.incoming, job.id), state)
            store.checkpoint(job.id, "{}", ready, 1.0)
    part = store.result_part(job.id)
    part.drop()  # the worker sends it from the beginning
    for offset in range(0, len(link) * 200, PIECE):
        part.append(offset, (link * 200)[offset : offset + PIECE])
    store.finish(job.id, "{}", part.settle())
    report("done", job.name)


def complete(store: Store, report: Report) -> None:
    """Bring every job to its end."""
    for job in store.questions.unfinished():
        if job.state is State.UPLOADING:
            upload(store, job, report)
    for job in store.questions.queued():
        work(store, job, report)


def check(store: Store, directory: Path, reports: list[tuple[str, str]]) -> None:
    """Whether everything that was reported holds, and nothing is on the disk but what is needed."""
    for what, name in reports:
        job = store.questions.find("ann", name)
        assert job is not None, f"{name} was {what} and is gone"
        if what == "accepted":
            assert job.state is not State.UPLOADING
        else:
            assert job.state in (State.DONE, State.EXPIRED), f"{name} was {what}: {job.state}"
        if what == "acknowledged":
            assert job.acknowledged
    wanted: dict[str, int] = {}
    for job in store.questions.jobs_of("ann"):
        assert job.state is not State.FAILED
        assert job.state is not State.EXPIRED or job.acknowledged
        if job.state not in ENDED:
            assert [held.plane for held in job.planes] == [
                plane for plane, _ in pictures_of(int(job.name))
            ]
        if job.state is State.DONE:
            assert job.result is not None
            assert bytes(store.blobs.view(job.result.sha256)) == undisturbed(int(job.name))
        result = (job.result,) if job.result else ()
        for held in (*job.planes, *job.checkpoints, *result):
            if held.here:
                wanted[held.sha256] = held.size
    found = files(directory)
    blobs = {name for name in found if not name.endswith(".part")}
    assert blobs == set(wanted)
    for name in blobs:
        assert sha256((directory / "blobs" / name).read_bytes()) == name
    uploading = {
        str(job.id) for job in store.questions.unfinished() if job.state is State.UPLOADING
    }
    for name in set(found) - blobs:
        assert name.partition("-")[0] in uploading, f"{name} is a stray"


def main(directory: Path, seed: int) -> None:
    """Work until killed."""
    chance = random.Random(seed)

    def report(what: str, name: str) -> None:
        print(what, name, flush=True)

    with Store(directory) as store:
        report("open", "")
        while True:
            jobs = store.questions.jobs_of("ann")
            unfinished = [job for job in jobs if job.state in (State.UPLOADING, State.QUEUED)]
            if len(unfinished) < 2 or (chance.random() < 0.3 and len(unfinished) < 6):
                upload(store, announce(store, len(jobs)), report)
            elif chance.random() < 0.7:
                complete(store, report)
            for job in jobs:
                if job.state is State.DONE and chance.random() < 0.1:
                    store.acknowledge(job.id)
                    report("acknowledged", job.name)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
