"""How the setup gets on, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..translate import tr


@dataclass(frozen=True)
class Setup:
    """One setup as it is seen: ``share`` of it is done, from 0 to 1 (``None``: not begun)."""

    words: str = ""
    detail: str = ""
    share: float | None = None
    running: bool = False
    done: bool = False
    trouble: str = ""

    def heard(self, said: Mapping[str, Any]) -> Setup:
        """After the installer has said something."""
        if "step" in said:
            number, of = _number(said, "number"), max(1, _number(said, "of"))
            words = step_words(str(said["step"]))
            return replace(self, words=words, detail="", share=(number - 1) / of, running=True)
        if "size" in said:
            got, size = _number(said, "got"), _number(said, "size")
            detail = tr("{got} of {size} MB", got=got // 1_000_000, size=size // 1_000_000)
            return replace(self, detail=detail)
        if "line" in said:
            return replace(self, detail=str(said["line"]), running=True)
        if "done" in said:
            words = tr("Gramarye is set up. The daemon is starting.")
            return Setup(words, share=1.0, done=True)
        trouble = said.get("refused") or failure_words(
            str(said.get("failed")), str(said.get("detail", ""))
        )
        return replace(self, running=False, trouble=str(trouble))

    def stopped(self) -> Setup:
        """After the artist has stopped it."""
        words = tr("Stopped. What was downloaded is kept: Try Again goes on from there.")
        return replace(self, words=words, detail="", running=False)


def begun() -> Setup:
    """A setup that has just been started."""
    return Setup(tr("Looking for a Python…"), share=0.0, running=True)


def promise_words(place: str) -> str:
    """What will happen, before it does."""
    return tr(
        "Gramarye computes in a program of its own, beside Krita. This fetches it with PyTorch, "
        "which is large: about 1 GB to download, and with an NVIDIA card about 3 GB. It goes to\n"
        "{place}\nand changes nothing else on this computer. You can paint meanwhile.",
        place=place,
    )


def step_words(step: str) -> str:
    """What a step does."""
    return {
        "room": tr("Checking the disk…"),
        "environment": tr("Making a place for it…"),
        "torch": tr("Fetching PyTorch, the largest part…"),
        "gramarye": tr("Installing Gramarye…"),
        "check": tr("Checking that it works…"),
    }.get(step, step)


def failure_words(code: str, detail: str) -> str:
    """Why it failed, and what to do."""
    sentences = {
        "disk": tr("There is not enough room on the disk ({detail}). Free some, then try again."),
        "offline": tr(
            "A download failed ({detail}). Check the connection to the internet, then try again: "
            "it goes on from there."
        ),
        "venv": tr(
            "This Python cannot make environments ({detail}). On Debian and Ubuntu install the "
            "package python3-venv; elsewhere install Python from python.org. Then try again."
        ),
        "torch": tr(
            "PyTorch was installed and does not work ({detail}). Try again; if it stays, copy the "
            "diagnostics and report it."
        ),
        "gramarye": tr(
            "Gramarye was installed and does not start ({detail}). Try again; if it stays, copy "
            "the diagnostics and report it."
        ),
        "folder": tr("A file could not be written ({detail}). Check that folder, then try again."),
    }
    usual = tr("The setup ended early ({detail}). Try again: it goes on from there.")
    return sentences.get(code, usual).format(detail=detail or code)


def _number(said: Mapping[str, Any], name: str) -> int:
    value = said.get(name)
    return value if isinstance(value, int) else 0
