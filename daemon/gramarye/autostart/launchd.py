"""A launchd agent, for macOS."""

from __future__ import annotations

import plistlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from .definition import KEPT, Definition

LABEL = "org.gramarye.daemon"


def launchd(words: Sequence[str], home: Path, environ: Mapping[str, str], user: int) -> Definition:
    """An agent of the user with this number that runs these words."""
    file = home / "Library" / "LaunchAgents" / f"{LABEL}.plist"
    log = home / "Library" / "Logs" / "gramarye.log"
    kept = {name: environ[name] for name in KEPT if environ.get(name)}
    agent = {
        "Label": LABEL,
        "ProgramArguments": list(words),
        "EnvironmentVariables": {"PYTHONSAFEPATH": "1", **kept},
        "WorkingDirectory": "/",
        "RunAtLoad": True,
        "KeepAlive": {"SuccessfulExit": False},
        "ThrottleInterval": 10,
        "ExitTimeOut": 30,
        "Umask": 0o077,
        "StandardOutPath": str(log),
        "StandardErrorPath": str(log),
    }
    domain = f"gui/{user}"
    target = f"{domain}/{LABEL}"
    return Definition(
        system="launchd",
        file=file,
        content=plistlib.dumps(agent),
        reach=("launchctl", "print", domain),
        unreachable=(
            "launchd has no session for this user: log in at the machine's own screen once and "
            "try again, or start the daemon by hand with: gramarye serve"
        ),
        start=(("launchctl", "enable", target), ("launchctl", "bootstrap", domain, str(file))),
        stop=(("launchctl", "bootout", target),),
        forget=(),
        known=("launchctl", "print", target),
        log=str(log),
    )
