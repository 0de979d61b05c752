"""What jobs really took, beside what was said before."""

from __future__ import annotations

import logging

_FORGETTING = 0.9
"""Of what was used in excess, so much is expected of the next job if nothing new is seen."""

_log = logging.getLogger(__name__)


class Experience:
    """Corrects memory estimates: upwards at once where one was too low, and slowly down again."""

    def __init__(self) -> None:
        self._excess = 0.0

    def expect(self, estimate: int) -> int:
        """The bytes to reckon with."""
        return int(estimate * (1 + self._excess))

    def learn(self, estimate: int, used: int) -> None:
        """A job that was estimated at so many bytes used so many."""
        if estimate <= 0:
            return
        excess = used / estimate - 1
        if excess > self._excess:
            _log.info("a job took %.0f %% more memory than was estimated", 100 * excess)
        self._excess = max(0.0, excess, self._excess * _FORGETTING)
