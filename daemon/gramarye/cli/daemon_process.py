"""A daemon of one's own, as the real process that it is."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

START_SECONDS = 60.0
STOP_SECONDS = 15.0
_ADDRESS = re.compile(rb"listening on (tcp://\S+:[0-9]+)\s")


class DaemonStartError(Exception):
    """The daemon did not come up."""

    code = "daemon-start"

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@contextmanager
def daemon_process(log: Path, *options: str) -> Iterator[str]:
    """Run ``gramarye serve`` on a free port, with further options; gives its address.

    What it prints goes to ``log``, its jobs to a folder beside that, which is removed afterwards.

    Raises:
        DaemonStartError: it ended at once or never said where it listens.
    """
    data = Path(tempfile.mkdtemp(prefix="jobs-", dir=log.parent))
    where = ["--bind", "tcp://127.0.0.1:*", "--data-dir", str(data)]
    command = [sys.executable, "-m", "gramarye", "serve", *where, *options]
    with log.open("wb") as file:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT
        )
    try:
        yield _address(process, log)
    finally:
        _stop(process)
        shutil.rmtree(data)


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        ended = process.poll() is not None  # asked first: what it printed last is then in the log
        found = _ADDRESS.search(log.read_bytes())
        if found:
            return found[1].decode()
        if ended:
            break
        time.sleep(0.05)
    raise DaemonStartError(f"The daemon did not start. What it said is in {log}.")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
