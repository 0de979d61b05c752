"""The artist's jobs as rows to look at: what the diary and the daemon know, put together."""

from __future__ import annotations

import time
import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from gramarye_protocol import JobReport

from ..translate import tr
from .choices import from_json
from .diary import CANCELLED, FAILED, GOING, GONE, Diary, Entry
from .offered import colours, qualities, recipes, sizes, word_for
from .telling import keeping_words, time_words, waiting_words

CANCEL, KEEP, PAUSE, RESUME, RETRY, INSERT, AGAIN = (
    "cancel", "keep", "pause", "resume", "retry", "insert", "again",
)  # fmt: skip
JUST_SENT_SECONDS = 20.0
"""So long may a job be on its way before the daemon lists it."""


ASIDE = "aside-"
"""How ids of jobs begin that are no work of the artist's: previews, and questions for the time."""


def aside() -> str:
    """An id for a preview, or for a question."""
    return f"{ASIDE}{uuid.uuid4()}"


@dataclass(frozen=True)
class Row:
    """One job. ``progress`` runs from 0 to 1 (``None``: there is none to show); ``verbs`` are what
    may be done with it."""

    id: str
    title: str
    words: str
    state: str
    progress: float | None
    verbs: tuple[str, ...]


def rows(
    diary: Iterable[Entry],
    reports: Iterable[JobReport],
    live: Collection[str],
    troubles: dict[str, str],
) -> list[Row]:
    """Every job: those that go on, the first asked for first, then those that have ended, the
    newest first.

    Args:
        reports: what the daemon says of this artist's jobs that have not ended, and of results that
            nobody has fetched.
        live: the jobs that one of Krita's windows waits for itself.
        troubles: what last went wrong with a job, in a sentence.
    """
    entries = {one.id: one for one in diary}
    told = {one.id: one for one in reports if not one.id.startswith(ASIDE)}
    going = [_of_report(one, entries.get(one.id), live, troubles) for one in told.values()]
    going += [
        _waiting(one, live) for one in entries.values() if one.state == GOING and one.id not in told
    ]
    ended = [_ended(one) for one in entries.values() if one.ended and one.id not in told]
    return [*going, *reversed(ended)]


def missing(diary: Diary, reports: Iterable[JobReport], live: Collection[str]) -> list[Entry]:
    """The jobs that should go on, and that the daemon does not have (any more)."""
    told = {one.id for one in reports}
    sent = time.time() - JUST_SENT_SECONDS
    return [
        one
        for one in diary
        if one.state == GOING and one.id not in told and one.id not in live and one.begun < sent
    ]


def details(entry: Entry) -> str:
    """A job's recipe and story in lines, for people."""
    choices = from_json(entry.choices) if entry.choices else None
    lines = [
        (tr("Layer"), entry.name),
        (tr("Picture"), entry.file),
        (tr("Style"), entry.style),
        (tr("Begun"), time.strftime("%x %X", time.localtime(entry.begun)) if entry.begun else ""),
        (tr("State"), entry.words),
    ]
    if choices is not None:
        lines += [
            (tr("Recipe"), word_for(choices.recipe, recipes())),
            (tr("Quality"), word_for(choices.quality, qualities())),
            (tr("Size"), word_for(choices.size, sizes())),
            (tr("Strength"), f"{choices.strength} %"),
            (tr("Stroke size"), f"{choices.stroke} %"),
            (tr("Colours"), word_for(choices.colours, colours())),
        ]
        lines += [(name, str(value)) for name, value in choices.advanced.items()]
    lines += [(tr("Made with"), word) for word in [_features(entry.recipe)] if word]
    return "\n".join(f"{name}: {value}" for name, value in lines if value)


def empty_words(ready: bool) -> str:
    """What to say where there are no jobs."""
    if ready:
        return tr("No jobs yet. Choose Filter ▸ Style Transfer to paint a layer.")
    return tr(
        "No jobs are known here, and no daemon answers. Filter ▸ Style Transfer ▸ "
        "Style Transfer… can start one."
    )


def _of_report(
    report: JobReport, entry: Entry | None, live: Collection[str], troubles: dict[str, str]
) -> Row:
    here = report.id in live
    verbs: list[str] = []
    progress: float | None = report.progress
    if report.state == "done":
        words = tr("Done; a window is adding it.") if here else tr("Done. The result waits here.")
        progress = None
        if not here and entry is not None and entry.place:
            verbs.append(INSERT)
        elif not here:
            words = tr("Done. Fetch it with: gramarye fetch {id} -o FILE", id=report.id)
    elif report.keeping:
        words, verbs = keeping_words(), [CANCEL]
    elif report.state == "paused":
        words, verbs = tr("Paused"), [RESUME, CANCEL]
    elif report.state == "queued":
        words, verbs = waiting_words(report.position or 0), [PAUSE, CANCEL]
    elif report.state == "uploading":
        words, verbs = tr("On its way to the daemon…"), [CANCEL]
    else:
        words, verbs = tr("{percent} %", percent=round(100 * report.progress)), [PAUSE, CANCEL]
        verbs += [KEEP] if report.progress else []
    if report.seconds_left and report.state in ("queued", "running"):
        words += tr(" · {time} left", time=time_words(report.seconds_left))
    if report.id in troubles:
        words = troubles[report.id]
    elif report.notices:
        words = f"{words} {report.notices[-1]}"
    if entry is not None and entry.choices:
        verbs.append(AGAIN)
    state = "done" if report.state == "done" else GOING
    return Row(report.id, _title(entry), words, state, progress, tuple(verbs))


def _waiting(entry: Entry, live: Collection[str]) -> Row:
    """Its daemon does not answer, or has not heard of it yet."""
    if entry.id in live:
        words = tr("On its way to the daemon…")
    else:
        words = tr("No daemon answers at {address}. Start it to go on.", address=entry.address)
    return Row(entry.id, _title(entry), words, GOING, 0.0, (CANCEL, *_repeatable(entry)))


def _ended(entry: Entry) -> Row:
    verbs = _repeatable(entry)
    if entry.state in (FAILED, CANCELLED, GONE) and entry.choices and entry.place:
        verbs = (RETRY, *verbs)
    words = entry.words or (
        tr("The daemon does not have this job any more.") if entry.state == GONE else ""
    )
    return Row(entry.id, _title(entry), words, entry.state, None, verbs)


def _repeatable(entry: Entry) -> tuple[str, ...]:
    return (AGAIN,) if entry.choices else ()


def _title(entry: Entry | None) -> str:
    if entry is None:
        return tr("A job from elsewhere")
    return f"{entry.name} – {entry.style}" if entry.style else entry.name


def _features(recipe: dict[str, Any]) -> str:
    told = recipe.get("features")
    return told if isinstance(told, str) else ""
