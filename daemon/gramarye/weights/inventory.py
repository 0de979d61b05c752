"""What weights are on this machine, and whether they are sound."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..engine.convention import CONVENTIONS, TORCHVISION
from ..engine.errors import WeightsError
from ..engine.places import HUB_FILES, cache_directory, weight_places
from .label import read_label
from .part import digest


@dataclass(frozen=True)
class Item:
    """A checkpoint that the engine would find."""

    network: str
    path: Path
    place: str
    """``cache`` or ``torch hub``."""
    size: int
    convention: str
    """``torchvision``, ``caffe``, ``its own``; ``unknown`` until the whole file is read."""
    source: str
    used: bool
    """Whether it is the first of its network, the one that is used."""


@dataclass(frozen=True)
class Verdict:
    """What became of checking an item: no ``problem``, or one and what mends it."""

    item: Item
    problem: str
    mend: str


def inventory() -> list[Item]:
    """Every checkpoint in the places where weights are looked for, those in use first."""
    found: list[Item] = []
    for network in reversed(HUB_FILES):
        paths = [path for path in weight_places(network) if path.is_file()]
        found += [_item(network, path, path == paths[0]) for path in paths]
    return found


def verify() -> list[Verdict]:
    """Read every checkpoint whole, and compare it with what is known of it."""
    return [_verdict(item) for item in inventory()]


def _item(network: str, path: Path, used: bool) -> Item:
    place = "cache" if path.parent == cache_directory() else "torch hub"
    convention, source = "unknown", ""
    if place == "torch hub":
        convention, source = TORCHVISION.name, "torchvision"
    elif path.suffix == ".safetensors":
        try:
            label = read_label(path)
        except WeightsError:
            source = "cannot be read"
        else:
            convention = label.convention.name if label.convention else convention
            source = label.source
    return Item(network, path, place, path.stat().st_size, convention, source, used)


def _verdict(item: Item) -> Verdict:
    from .store import check  # torch comes along, to read the tensors

    try:
        check(item.path, item.network)
        problem = _hub_problem(item)
    except WeightsError as error:
        problem = error.sentence
    return Verdict(item, problem, _mend(item) if problem else "")


def _hub_problem(item: Item) -> str:
    """torch hub's file names end in the first eight digits of the file's SHA-256."""
    if item.place != "torch hub":
        return ""
    wanted = Path(HUB_FILES[item.network]).stem.rsplit("-", 1)[-1]
    if digest(item.path).startswith(wanted):
        return ""
    return f"{item.path} is not the file that its name says: its SHA-256 differs."


def _mend(item: Item) -> str:
    if item.path.name == f"{item.network}.safetensors" and item.place == "cache":
        if Path(item.source).is_absolute():
            known = f" --convention {item.convention}" if item.convention in CONVENTIONS else ""
            return f'gramarye weights import{known} "{item.source}"'
        return f"gramarye weights fetch {item.network}"
    return f'delete "{item.path}", then: gramarye weights fetch {item.network}'
