"""Where planes of a canvas' size lie: on their device, or in files that vanish with them."""

from __future__ import annotations

import mmap
import os
import tempfile
from math import prod
from pathlib import Path

import torch
from torch import Tensor

from ..errors import StorageError


class Shelf:
    """Gives memory for planes.

    Args:
        folder: where to keep planes in files; ``None``: in memory. A file has no name there, so it
            is gone with its tensor, and with the process however that ends.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder

    def empty(self, *shape: int, like: Tensor, of: Tensor | None = None) -> Tensor:
        """A plane that lies where ``like`` does, of the dtype of ``of`` (or of ``like``).

        Raises:
            StorageError: the disk has no room for it.
        """
        dtype = (like if of is None else of).dtype
        if self._folder is None:
            return torch.empty(shape, dtype=dtype, device=like.device)
        return _mapped(self._folder, prod(shape) * dtype.itemsize, dtype).view(shape)

    def zeros(self, *shape: int, like: Tensor) -> Tensor:
        """A plane of zeros."""
        if self._folder is None:
            return torch.zeros(shape, dtype=like.dtype, device=like.device)
        return self.empty(*shape, like=like)  # a new file's bytes are zero

    def like(self, plane: Tensor) -> Tensor:
        """Memory for a plane such as this one."""
        return self.empty(*plane.shape, like=plane)

    def copy(self, plane: Tensor) -> Tensor:
        """A plane's own copy."""
        return self.empty(*plane.shape, like=plane).copy_(plane)


def _mapped(folder: Path, size: int, dtype: torch.dtype) -> Tensor:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            if hasattr(os, "posix_fallocate"):
                os.posix_fallocate(file.fileno(), 0, size)  # a full disk says so now, not by SIGBUS
            else:
                file.truncate(size)
            return torch.frombuffer(mmap.mmap(file.fileno(), size), dtype=dtype)
    except OSError as error:
        raise StorageError(
            f"There is no room for {size / 1e9:.1f} GB of the canvas' data in {folder} "
            f"({error.strerror}): free some space there, or choose a smaller size."
        ) from error
