"""What to send with a report: versions, states, the end of the log. Always in English."""

from __future__ import annotations

import json
import platform
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

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


def report(
    facts: Mapping[str, str], log: str, doctor: Sequence[str] = (), home: Path | None = None
) -> str:
    """The facts in lines, what the doctor said, and the last lines of a log.

    The user's own folder, which has the user's name in it, is ``~``.
    """
    lines = [f"{name}: {value}" for name, value in facts.items()]
    tail = [line for line in log.splitlines() if line.strip()][-MOST_LINES:]
    told = ["", "Doctor:", *doctor] if doctor else []
    text = "\n".join([*lines, *told, "", "Log:", *(tail or ["(none)"])]) + "\n"
    return without_home(text, Path.home() if home is None else home)


def doctor_lines(said: bytes, errors: bytes) -> list[str]:
    """What ``gramarye doctor --json`` found out, a line each; else the last that it said."""
    try:
        return [_finding_line(one) for one in json.loads(said)["findings"]]
    except (ValueError, KeyError, TypeError):
        last = errors.decode(errors="replace").strip().splitlines()[-1:]
        return [f"(no findings: {' '.join(last) or 'it said nothing'})"]


def _finding_line(finding: Mapping[str, str]) -> str:
    line = f"{finding['level']}: {finding['check']}: {finding['sentence']}"
    return f"{line} [{finding['mend']}]" if finding["mend"] else line


def without_home(text: str, home: Path) -> str:
    """The text with ``~`` for this folder, however it is written."""
    for name in sorted({str(home), str(home.resolve())}, key=len, reverse=True):
        if len(Path(name).parts) > 1:
            text = text.replace(name, "~")
    return text
