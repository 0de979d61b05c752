"""What the daemon tells its worker at the start, over the worker's standard input."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Orders:
    """Where the broker is, the keys for the link (they live as long as the worker), and with what
    to work."""

    address: str
    broker_key: str
    public_key: str
    secret_key: str
    device: str
    weights: str | None
    log_level: str

    def line(self) -> bytes:
        """As one line."""
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def read(cls, line: bytes) -> Orders:
        """From :meth:`line`."""
        return cls(**json.loads(line))
