"""What one system needs to start the daemon: a file, and commands."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

Command = tuple[str, ...]

NAME = "gramarye"
DESCRIPTION = "Gramarye: neural style transfer for Krita"
KEPT = ("GRAMARYE_CACHE", "TORCH_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "CUDA_VISIBLE_DEVICES")
"""Variables that decide what the daemon finds: it gets those of the terminal it is installed from,
since the system starts it without them."""


class AutostartError(Exception):
    """The system does not do what it was asked; ``sentence`` says what to do."""

    code = "service"

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True)
class Definition:
    """How one system is told.

    Attributes:
        system: its name.
        file, content: what it reads.
        reach: succeeds where the system can be talked to.
        unreachable: what to say, and to do, where it cannot.
        start: let it read the file, and start the daemon now and at every login.
        stop: end the daemon, and start it no more.
        forget: once the file is gone.
        known: succeeds while the system has the daemon in hand.
        log: where its log is read.
    """

    system: str
    file: Path
    content: bytes
    reach: Command
    unreachable: str
    start: tuple[Command, ...]
    stop: tuple[Command, ...]
    forget: tuple[Command, ...]
    known: Command
    log: str
