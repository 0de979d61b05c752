"""Who listens at an address, and which daemons run; names are told by Linux only."""

from __future__ import annotations

import contextlib
import shlex
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from ..service.addresses import ipc_path

ANSWER_SECONDS = 3.0
PROC = Path("/proc")
_LISTENING = "0A"


@dataclass(frozen=True)
class Process:
    """A process, by its number and the words that started it."""

    pid: int
    words: tuple[str, ...]

    @property
    def serves(self) -> bool:
        """Whether it is a Gramarye daemon."""
        return "serve" in self.words and any(
            Path(word).name in ("gramarye", "gramarye.exe") for word in self.words
        )

    def option(self, name: str) -> str | None:
        """What it was told behind ``--name``."""
        for place, word in enumerate(self.words):
            if word == name and place + 1 < len(self.words):
                return self.words[place + 1]
            if word.startswith(f"{name}="):
                return word.partition("=")[2]
        return None

    def __str__(self) -> str:
        """With all its words only if it is ours: others' may name what is nobody's business."""
        words = self.words if self.serves else [Path(word).name for word in self.words[:1]]
        return f"process {self.pid}: {shlex.join(words)[:200]}"


def processes(proc: Path = PROC) -> Iterator[Process]:
    """All that may be looked at."""
    for entry in sorted(proc.glob("[0-9]*"), key=lambda entry: int(entry.name)):
        with contextlib.suppress(OSError):  # it has just ended, or is another user's
            words = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")
            yield Process(int(entry.name), tuple(word for word in words if word))


def daemons() -> list[Process]:
    """Every Gramarye daemon whose words can be read."""
    return [process for process in processes() if process.serves]


def listens(address: str) -> bool:
    """Whether anything takes connections at an address."""
    path = ipc_path(address)
    if path is not None:
        family, place = socket.AF_UNIX, path
    else:
        parts = urlsplit(address)
        family = socket.AF_INET6 if ":" in (parts.hostname or "") else socket.AF_INET
        place = (parts.hostname, parts.port)
    with socket.socket(family) as probe:
        probe.settimeout(ANSWER_SECONDS)
        return probe.connect_ex(place) == 0


def holder(address: str) -> Process | None:
    """The process that listens at an address, where that can be told."""
    port = None if ipc_path(address) else urlsplit(address).port
    return None if port is None else owner(port)


def owner(port: int, proc: Path = PROC) -> Process | None:
    """Who listens on a port, where that can be told."""
    sockets = {f"socket:[{inode}]" for inode in _inodes(port, proc)}
    for process in processes(proc) if sockets else ():
        with contextlib.suppress(OSError):
            for handle in (proc / str(process.pid) / "fd").iterdir():
                if str(handle.readlink()) in sockets:
                    return process
    return None


def _inodes(port: int, proc: Path) -> Iterator[str]:
    for table in ("tcp", "tcp6"):
        with contextlib.suppress(OSError):
            for line in (proc / "net" / table).read_text().splitlines()[1:]:
                fields = line.split()
                if fields[3] == _LISTENING and int(fields[1].rpartition(":")[2], 16) == port:
                    yield fields[9]
