"""From an entry of the catalogue to weights in the user's cache, safe to interrupt anywhere.

1. ``FILE.part`` grows, from one source or several, and survives an interruption;
2. its whole SHA-256 is compared, and a wrong file thrown away;
3. its convolutions are stored, whole or not at all;
4. the part goes. A fetch that was stopped at any of these goes on from there.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from ..engine.convention import TORCHVISION, State
from ..engine.errors import WeightsError
from ..engine.weights import load_weights
from .addresses import addresses, host
from .catalogue import Offer
from .download import download
from .errors import DiskError, KeptError, NoSourceError, StoreError, WrongFileError
from .label import read_label
from .lock import only_writer
from .part import Part
from .store import Origin, intact, store, stored_path

MARGIN = 50_000_000
"""Bytes of the disk that are left to others."""

Report = Callable[[str, int, int], None]
"""Told the stage (``fetching``, ``checking``), and how many bytes of how many are done."""


def _to_nobody(*_: object) -> None:
    """The report that goes nowhere."""


@dataclass(frozen=True)
class Fetched:
    """Where the weights are, and whether they already were."""

    path: Path
    already: bool


def fetch(
    offer: Offer,
    directory: Path,
    mirrors: Iterable[str] = (),
    *,
    replace: bool = False,
    report: Report | None = None,
    pause: Callable[[float], None] = time.sleep,
) -> Fetched:
    """Have the weights of ``offer`` in ``directory``.

    Intact ones are left alone unless ``replace``; broken ones are replaced.

    Raises:
        StoreError: it did not succeed; what has arrived and may be right is kept for the next time.
    """
    sources = addresses(offer, mirrors)
    with only_writer(directory, offer.network):
        path = stored_path(directory, offer.network)
        if not replace and intact(path, offer.network):
            _check_kept(path, offer)
            return Fetched(path, already=True)
        part = Part(directory / f"{offer.file}.part")
        _check_room(offer, directory, part)
        source, sha256 = _bring(offer, sources, part, report or _to_nobody, pause)
        state = _convolutions(offer, part, source)
        store(directory, offer.network, state, Origin(source, sha256))
        part.discard()
    return Fetched(path, already=False)


def _check_kept(path: Path, offer: Offer) -> None:
    """Weights of one's own are never taken for the published ones."""
    label = read_label(path)
    if not label.source_sha256.startswith(offer.sha256):
        raise KeptError(
            f"{path} holds other weights of {offer.network}, from {label.source or 'elsewhere'}: "
            "add --replace to have the published ones instead."
        )


def _check_room(offer: Offer, directory: Path, part: Part) -> None:
    needed = max(offer.size - part.size, 0) + offer.kept + MARGIN
    free = shutil.disk_usage(directory).free
    if free < needed:
        raise DiskError(
            f"{offer.network} needs {needed / 1e6:.0f} MB while it is fetched and "
            f"{free / 1e6:.0f} MB are free in {directory}: make room, or set GRAMARYE_CACHE to a "
            "folder on another disk."
        )


def _bring(
    offer: Offer,
    sources: Iterable[str],
    part: Part,
    report: Report,
    pause: Callable[[float], None],
) -> tuple[str, str]:
    """Fill ``part`` from the first source that can; returns it and the file's hash."""
    problems: list[StoreError] = []
    for source in sources:
        try:
            return source, _bring_from(source, offer, part, report, pause)
        except DiskError:
            raise
        except StoreError as error:
            problems.append(error)
    raise problems[0] if len(problems) == 1 else NoSourceError(problems)


def _bring_from(
    source: str, offer: Offer, part: Part, report: Report, pause: Callable[[float], None]
) -> str:
    resumed = part.size > 0
    download(
        source,
        offer.size,
        part,
        offer.pinned,
        lambda done: report("fetching", done, offer.size),
        pause,
    )
    sha256 = part.digest(lambda done: report("checking", done, offer.size))
    if sha256.startswith(offer.sha256):
        return sha256
    part.discard()
    if resumed:  # the beginning may have been another file's
        return _bring_from(source, offer, part, report, pause)
    raise WrongFileError(
        f"What {host(source)} sent is not {offer.file}: its SHA-256 begins with "
        f"{sha256[: len(offer.sha256)]} instead of {offer.sha256}. It was thrown away; "
        "run the same command again, or name another mirror."
    )


def _convolutions(offer: Offer, part: Part, source: str) -> State:
    try:
        found, state = load_weights(part.path)
    except WeightsError as error:
        part.discard()
        raise WrongFileError(f"What {host(source)} sent holds no {offer.network}.") from error
    if found != offer.network:
        part.discard()
        raise WrongFileError(f"What {host(source)} sent holds {found}, not {offer.network}.")
    return State(state, TORCHVISION, "the catalogue says so")
