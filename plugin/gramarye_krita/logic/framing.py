"""A range of keyframes, in words."""

from __future__ import annotations

from collections.abc import Sequence

from ..translate import tr, trn

_MOST_NAMED = 6


def range_words(keys: Sequence[int], first: int, last: int) -> str:
    """Which of a layer's keyframes a range of times holds."""
    chosen = [key for key in keys if first <= key <= last]
    if not chosen:
        return tr("No keyframe lies there. The layer's keyframes: {list}.", list=_listed(keys))
    return trn(
        "1 keyframe: {list}.",
        "{number} keyframes: {list}. Each starts from the result before it.",
        len(chosen),
        list=_listed(chosen),
    )


def _listed(keys: Sequence[int]) -> str:
    if len(keys) <= _MOST_NAMED:
        return ", ".join(map(str, keys))
    return f"{keys[0]}, {keys[1]}, {keys[2]} … {keys[-1]}"
