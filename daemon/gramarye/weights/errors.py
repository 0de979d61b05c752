"""What can go wrong on the way of a file to this machine, each told in a sentence."""

from __future__ import annotations


class StoreError(Exception):
    """Base of all; ``code`` is for programs, ``sentence`` says what happened and what to do."""

    code = "weights-store"
    transient = False
    """Whether asking the same server again may help."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class UnknownNetworkError(StoreError):
    """A network that the catalogue does not have."""

    code = "weights-unknown"


class AddressError(StoreError):
    """An address that nothing is fetched from: not http(s), or http without a known hash."""

    code = "weights-address"


class NoNetworkError(StoreError):
    """The server cannot be reached at all."""

    code = "weights-network"


class ServerError(StoreError):
    """The server answers, but not with the file."""

    code = "weights-server"


class BusyServerError(ServerError):
    """The server says that it may have the file later."""

    code = "weights-server-busy"
    transient = True


class CutError(StoreError):
    """The connection ended, or went silent, before the file did."""

    code = "weights-cut"
    transient = True


class RangeError(CutError):
    """The server cannot go on from where the part ends; from the start it may."""


class WrongFileError(StoreError):
    """What arrived, or is about to, is not the file that was asked for."""

    code = "weights-wrong-file"


class DiskError(StoreError):
    """The disk is full, or does not take the file."""

    code = "weights-disk"


class BusyError(StoreError):
    """Another process is writing the same weights."""

    code = "weights-busy"


class KeptError(StoreError):
    """Other weights already stand where these would go, and nothing is replaced unasked."""

    code = "weights-kept"


class NoSourceError(StoreError):
    """Every source failed, each for a reason of its own; see ``problems``."""

    code = "weights-no-source"

    def __init__(self, problems: list[StoreError]) -> None:
        told = " ".join(f"({number}) {one.sentence}" for number, one in enumerate(problems, 1))
        super().__init__(f"No source has the file. {told}")
        self.problems = problems
