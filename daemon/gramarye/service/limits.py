"""What one client, and all of them together, may ask of the daemon's memory.

Checked on the announcement of a job, before a byte of it is stored.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from gramarye_protocol import Submit

from .errors import RefusedError
from .jobs import Job

GIB = 1 << 30


@dataclass(frozen=True)
class Limits:
    """The most that is held at once."""

    plane_bytes: int = 1 * GIB
    client_bytes: int = 2 * GIB
    total_bytes: int = 4 * GIB
    jobs_a_client: int = 32
    clients: int = 256

    def check(self, submit: Submit, owner: bytes, jobs: Collection[Job]) -> None:
        """Refuse a job that does not fit beside ``jobs``.

        Raises:
            RefusedError: with what is wrong and what the artist can do.
        """
        _check_roles(submit)
        for plane in submit.planes:
            if plane.nbytes > self.plane_bytes:
                raise RefusedError(
                    "too-large",
                    f"The {plane.role} has {plane.width} × {plane.height} pixels, "
                    f"{_mib(plane.nbytes)}; this daemon takes {_mib(self.plane_bytes)} a picture. "
                    "Choose a smaller size.",
                )
        wanted = sum(plane.nbytes for plane in submit.planes)
        theirs = [job for job in jobs if job.owner == owner]
        if len(theirs) >= self.jobs_a_client:
            raise RefusedError(
                "too-many", f"{len(theirs)} of your jobs are waiting already. Let one finish first."
            )
        if sum(job.held_bytes for job in theirs) + wanted > self.client_bytes:
            raise RefusedError(
                "too-large",
                f"With this job yours would hold more than {_mib(self.client_bytes)} here. "
                "Let one finish first, or choose a smaller size.",
            )
        if sum(job.held_bytes for job in jobs) + wanted > self.total_bytes:
            raise RefusedError("busy", "The daemon's memory is full. Try again in a few minutes.")


def _check_roles(submit: Submit) -> None:
    roles = Counter(plane.role for plane in submit.planes)
    if roles["content"] != 1:
        raise RefusedError(
            "planes",
            f"A job needs one content picture; this one has {roles['content'] or 'none'}.",
        )
    if not roles["style"]:
        raise RefusedError("planes", "A job needs a style picture; this one has none.")
    if submit.settings.init == "image" and not roles["init"]:
        raise RefusedError(
            "planes", "This job is to start from an image but has none. Choose one to start from."
        )
    if roles["init"] > 1 or roles["result"] or roles["preview"]:
        raise RefusedError(
            "planes",
            "A job has a content, its styles and masks, and at most one image to start from.",
        )
    for role, told in (
        ("region", submit.settings.region_styles),
        ("style-mask", submit.settings.style_mask_styles),
    ):
        if roles[role] != len(told):
            raise RefusedError(
                "planes", f"The job has {roles[role]} {role} planes and {len(told)} are described."
            )


def _mib(size: int) -> str:
    return f"{size / (1 << 20):.0f} MiB"
