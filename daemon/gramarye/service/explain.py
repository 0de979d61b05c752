"""A studio's exception in the artist's words."""

from __future__ import annotations

import logging

from gramarye_protocol import Failure

from ..engine.errors import EngineError
from .errors import ServiceError

_LONGEST_SENTENCE = 1024
_JOB_MISTAKE = (
    "Gramarye made a mistake with this job; the daemon's log says which. Please report it. "
    "Other jobs are not affected."
)
_START_MISTAKE = "The daemon's networks cannot be set up; its log says why. Please report it."

_log = logging.getLogger(__name__)


def explain(error: Exception, job: str | None = None) -> Failure:
    """The failure to report for what a studio raised, at a job or (without one) at its start.

    What nobody foresaw goes to the log with its trace.
    """
    if isinstance(error, EngineError | ServiceError):
        return Failure(error.code, error.sentence[:_LONGEST_SENTENCE], job)
    _log.error("unforeseen: %r", error, exc_info=error)
    return Failure("internal", _JOB_MISTAKE if job else _START_MISTAKE, job)
