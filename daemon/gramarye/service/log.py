"""The daemon's log: lines on the standard error, never pixels."""

from __future__ import annotations

import logging


def start_logging(level: str) -> None:
    """Log to the standard error from ``level`` (debug, info, warning, error) on."""
    logging.basicConfig(
        level=level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
