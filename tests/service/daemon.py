"""A real daemon in a real process, for tests.

Run as a program it serves, as ``gramarye serve`` would, with the studio that it is told.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from gramarye.service.errors import ServiceError
from gramarye.service.fetcher import CATALOGUE
from gramarye.service.serve import serve

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0
"""Guards against hanging; nothing is expected to take so long."""
ONE_THREAD = {"OMP_NUM_THREADS": "1"}
UNUSED_SECONDS = "GRAMARYE_TEST_UNUSED_SECONDS"


class Daemon:
    """A daemon that listens at :attr:`address`."""

    def __init__(self, process: subprocess.Popen[str], log: Path, address: str) -> None:
        self.process = process
        self.address = address
        self._log = log

    @property
    def log(self) -> str:
        """What it said on its standard error."""
        return self._log.read_text()

    def workers(self) -> list[int]:
        """The processes it has started."""
        pid = self.process.pid
        return [
            int(child)
            for children in Path(f"/proc/{pid}/task").glob("*/children")
            for child in children.read_text().split()
        ]

    def worker(self) -> int:
        """Its worker, once there is one."""
        wait_for(lambda: bool(self.workers()), "no worker comes up")
        return self.workers()[0]


def spawn(
    bind: str,
    studio: str,
    log: Path,
    device: str = "test",
    weights: str = "w.pt",
    environment: Mapping[str, str] = ONE_THREAD,
    catalogue: str = CATALOGUE,
) -> subprocess.Popen[str]:
    """Start the program below; its jobs lie beside its log."""
    data = str(log.parent / "jobs")
    words = [bind, studio, device, weights, data, catalogue]
    with log.open("a") as errors:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.service.daemon", *words],
            cwd=ROOT,
            env={**_inherited(), "PYTHONPATH": str(ROOT), **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )


def _inherited() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in ONE_THREAD}


def listening(process: subprocess.Popen[str], log: Path) -> Daemon:
    """The daemon, once it says where it listens."""
    assert process.stdout is not None
    line = process.stdout.readline()
    assert " listening on " in line, f"{line}{log.read_text()[-3000:]}"
    return Daemon(process, log, line.split()[-1])


def await_ends(pids: Sequence[int]) -> None:
    """Wait until processes are gone."""
    wait_for(
        lambda: not any(Path(f"/proc/{pid}").exists() for pid in pids),
        f"one of {pids} does not end",
    )


def wait_for(condition: Callable[[], bool], otherwise: str) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.02)


@contextmanager
def running(
    folder: Path,
    studio: str,
    bind: str = "tcp://127.0.0.1:*",
    device: str = "test",
    weights: str = "w.pt",
    catalogue: str = CATALOGUE,
) -> Iterator[Daemon]:
    """A daemon that is ready for clients, and gone afterwards."""
    log = folder / "daemon.log"
    process = spawn(bind, studio, log, device, weights, catalogue=catalogue)
    try:
        yield listening(process, log)
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE)


def main(
    bind: str, studio: str, devices: str, weights: str, data: str, catalogue: str = CATALOGUE
) -> int:
    """Serve until told to stop; a failure to start is a sentence and the exit code 2."""
    where = Path(weights) if weights else None
    unused = float(os.environ.get(UNUSED_SECONDS, "0"))
    try:
        return serve(
            bind,
            devices.split(","),
            where,
            "info",
            studio,
            Path(data),
            unused_seconds=unused,
            catalogue=catalogue,
        )
    except ServiceError as error:
        print(f"{error.code}: {error.sentence}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
