"""Every sentence that the artist reads, in Krita's own language. English is the source.

A language is a file ``translations/CODE.json``: an object from the English text to the other one.
Values stand in braces in both.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "translations"
SOURCE = "en"

_texts: dict[str, str] = {}


def tr(text: str, **values: Any) -> str:
    """This text in the artist's language, with the values put in where their names stand."""
    spoken = _texts.get(text, text)
    return spoken.format(**values) if values else spoken


def trn(one: str, many: str, number: int, **values: Any) -> str:
    """One text for 1 and another for every other ``number``, known to both as ``{number}``."""
    return tr(one if number == 1 else many, number=number, **values)


def speak(languages: Iterable[str]) -> str:
    """Use the first of these languages that is known here; returns its code.

    ``languages`` are names such as ``de_AT``, ``de-AT`` or ``de``, the artist's favourite first.
    """
    _texts.clear()
    for language in languages:
        for code in _codes(language):
            if code == SOURCE:
                return SOURCE
            if (FOLDER / f"{code}.json").is_file():
                _texts.update(read(code))
                return code
    return SOURCE


def read(code: str) -> dict[str, str]:
    """The texts of a language."""
    return json.loads((FOLDER / f"{code}.json").read_text(encoding="utf-8"))


def _codes(language: str) -> tuple[str, ...]:
    """``de_AT`` → ``de_AT``, ``de``; whatever else it is, it names no file elsewhere."""
    name = language.replace("-", "_").split(".")[0]
    if not name.replace("_", "").isalnum():
        return ()
    return name, name.split("_")[0]
