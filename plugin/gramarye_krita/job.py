"""A style transfer as the artist asks for it: the choices, and what they mean for one layer."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from gramarye_protocol import Estimate, Failure, JobReport, Progress, Settings

from .errors import Refusal

LAYER_SIZE = 0
"""The size choice that means "as large as the layer"."""

SIZES = (256, 512, 768, 1024, LAYER_SIZE)
DEFAULT_SIZE = 512
QUALITIES = ("draft", "good", "best")
DEFAULT_QUALITY = "good"
DEFAULT_STRENGTH = 50
SMALLEST_SIDE = 16


@dataclass(frozen=True)
class Choices:
    """What the dialog holds when the artist presses Apply."""

    style: str
    strength: int = DEFAULT_STRENGTH
    size: int = DEFAULT_SIZE
    quality: str = DEFAULT_QUALITY


@dataclass
class Job:
    """One transfer on its way, under an id that no other client has."""

    style_name: str
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    words: str = "Sending the picture…"
    step: int = 0
    steps: int = 0


def working_side(choice: int, width: int, height: int) -> int:
    """The long side to compute at: never more than the layer has.

    Raises:
        Refusal: the layer is too small to find a pattern in.
    """
    longest = max(width, height)
    if longest < SMALLEST_SIDE:
        raise Refusal(
            f"The layer has only {width} × {height} pixels. "
            f"Style transfer needs a side of at least {SMALLEST_SIDE}: choose a larger layer."
        )
    return longest if choice == LAYER_SIZE else min(choice, longest)


def fit(width: int, height: int, longest: int) -> tuple[int, int]:
    """The size with the same proportions whose long side is ``longest``, if it is larger now."""
    if max(width, height) <= longest:
        return width, height
    scale = longest / max(width, height)
    return max(1, round(width * scale)), max(1, round(height * scale))


def settings_for(choices: Choices, width: int, height: int) -> Settings:
    """What to ask of the daemon for a layer of this size."""
    return Settings(
        quality=choices.quality,
        strength=float(choices.strength),
        size=working_side(choices.size, width, height),
    )


def sending_words(sent: int, size: int) -> str:
    """How far the pictures have got on their way to the daemon."""
    return f"Sending the picture… {100 * sent // size if size else 0} %"


def waiting_words(position: int) -> str:
    """Where an accepted job stands in the daemon's queue."""
    if position == 0:
        return "The daemon begins…"
    return "1 job is before yours…" if position == 1 else f"{position} jobs are before yours…"


def standing_words(report: JobReport, otherwise: str) -> str:
    """What has become of a job, where that is not told by its progress."""
    return "The job is paused at the daemon." if report.state == "paused" else otherwise


def progress_words(progress: Progress) -> str:
    """A line such as ``Step 12 of 60 · about 20 seconds left``.

    Before the first step, what the whole job should take.
    """
    if progress.step == 0:
        return estimate_words(progress.estimate)
    words = f"Step {progress.step} of {progress.steps}"
    if progress.seconds_left is not None:
        words += f" · {time_words(progress.seconds_left)} left"
    return words


def estimate_words(estimate: Estimate | None) -> str:
    """A line such as ``The daemon begins · about 20 seconds and 0.9 GB of memory``."""
    if estimate is None:
        return "The daemon begins…"
    memory = max(0.1, estimate.memory / 1e9)
    return f"The daemon begins · {time_words(estimate.seconds)} and {memory:.1f} GB of memory"


def time_words(seconds: float) -> str:
    """A duration as one would say it."""
    if seconds < 1.5:
        return "about 1 second"
    if seconds < 10:
        return f"about {round(seconds)} seconds"
    if seconds < 55:
        return f"about {max(10, round(seconds / 5) * 5)} seconds"
    minutes = round(seconds / 60)
    if minutes < 90:
        return "about 1 minute" if minutes <= 1 else f"about {minutes} minutes"
    return f"about {round(seconds / 3600)} hours"


def failure_words(failure: Failure) -> str:
    """The daemon's own sentence, or a word for a failure that came without one."""
    return failure.sentence or f"The daemon stopped the job ({failure.code})."
