"""Times, sizes and a job's standing in words."""

from __future__ import annotations

from gramarye_protocol import JobReport


def duration_text(seconds: float) -> str:
    """A time in the unit that a person would use."""
    if round(seconds) < 90:
        return f"{round(seconds)} s"
    if seconds < 90 * 60:
        return f"{round(seconds / 60)} min"
    return f"{seconds / 3600:.1f} h"


def cost_text(seconds: float, memory: int | None) -> str:
    """Such as ``25 s and 0.9 GB``."""
    time_taken = "1 s" if seconds < 1 else duration_text(seconds)
    return time_taken if memory is None else f"{time_taken} and {memory / 1e9:.1f} GB"


def place_text(ahead: int, seconds_left: float | None) -> str:
    """Where a waiting job stands in the queue."""
    words = f"Waiting behind {ahead} other job(s)" if ahead else "Next in the queue"
    if seconds_left is not None:
        words += f", done in about {duration_text(seconds_left)}"
    return f"{words}."


def standing_text(report: JobReport) -> str:
    """Where a job stands, as a sentence."""
    if report.keeping:
        return f"Ends with the picture as it stands. Then: gramarye fetch {report.id}"
    if report.state == "queued" and report.position is not None:
        return place_text(report.position, report.seconds_left)
    words = {
        "uploading": "Its pictures are on their way.",
        "queued": "Waiting for its turn.",
        "running": "Being worked on.",
        "paused": "Paused. It goes on with: gramarye resume",
        "done": "Done.",
        "cancelled": "Cancelled.",
        "expired": "Its result was kept for as long as promised, and is gone.",
    }
    return words.get(report.state) or report.sentence or "Failed."
