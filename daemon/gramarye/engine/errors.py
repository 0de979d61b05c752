"""Errors of the engine: each has a code for programs and a sentence for the artist."""

from __future__ import annotations


class EngineError(Exception):
    """Base of everything the engine refuses or fails at.

    ``code`` is a stable word; ``sentence`` says what happened and what to do about it.
    """

    code = "engine"

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class PictureError(EngineError):
    """A picture that no style transfer can use: too small, too large, fully transparent."""

    code = "picture"


class RoomError(PictureError):
    """A canvas that does not fit into the memory that is free now."""


class SettingsError(EngineError):
    """Settings that contradict each other or name something that does not exist."""

    code = "settings"


class WeightsError(EngineError):
    """Network weights that are missing, unreadable or not of the network asked for."""

    code = "weights"


class DivergedError(EngineError):
    """The optimisation left the numbers: a loss or gradient is not finite."""

    code = "diverged"


class StorageError(EngineError):
    """The disk has no room for a large canvas' planes."""

    code = "storage"


class MemoryShortError(EngineError):
    """Not even the smallest tiles fit into the memory that there is."""

    code = "memory"


class CheckpointError(EngineError):
    """A transfer's saved state that cannot be used."""

    code = "checkpoint"
