"""Lives a job's life again and again, killed one step later each time; a program of its own.

A step is anything that changes what is on the disk. Nothing waits for the disk here: what a process
wrote survives its kill without. Prints how many steps there were.
"""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gramarye.service.store.connection import Connection
from gramarye.service.store.store import Store

from .labour import announce, check, complete, upload, work

READS = ("SELECT", "PRAGMA")


def life(directory: Path, report: Callable[[str, str], None]) -> None:
    """Two jobs that share a picture, a third that fails, and an end of keeping."""
    with Store(directory) as store:
        for number in (0, 1):
            upload(store, announce(store, number), report)
        doomed = announce(store, 3)
        upload(store, doomed, lambda *_: None)
        store.cancel(doomed.id)
        for job in store.questions.queued():
            work(store, job, report)
        job = store.questions.jobs_of("ann")[0]
        store.acknowledge(job.id)
        store.make_room(1)
        store.expire(3600.0)


def killed_at(step: int, directory: Path) -> list[tuple[str, str]] | None:
    """What was reported before the kill; ``None`` if life has no so many steps."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        arm(step)
        life(directory, lambda what, name: os.write(writing, f"{what} {name}\n".encode()) and None)
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


def hurry() -> None:
    """Wait for no disk."""
    os.fsync = lambda file: None
    opened = Connection._open

    def unsynchronised(self: Connection) -> None:
        opened(self)
        self.run("PRAGMA synchronous = OFF")

    Connection._open = unsynchronised


def main() -> None:
    hurry()
    step = 0
    while True:
        step += 1
        with tempfile.TemporaryDirectory() as folder:
            directory = Path(folder) / "data"
            reports = killed_at(step, directory)
            if reports is None:
                print(step - 1)
                return
            with Store(directory) as store:
                check(store, directory, reports)
                complete(store, lambda what, name: reports.append((what, name)))
                check(store, directory, reports)


if __name__ == "__main__":
    sys.exit(main())
