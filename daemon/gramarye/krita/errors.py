"""The one error of this package."""

from __future__ import annotations


class KritaInstallError(Exception):
    """The plugin could not be installed or packed; ``sentence`` says what to do.

    ``code`` is a stable word that programs may compare.
    """

    def __init__(self, sentence: str, code: str = "krita-install") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.code = code
