"""Everything that is checked, in the order in which one thing needs the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from . import machine
from .finding import Finding, pip_command, quoted


def checkup(address: str, data: Path | None = None) -> Iterator[Finding]:
    """Check this installation, the daemon at ``address``, and its folder.

    Some seconds long: torch is imported twice, in other processes.
    """
    probe = machine.probe()
    for check, ask in (
        ("python", lambda: _python(probe)),
        ("torch", lambda: _devices(probe)),
        ("disk", lambda: _room(probe, data)),
        ("weights", _weights),
        ("folder", lambda: _folder(data)),
        ("daemon", lambda: _daemon(address, data)),
        ("service", _service),
        ("krita", _kritas),
    ):
        yield from _able(check, ask)


def _python(probe: machine.Probe) -> Iterator[Finding]:
    from .interpreter import on_path, packages, python

    yield from python()
    yield from on_path()
    yield from packages(probe)


def _devices(probe: machine.Probe) -> Iterator[Finding]:
    from .compute import device, torch, torchvision

    yield from torch(probe)
    yield from torchvision(probe)
    yield from device(probe, machine.nvidia())


def _room(probe: machine.Probe, data: Path | None) -> Iterator[Finding]:
    from ..engine.places import cache_directory
    from ..service.store.places import data_directory
    from .room import disk, memory

    yield from memory(probe)
    yield from disk(data or data_directory(), "jobs and results")
    yield from disk(cache_directory(), "networks")


def _weights() -> Iterator[Finding]:
    from .networks import weights

    yield from weights()


def _folder(data: Path | None) -> Iterator[Finding]:
    from ..service.store.places import data_directory
    from .folder import database, folder

    yield from folder(data or data_directory())
    yield from database(data or data_directory())


def _daemon(address: str, data: Path | None) -> Iterator[Finding]:
    from ..engine.places import find_weights
    from ..service.store.places import data_directory
    from .daemon import daemon, several
    from .folder import in_use
    from .listeners import daemons

    data = data or data_directory()
    found = [network for network in ("vgg19", "vgg16") if find_weights(network)]
    yield from daemon(address, data, in_use(data), found)
    yield from several(daemons())


def _service() -> Iterator[Finding]:
    from .autostarting import service

    yield from service()


def _kritas() -> Iterator[Finding]:
    from ..krita.places import every_krita
    from .kritas import kritas

    yield from kritas(every_krita())


def _able(check: str, ask: Callable[[], Iterable[Finding]]) -> Iterator[Finding]:
    """The findings; or why there are none, because a package is missing or a file is shut."""
    try:
        yield from ask()
    except ImportError as error:
        name = error.name or "a package"
        sentence = f"This cannot be checked while {name} is missing or broken."
        yield Finding(check, "wrong", sentence, pip_command("--force-reinstall", "gramarye"))
    except OSError as error:
        sentence = f"This cannot be checked: {error}."
        mend = quoted("ls", "-ld", str(error.filename)) if error.filename else "gramarye doctor"
        yield Finding(check, "wrong", sentence, mend)
