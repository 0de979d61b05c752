"""Handing the daemon to the system, and taking it back."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from ..doctor.listeners import Process, holder, listens
from ..service.store.places import data_directory
from .definition import AutostartError, Command, Definition
from .launchd import launchd
from .systemd import systemd
from .tasks import task

COMMAND_SECONDS = 60.0
START_SECONDS = 30.0
"""So long is waited for the daemon to listen."""


def definition(words: Sequence[str], platform: str = sys.platform) -> Definition:
    """How this system is told to run these words."""
    if platform == "win32":
        return task(words, data_directory(), os.environ)
    if platform == "darwin":
        return launchd(words, Path.home(), os.environ, os.getuid())
    return systemd(words, Path.home(), os.environ)


def install(wanted: Definition, address: str) -> bool:
    """Have the daemon started now and at every login, in the place of an earlier one's.

    Returns whether it listens at ``address`` by now.

    Raises:
        AutostartError: the system cannot be talked to, the address is somebody's, or a command
            fails; nothing is left behind then.
    """
    require(wanted)
    if succeeds(wanted.known):
        _take_back(wanted)
    if listens(address):
        raise _taken(address, holder(address))
    try:
        _write(wanted.file, wanted.content)
        for command in wanted.start:
            run(command)
    except BaseException:
        _take_back(wanted)
        raise
    return _until(lambda: listens(address))


def uninstall(wanted: Definition) -> bool:
    """End the daemon and have it started no more. Returns whether there was one.

    Raises:
        AutostartError: the system cannot be talked to, or keeps it all the same.
    """
    require(wanted)
    if not wanted.file.exists() and not succeeds(wanted.known):
        return False
    _take_back(wanted)
    return True


def require(wanted: Definition) -> None:
    """Make sure that the system can be talked to.

    Raises:
        AutostartError: it cannot; the sentence says what to do.
    """
    if shutil.which(wanted.reach[0]) is None or not succeeds(wanted.reach):
        raise AutostartError(wanted.unreachable)


def succeeds(command: Command) -> bool:
    """Whether a command ends well."""
    return _ran(command).returncode == 0


def run(command: Command) -> None:
    """Run a command.

    Raises:
        AutostartError: it fails; with its last words.
    """
    ran = _ran(command)
    if ran.returncode:
        said = (ran.stderr.strip() or ran.stdout.strip() or "it did not say why").splitlines()[-1]
        raise AutostartError(f"{' '.join(command)} failed: {said}")


def _take_back(wanted: Definition) -> None:
    """What is not there cannot be stopped, so it counts only how it stands in the end."""
    for command in wanted.stop:
        succeeds(command)
    wanted.file.unlink(missing_ok=True)
    for command in wanted.forget:
        succeeds(command)
    if succeeds(wanted.known):
        command = " ".join(wanted.stop[0])
        raise AutostartError(f"{wanted.system} keeps the daemon. Look what this says: {command}")


def _ran(command: Command) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=COMMAND_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return subprocess.CompletedProcess(command, 1, "", str(error))


def _taken(address: str, process: Process | None) -> AutostartError:
    if process is not None and process.serves:
        return AutostartError(
            f"A daemon that you started yourself has {address} ({process}). End it, and install "
            "then: gramarye drain"
        )
    who = f" ({process})" if process else ""
    return AutostartError(
        f"Something listens at {address} already{who}. If it is a daemon of yours (gramarye "
        "status), end it with gramarye drain; else choose another address with --bind."
    )


def _write(file: Path, content: bytes) -> None:
    """Whole or not at all."""
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, scratch = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}-")
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
        Path(scratch).replace(file)
    except OSError as error:
        raise AutostartError(
            f"{file} cannot be written ({error.strerror}). Check who may write there."
        ) from error


def _until(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + START_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True
