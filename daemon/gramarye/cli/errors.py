"""What can go wrong between a command and its job."""

from __future__ import annotations

from ..service.errors import ServiceError


class StrandedError(ServiceError):
    """The daemon went away with a job that it keeps."""

    def __init__(self, job: str) -> None:
        super().__init__(
            "lost-daemon",
            "The Gramarye daemon went away before it was done. When it is started again (gramarye "
            f"serve) the job goes on, and its result comes with: gramarye fetch {job} -o FILE",
        )


class NotCancelledError(ServiceError):
    """A job was to be cancelled while its daemon was away."""

    def __init__(self, job: str) -> None:
        super().__init__(
            "not-cancelled",
            "The daemon is away, so the job could not be cancelled. When it is back: "
            f"gramarye cancel {job}",
        )


class NotDoneError(ServiceError):
    """A result was asked for that is not there yet."""

    def __init__(self, job: str) -> None:
        super().__init__(
            "not-done",
            f"The job {job} is not done yet. Leave --no-wait out to wait for it, or look with: "
            "gramarye jobs",
        )
