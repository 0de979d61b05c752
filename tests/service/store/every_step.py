"""Lives a job's life again and again, killed one step later each time; a program of its own.

A step is anything that changes what is on the disk. Prints how many there were.
"""

from __future__ import annotations

import contextlib
import os
import signal
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gramarye.service.errors import RefusedError
from gramarye.service.store.connection import Connection
from gramarye.service.store.store import Store

from .labour import Report, announce, check, complete, upload, work

READS = ("SELECT", "PRAGMA")
MEMORY = "/dev/shm"
"""A disk in memory, where there is one: what a process wrote there survives its kill as well."""


def life(directory: Path, report: Report) -> None:
    """Two jobs that share a picture, a cancelled one, and a result given up to make room."""
    with Store(directory) as store:
        for number in (0, 1):
            upload(store, announce(store, number), report)
        doomed = announce(store, 3)
        upload(store, doomed, lambda *_: None)
        store.cancel(doomed.id)
        for job in store.questions.queued():
            work(store, job, report)
        store.acknowledge(store.questions.jobs_of("ann")[0].id)
        report("acknowledged", "0")
        with contextlib.suppress(RefusedError):
            store.make_room(1 << 60)


def killed_at(step: int, directory: Path) -> list[tuple[str, str]] | None:
    """What was reported before the kill; ``None`` if life has no so many steps."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        arm(step)
        life(directory, lambda what, name: os.write(writing, f"{what} {name}\n".encode()))
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        lines = pipe.read().splitlines()
    status = os.waitpid(child, 0)[1]
    if os.WIFEXITED(status):
        assert os.WEXITSTATUS(status) == 0
        return None
    assert os.WTERMSIG(status) == signal.SIGKILL
    return [(line.split()[0], line.split()[1]) for line in lines]


def arm(step: int) -> None:
    """Let this process be killed just before its step of that number."""
    left = step

    def count(function: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: Any, **options: Any) -> Any:
            nonlocal left
            words = arguments[0]
            if not (isinstance(words, str) and words.startswith(READS)):
                left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return function(*arguments, **options)

        return counted

    for name in ("replace", "unlink", "mkdir", "chmod"):
        setattr(Path, name, count(getattr(Path, name)))
    report = os.write  # the pipe is no disk, but to die before a report is worth a try as well
    os.write, os.fsync = count(report), count(os.fsync)
    opened = Connection._open

    def counting(self: Connection) -> None:
        opened(self)
        self.run = count(self.run)

    Connection._open = counting


def survives(step: int, directory: Path) -> bool:
    """Live until the step, look at what is left, and go on; ``False`` if there is no such step."""
    reports = killed_at(step, directory)
    if reports is None:
        return False
    with Store(directory) as store:
        check(store, directory, reports)
        complete(store, lambda *report: reports.append(report))
        check(store, directory, reports)
    return True


def main() -> None:
    step = 1
    place = MEMORY if Path(MEMORY).is_dir() else None
    while True:
        with tempfile.TemporaryDirectory(dir=place) as folder:
            if not survives(step, Path(folder) / "data"):
                break
        step += 1
    print(step - 1)


if __name__ == "__main__":
    main()
