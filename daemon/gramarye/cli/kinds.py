"""Kinds of values that options take."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import click

_UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}
_BINARY = {"ki": 1 << 10, "mi": 1 << 20, "gi": 1 << 30, "ti": 1 << 40}
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kmgt]?i?)b?", re.IGNORECASE)


class Bytes(click.ParamType):
    """A size such as ``6GiB``, ``800MB`` or ``1000000``."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The size in bytes."""
        if isinstance(value, int):
            return value
        found = _SIZE.fullmatch(str(value).strip())
        units = {**_UNITS, **_BINARY}
        if found is None or found[2].lower() not in units:
            self.fail(f"{value!r} is no size: write it as 6GiB or 800MB.", param, ctx)
        return int(float(found[1]) * units[found[2].lower()])


class Either(click.ParamType):
    """One of some words, or a whole number."""

    name = "word or number"

    def __init__(self, words: Sequence[str]) -> None:
        self._words = words

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> str | int:
        """The word, or the number."""
        if isinstance(value, int) or value in self._words:
            return value
        if not str(value).isdecimal():
            words = ", ".join(self._words)
            self.fail(f"{value!r} is neither {words} nor a whole number.", param, ctx)
        return int(value)
