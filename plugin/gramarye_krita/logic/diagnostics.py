"""What to send with a report: versions, states, the end of the log. Always in English."""

from __future__ import annotations

import platform
import sys
from collections.abc import Mapping

from ..model import Daemon
from ..native import origin

MOST_LINES = 60


def facts(daemon: Daemon, krita: str, qt: str, gramarye: str, said: str) -> dict[str, str]:
    """What decides how things go, by name."""
    return {
        "Gramarye": gramarye,
        "Krita": krita,
        "Qt": qt,
        "Python": sys.version.split()[0],
        "ZeroMQ": origin(),
        "System": platform.platform(),
        "Daemon": f"{daemon.address} ({daemon.link.value})",
        "Computes with": f"{daemon.features} on {daemon.device}",
        "It says": " ".join((daemon.notice, daemon.trouble)).strip(),
        "Dialog says": said,
    }


def report(facts: Mapping[str, str], log: str) -> str:
    """The facts in lines, and the last lines of a log."""
    lines = [f"{name}: {value}" for name, value in facts.items()]
    tail = [line for line in log.splitlines() if line.strip()][-MOST_LINES:]
    return "\n".join([*lines, "", "Log:", *(tail or ["(none)"])]) + "\n"
