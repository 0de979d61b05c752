"""Everything that is checked, in the order in which one thing needs the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from . import machine
from .finding import Finding, pip_command


def checkup(address: str, data: Path | None = None) -> Iterator[Finding]:
    """Check this installation, the daemon at ``address``, and its folder.

    Some seconds long: torch is imported twice, in other processes.
    """
    from .interpreter import on_path, packages, python

    probe = machine.probe()
    yield from python()
    yield from on_path()
    yield from packages(probe)
    yield from _devices(probe)
    yield from _able("folder", lambda: _folders(probe, address, data))
    yield from _able("service", _service)
    yield from _able("krita", _kritas)


def _devices(probe: machine.Probe) -> Iterator[Finding]:
    from .compute import device, torch, torchvision

    yield from torch(probe)
    yield from torchvision(probe)
    yield from device(probe, machine.nvidia())


def _folders(probe: machine.Probe, address: str, given: Path | None) -> Iterator[Finding]:
    from ..engine.places import cache_directory, find_weights
    from ..service.store.places import data_directory
    from .daemon import daemon, several
    from .folder import database, folder, in_use
    from .listeners import daemons
    from .networks import weights
    from .room import disk, memory

    data = given or data_directory()
    yield from memory(probe)
    yield from disk(data, "jobs and results")
    yield from disk(cache_directory(), "networks")
    yield from weights()
    yield from folder(data)
    yield from database(data)
    found = [network for network in ("vgg19", "vgg16") if find_weights(network)]
    yield from daemon(address, data, in_use(data), found)
    yield from several(daemons())


def _service() -> Iterator[Finding]:
    from .autostarting import service

    yield from service()


def _kritas() -> Iterator[Finding]:
    from .kritas import known, kritas

    yield from kritas(known())


def _able(check: str, ask: Callable[[], Iterable[Finding]]) -> Iterator[Finding]:
    """The findings, or that a package is missing without which there are none."""
    try:
        yield from ask()
    except ImportError as error:
        name = error.name or "a package"
        sentence = f"This cannot be checked while {name} is missing or broken."
        yield Finding(check, "wrong", sentence, pip_command("--force-reinstall", "gramarye"))
