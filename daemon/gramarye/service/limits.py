"""What a job must have, and how large its pictures may be, before the store is asked."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from gramarye_protocol import Submit

from .errors import RefusedError
from .store.quota import mib


@dataclass(frozen=True)
class Limits:
    """The largest picture, and the most clients. What is kept of jobs is the store's quota."""

    plane_bytes: int = 3 << 30
    clients: int = 256

    def check(self, submit: Submit) -> None:
        """Refuse a job that could not be worked on.

        Raises:
            RefusedError: with what is wrong and what the artist can do.
        """
        _check_roles(submit)
        for plane in submit.planes:
            if plane.nbytes > self.plane_bytes:
                raise RefusedError(
                    "too-large",
                    f"The {plane.role} has {plane.width} × {plane.height} pixels, "
                    f"{mib(plane.nbytes)}; this daemon takes {mib(self.plane_bytes)} a picture. "
                    "Choose a smaller size.",
                )


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
