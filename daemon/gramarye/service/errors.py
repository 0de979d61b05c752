"""Errors of the service: each has a code for programs and a sentence for the artist."""

from __future__ import annotations


class ServiceError(Exception):
    """The daemon cannot be started, reached or trusted to go on.

    ``code`` is a stable word that programs may compare; ``sentence`` says what happened and what
    to do about it.
    """

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


class NoDaemonError(ServiceError):
    """Nothing that speaks Gramarye answers at the address."""

    def __init__(self, address: str) -> None:
        super().__init__(
            "no-daemon",
            f"No Gramarye daemon answers at {address}. Start one with: gramarye serve",
        )


class LostDaemonError(ServiceError):
    """The daemon answered once and is gone now."""

    def __init__(self, address: str) -> None:
        super().__init__(
            "lost-daemon",
            f"The Gramarye daemon at {address} went away before it was done. "
            "Start it again with: gramarye serve",
        )


class RefusedError(ServiceError):
    """The daemon answered with a failure: a job that failed, or a message it would not take."""
