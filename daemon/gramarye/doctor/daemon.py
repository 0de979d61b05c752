"""The daemon at its address: whether it answers, and whether it is this one."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from gramarye_protocol import DEFAULT_ADDRESS, Status, VersionError, __version__

from ..service.addresses import check_address
from ..service.errors import NoDaemonError, ServiceError
from .finding import Finding, own_command, quoted
from .listeners import Process, daemons, holder, listens

PATIENCE_SECONDS = 3.0
SOFTWARE = f"gramarye {__version__}"


def daemon(
    address: str, data: Path, folder_in_use: bool, found: Sequence[str]
) -> Iterator[Finding]:
    """Does a daemon answer, of this version, over this folder? ``found`` are the networks here."""
    from ..service.client import Client

    try:
        with Client.connect(check_address(address), timeout=PATIENCE_SECONDS) as client:
            status = client.status(timeout=PATIENCE_SECONDS)
    except NoDaemonError:
        yield from absent(address, data, folder_in_use, listens(address), holder(address))
    except (ServiceError, VersionError) as error:
        yield Finding("daemon", "wrong", error.sentence, _replace(address, holder(address)))
    else:
        yield from answering(address, status, found)
        if not folder_in_use:
            sentence = f"The daemon at {address} keeps its jobs elsewhere than in {data}."
            command = own_command("doctor", "--data-dir", "FOLDER")
            yield Finding("daemon", "note", sentence, command)


def absent(
    address: str, data: Path, folder_in_use: bool, listening: bool, process: Process | None
) -> Iterator[Finding]:
    """What is there in the daemon's stead?"""
    if listening:
        who = f" ({process})" if process else ""
        what = "but does not speak Gramarye, or hangs"
        sentence = f"Another program answers at {address}{who}, {what}."
        yield Finding("port", "wrong", sentence, _look(address, process))
    elif folder_in_use:
        sentence = (
            f"A daemon works in {data}, but none answers at {address}: it has another address, "
            "or hangs. No second one can start there."
        )
        yield Finding("daemon", "wrong", sentence, _other_address(daemons()))
    else:
        sentence = f"No daemon runs at {address}; Krita starts one when it needs it."
        yield Finding("daemon", "note", sentence, _serve(address))
        yield Finding("port", "ok", f"{address} is free.")


def answering(address: str, status: Status, found: Sequence[str]) -> Iterator[Finding]:
    """Is it this version, does it know every network, and is it well?"""
    if status.software != SOFTWARE:
        sentence = f"{status.software} answers at {address}, and this is {SOFTWARE}."
        yield Finding("daemon", "wrong", sentence, _again(address))
    elif not status.features:
        yield Finding("daemon", "ok", f"{SOFTWARE} answers at {address} and is still loading.")
    else:
        at = f"{SOFTWARE} answers at {address}"
        rest = " It is asleep, since nobody works." if status.asleep else ""
        sentence = f"{at}: it paints with {status.features} on {status.device}.{rest}"
        yield Finding("daemon", "ok", sentence)
    if status.features == "builtin" and found:
        sentence = f"The daemon does not know yet that {found[0]} is here: it must start again."
        yield Finding("daemon", "note", sentence, _again(address))
    elif status.notice and status.features != "builtin":
        yield Finding("daemon", "note", f"The daemon says: {status.notice}", _again(address))


def several(running: Sequence[Process]) -> Iterator[Finding]:
    """Do daemons run beside each other? Each holds memory of its own."""
    if len(running) > 1:
        told = "; ".join(str(process) for process in running)
        sentence = f"{len(running)} daemons run, each with memory of its own ({told})."
        yield Finding("daemon", "note", sentence, _drain(running[-1]))


def _serve(address: str) -> str:
    where = () if address == DEFAULT_ADDRESS else ("--bind", address)
    return own_command("serve", *where)


def _again(address: str) -> str:
    where = () if address == DEFAULT_ADDRESS else ("--daemon", address)
    return f"{own_command('drain', *where)} && {_serve(address)}"


def _replace(address: str, process: Process | None) -> str:
    """It cannot be talked to, so it cannot be drained."""
    if process is None:
        return _serve(address)
    return f"{quoted('kill', str(process.pid))} && {_serve(address)}"


def _drain(process: Process) -> str:
    where = process.option("--bind")
    return own_command("drain", *(("--daemon", where) if where else ()))


def _other_address(running: Sequence[Process]) -> str:
    bound = next((one.option("--bind") for one in running if one.option("--bind")), None)
    if bound:
        return own_command("status", "--daemon", bound)
    if running:
        return quoted("kill", str(running[0].pid))
    return "end the program called gramarye, or python, in the system's list of programs"


def _look(address: str, process: Process | None) -> str:
    if process is not None and process.serves:
        return quoted("kill", str(process.pid))  # one of ours that hangs
    port = urlsplit(address).port
    elsewhere = own_command("serve", "--bind", f"tcp://127.0.0.1:{(port or 5599) + 1}")
    if process is not None:
        return elsewhere
    if sys.platform == "win32":
        return f"netstat -ano | findstr :{port}"
    return f"lsof -nP -iTCP:{port} -sTCP:LISTEN"
