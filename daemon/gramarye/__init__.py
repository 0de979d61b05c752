"""Gramarye: neural style transfer, as a library, a daemon and a command line.

::

    import gramarye

    result = gramarye.stylize("photo.jpg", "painting.jpg", strength=60)
    result.save("painted.png")

Everything here is read when it is first used, so that importing the package waits for no torch.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from gramarye_protocol.version import __version__

if TYPE_CHECKING:
    from .api import Result, steps, stylize
    from .engine.presets import preset
    from .engine.recipe import Recipe
    from .moments import Update
    from .recipes import load_recipe

__all__ = [
    "Recipe",
    "Result",
    "Update",
    "__version__",
    "load_recipe",
    "preset",
    "steps",
    "stylize",
]

_HOMES = {
    "Recipe": "engine.recipe",
    "Result": "api",
    "Update": "moments",
    "load_recipe": "recipes",
    "preset": "engine.presets",
    "steps": "api",
    "stylize": "api",
}
"""Name → the module that has it."""


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{_HOMES[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
