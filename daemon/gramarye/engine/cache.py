"""What one job made and the next may use, named by everything that decided its bits."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Iterable
from typing import Any

from torch import Tensor


class Cache:
    """Values by their names, as many as fit; the least recently used go first.

    Args:
        most: bytes that all of them may take together.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: OrderedDict[str, tuple[Any, int]] = OrderedDict()
        self.size = 0
        """Bytes that they take now."""
        self.found = 0
        """How often something was."""

    def get(self, name: str) -> Any | None:
        """The value of this name, if it is still there."""
        if name not in self._values:
            return None
        self._values.move_to_end(name)
        self.found += 1
        return self._values[name][0]

    def put(self, name: str, value: Any, size: int) -> None:
        """Keep a value that nobody changes any more, of so many bytes, if there can be room."""
        if size > self._most:
            return
        self.size += size - self._values.pop(name, (None, 0))[1]
        self._values[name] = value, size
        while self.size > self._most:
            _, (_, freed) = self._values.popitem(last=False)
            self.size -= freed


def name_of(words: str, tensors: Iterable[Tensor | None]) -> str:
    """SHA-256 over some words and tensors (their types, shapes and bytes), in hexadecimal."""
    digest = hashlib.sha256(words.encode())
    for tensor in tensors:
        digest.update(b";")
        if tensor is not None:
            digest.update(f"{tensor.dtype} {tuple(tensor.shape)} ".encode())
            digest.update(tensor.detach().cpu().contiguous().numpy().data)
    return digest.hexdigest()
