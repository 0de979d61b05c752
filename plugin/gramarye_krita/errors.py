"""The one error of the plugin: a sentence that the artist reads in the dialog."""

from __future__ import annotations


class Refusal(Exception):  # noqa: N818 - it is an answer, not a fault
    """Something cannot be done; ``sentence`` says what, and what to do about it."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
