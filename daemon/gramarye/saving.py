"""A job's state on its way to a disk and back: the engine's tensors as plain bytes."""

from __future__ import annotations

import hashlib
import json
import warnings
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor

from gramarye_protocol import Plane, Settings, __version__

from .engine.checkpoint import Checkpoint as Point
from .engine.errors import CheckpointError
from .engine.recipe import Recipe
from .engine.tiles.layout import Layout
from .engine.tiles.planning import Arrangement
from .saved import Array, Checkpoint

VERSION = 1
"""Raised when what is written here means something else."""

_DTYPES = {
    str(dtype).removeprefix("torch."): dtype
    for dtype in (torch.float64, torch.float32, torch.bfloat16, torch.float16, torch.uint8)
}


def name_of_job(recipe: Recipe, settings: Settings, planes: Sequence[Plane]) -> str:
    """SHA-256 over what a job paints and with which software, in hexadecimal."""
    told = {
        "software": [__version__, torch.__version__],
        "recipe": asdict(recipe),
        "size": settings.size,
        "places": [settings.style_shares, settings.region_styles, settings.style_mask_styles],
        "planes": [asdict(plane) for plane in planes],
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def saved_name(saved: Checkpoint) -> str | None:
    """The name of the job whose state this is, if it says so."""
    within = saved.about.get("within")
    return within.get("job") if isinstance(within, dict) else None


@dataclass(frozen=True)
class Circumstances:
    """What decides a job's bits beside its name: the filters' fingerprint, the threads, the kind of
    device, and how its canvas is cut."""

    job: str
    fingerprint: str
    threads: int
    device: str
    arrangement: Arrangement


@dataclass(frozen=True)
class State:
    """A job between two steps, and what it was computed in."""

    point: Point
    within: Circumstances

    def pack(self) -> Checkpoint:
        """As plain bytes, which are the tensors' own where those lie in the computer's memory: they
        change with the job's next step."""
        tensors, text = self.point.pack()
        about = {"version": VERSION, "state": text, "within": asdict(self.within)}
        return Checkpoint({name: array_of(one) for name, one in tensors.items()}, about)

    @classmethod
    def unpack(cls, saved: Checkpoint) -> State:
        """What :meth:`pack` gave; its tensors are the saved bytes themselves, to be read only.

        Raises:
            CheckpointError: it is not that.
        """
        try:
            about = saved.about
            if about["version"] != VERSION:
                raise ValueError(about["version"])
            tensors = {name: tensor_of(array) for name, array in saved.arrays.items()}
            return cls(Point.unpack(tensors, about["state"]), _circumstances(about["within"]))
        except (LookupError, TypeError, ValueError, AttributeError, RuntimeError) as error:
            raise CheckpointError(
                "A job's saved state cannot be read, so it begins anew. Nothing else is lost."
            ) from error


def on_processor(point: Point) -> Point:
    """The same point with its tensors in the computer's memory."""
    tensors, text = point.pack()
    return Point.unpack({name: one.cpu() for name, one in tensors.items()}, text)


def _circumstances(told: dict[str, Any]) -> Circumstances:
    arrangement = told["arrangement"]
    layouts = tuple(Layout(**layout) for layout in arrangement["layouts"])
    return Circumstances(
        **{**told, "arrangement": Arrangement(**{**arrangement, "layouts": layouts})}
    )


def array_of(tensor: Tensor) -> Array:
    """A tensor's bytes, in the computer's memory; its own where it lies there in C order."""
    flat = tensor.detach().cpu().contiguous().view(-1)
    dtype = str(tensor.dtype).removeprefix("torch.")
    if dtype not in _DTYPES:
        raise TypeError(f"{dtype} in a checkpoint")
    return Array(dtype, tuple(tensor.shape), flat.view(torch.uint8).numpy().data)


def tensor_of(array: Array) -> Tensor:
    """The array as a tensor, in its own memory, which may be read only.

    Raises:
        KeyError, ValueError, RuntimeError: its bytes are not what it says.
    """
    dtype = _DTYPES[array.dtype]
    if not len(memoryview(array.data)):
        return torch.empty(0, dtype=dtype).view(array.shape)
    with warnings.catch_warnings():
        # torch cannot make a tensor read-only, and says so of memory that is. Nobody writes to it.
        warnings.filterwarnings("ignore", "The given buffer is not writable", UserWarning)
        return torch.frombuffer(array.data, dtype=dtype).view(array.shape)
