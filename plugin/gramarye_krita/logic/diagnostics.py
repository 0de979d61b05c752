"""What to send with a report: versions, states, the end of the log. Always in English."""

from __future__ import annotations

from collections.abc import Mapping

MOST_LINES = 60


def report(facts: Mapping[str, str], log: str) -> str:
    """The facts in lines, and the last lines of a log."""
    lines = [f"{name}: {value}" for name, value in facts.items()]
    tail = [line for line in log.splitlines() if line.strip()][-MOST_LINES:]
    return "\n".join([*lines, "", "Log:", *(tail or ["(none)"])]) + "\n"
