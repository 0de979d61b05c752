"""What the store refuses, and what it cannot do; each with a sentence for the artist."""

from __future__ import annotations

import errno
from pathlib import Path

from ..errors import RefusedError, ServiceError

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class TransitionError(RefusedError):
    """What was asked is not possible where the job stands."""

    def __init__(self, state: str, event: str) -> None:
        super().__init__("state", f"The job is {state}: it cannot be {event}.")


class NoSuchJobError(RefusedError):
    """There is no such job (any more)."""

    def __init__(self) -> None:
        super().__init__(
            "no-job", "The daemon does not know this job, or no longer. Send it again."
        )


class DifferentJobError(RefusedError):
    """The artist used the same id for another job before."""

    def __init__(self, name: str) -> None:
        super().__init__(
            "duplicate",
            f"There is another job {name} of yours already, with other pictures or settings. "
            "Send this one under a new id.",
        )


class DiskFullError(RefusedError):
    """The disk takes no more; what was there before is untouched."""

    def __init__(self, place: Path) -> None:
        super().__init__(
            "disk-full",
            f"The disk with {place} is full. Free some space on it and try again; "
            "the jobs that were accepted before are safe.",
        )


class DiskError(ServiceError):
    """The disk does not do what it was asked."""

    def __init__(self, place: Path, detail: str) -> None:
        super().__init__(
            "disk",
            f"The daemon cannot use {place} ({detail}). "
            "Check the disk and who may write there, or choose another folder with --data-dir.",
        )


class DamagedError(ServiceError):
    """Bytes on the disk, or bytes that arrived, are not those that they should be."""

    def __init__(self, what: str) -> None:
        super().__init__("damaged", f"{what} Send the job again.")


class InUseError(ServiceError):
    """Another daemon has the directory."""

    def __init__(self, directory: Path) -> None:
        super().__init__(
            "in-use",
            f"Another Gramarye daemon works in {directory}. "
            "Stop that one, or give this one another folder with --data-dir.",
        )


class UnknownFormatError(ServiceError):
    """The directory's database is not one that this version can read."""

    def __init__(self, path: Path, what: str) -> None:
        super().__init__(
            "format",
            f"{path} is {what}. It was left as it is. "
            "Update Gramarye, or choose another folder with --data-dir.",
        )


def disk_trouble(place: Path, error: OSError) -> ServiceError:
    """The typed error for what the operating system said about ``place``."""
    if error.errno in _FULL:
        return DiskFullError(place)
    return DiskError(place, error.strerror or str(error))
