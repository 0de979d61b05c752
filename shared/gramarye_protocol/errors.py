"""Errors that cross the wire: a code for programs and a sentence for the artist."""

from __future__ import annotations

_CAPABILITY_WORDS = {
    "follow": "find a job again over another connection",
    "jobs": "list its jobs",
    "pause": "pause and resume jobs",
    "priority": "give a job a priority",
    "drain": "be drained",
    "weights": "fetch weights",
    "keep": "stop a job early and keep its picture",
}


class ProtocolError(Exception):
    """Something received breaks the protocol.

    ``code`` is a stable word that programs may compare (``"version"``, ``"garbage"``, …);
    ``sentence`` is written for the artist and says what to do; ``job`` names the job that the
    message was about, where that much of it could be read.
    """

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.job: str | None = None


class GarbageError(ProtocolError):
    """The bytes are not a Gramarye message, or a field holds what it may not hold."""

    def __init__(self, detail: str) -> None:
        super().__init__(
            "garbage",
            f"A message could not be understood ({detail}). "
            "Check that the address is a Gramarye daemon's and that both sides are up to date.",
        )
        self.detail = detail


class VersionError(ProtocolError):
    """The peers have no protocol version in common."""

    def __init__(self, theirs: object, ours: int) -> None:
        super().__init__(
            "version",
            f"The other side speaks Gramarye protocol {str(theirs)[:64]}, this side speaks {ours}. "
            "Update the older of the plugin and the daemon.",
        )


class OutdatedError(ProtocolError):
    """The daemon lacks something that a newer one has: one of the protocol's ``CAPABILITIES``."""

    def __init__(self, capability: str) -> None:
        what = _CAPABILITY_WORDS.get(capability, capability)
        super().__init__(
            "outdated", f"The daemon is an older Gramarye and cannot {what}; update it."
        )
        self.capability = capability
