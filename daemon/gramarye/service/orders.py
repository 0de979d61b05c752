"""What the daemon tells its worker at the start, over the worker's standard input."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Orders:
    """Where the broker is, the keys for the link (they live as long as the worker), with what to
    work, and the folder for what comes of it."""

    address: str
    broker_key: str
    public_key: str
    secret_key: str
    device: str
    weights: str | None
    log_level: str
    incoming: str

    def line(self) -> bytes:
        """As one line."""
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def read(cls, line: bytes) -> Orders:
        """From :meth:`line`."""
        return cls(**json.loads(line))
