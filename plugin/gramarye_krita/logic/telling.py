"""How a job stands, in words."""

from __future__ import annotations

from typing import Any

from gramarye_protocol import BUILTIN_NOTICE, Estimate, Failure, JobReport, Progress

from ..translate import tr, trn


def notice_words(notice: str) -> str:
    """What the daemon says of itself or of a result, as far as possible in the artist's language
    and with the dialog's button in place of a command."""
    ours = tr(
        "There are no VGG weights yet, so the built-in features are used: learnt from your style, "
        "without a trained network."
    )
    return notice.replace(BUILTIN_NOTICE, ours)


def sending_words(sent: int, size: int) -> str:
    """How far the pictures have got on their way to the daemon."""
    return tr("Sending the picture… {percent} %", percent=100 * sent // size if size else 0)


def waiting_words(position: int) -> str:
    """Where an accepted job stands in the daemon's queue."""
    if position == 0:
        return tr("The daemon begins…")
    return trn("1 job is before yours…", "{number} jobs are before yours…", position)


def standing_words(report: JobReport, otherwise: str) -> str:
    """What has become of a job, where that is not told by its progress."""
    if report.keeping:
        return keeping_words()
    return tr("The job is paused at the daemon.") if report.state == "paused" else otherwise


def progress_words(progress: Progress) -> str:
    """A line such as ``Step 12 of 60 · about 20 seconds left``.

    Before the first step, what the whole job should take.
    """
    if progress.step == 0:
        if progress.estimate is None:
            return tr("The daemon begins…")
        return tr("The daemon begins · {estimate}", estimate=estimate_words(progress.estimate))
    words = tr("Step {step} of {steps}", step=progress.step, steps=progress.steps)
    if progress.seconds_left is not None:
        words += tr(" · {time} left", time=time_words(progress.seconds_left))
    return words


def estimate_words(estimate: Estimate) -> str:
    """A line such as ``about 20 seconds and 0.9 GB of memory``."""
    return tr(
        "{time} and {memory} GB of memory",
        time=time_words(estimate.seconds),
        memory=f"{max(0.1, estimate.memory / 1e9):.1f}",
    )


def time_words(seconds: float) -> str:
    """A duration as one would say it."""
    if seconds < 1.5:
        return tr("about 1 second")
    if seconds < 10:
        return tr("about {number} seconds", number=round(seconds))
    if seconds < 55:
        return tr("about {number} seconds", number=max(10, round(seconds / 5) * 5))
    minutes = round(seconds / 60)
    if minutes < 90:
        return trn("about 1 minute", "about {number} minutes", max(1, minutes))
    return tr("about {number} hours", number=round(seconds / 3600))


def keeping_words() -> str:
    """A job was stopped, and its picture is awaited."""
    return tr("Stopping; the picture as it stands comes next…")


def done_words(seconds: float, made_with: dict[str, Any]) -> str:
    """What a result that came took, and whether it is of the whole job."""
    time = time_words(seconds)
    stopped = made_with.get("stopped")
    if stopped is None:
        return tr("Done in {time}.", time=time)
    return tr("Stopped at step {step} of {steps}, after {time}.", **stopped, time=time)


def cancelled_words(frame: int | None) -> str:
    """What becomes of a layer, or of one of its frames, that was cancelled."""
    if frame is None:
        return tr("Cancelled. No layer was added.")
    return tr("Cancelled. This frame stays as it is.")


def failure_words(failure: Failure) -> str:
    """The daemon's own sentence, or a word for a failure that came without one."""
    return failure.sentence or tr("The daemon stopped the job ({code}).", code=failure.code)
