"""A store on a disk of its own that is too small; a program for a mount namespace of its own."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from pathlib import Path

from gramarye.service.store.errors import DiskFullError
from gramarye.service.store.lifecycle import State
from gramarye.service.store.store import Store

from .labour import announce, check, complete, pictures_of, upload


def refused(store: Store) -> bool:
    """Whether the disk was too full for one of many jobs."""
    with contextlib.suppress(DiskFullError):
        for number in range(100, 200):
            announce(store, number)
        return False
    return True


def main(directory: Path) -> None:
    directory.mkdir()
    size = "size=1m,mode=700"
    subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", directory], check=True)
    with Store(directory) as store:
        assert refused(store), "a disk of 1 MiB has no room to spare"
        assert store.questions.jobs_of("ann") == []
    reports: list[tuple[str, str]] = []
    with Store(directory, free=lambda folder: 1 << 40) as store:  # others fill the disk later on
        first, second = announce(store, 0), announce(store, 3)
        upload(store, first, lambda *report: reports.append(report))
        part = store.plane_part(second.id, 0)
        data = pictures_of(3)[0][1]
        part.append(0, data[:5])
        with contextlib.suppress(OSError), (directory / "filler").open("wb", 0) as filler:
            while filler.write(bytes(1000)):
                pass
        with contextlib.suppress(DiskFullError):
            part.append(5, data[5:])
            raise AssertionError("a full disk took a plane")
        assert part.size == 5, "something half-written is left"
        assert refused(store), "a full disk took a hundred jobs"
        promised = {job.name: job.state for job in store.questions.jobs_of("ann")}
        assert promised["0"] is State.QUEUED
    with Store(directory, free=lambda folder: 1 << 40) as store:
        assert {job.name: job.state for job in store.questions.jobs_of("ann")} == promised
        check(store, directory, reports)
        (directory / "filler").unlink()
        for job in store.questions.jobs_of("ann"):
            if job.name not in ("0", "3"):
                store.cancel(job.id)
        complete(store, lambda *report: reports.append(report))
        check(store, directory, reports)
        assert {what for what, name in reports if name == "3"} == {"accepted", "done"}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
