"""The one place that says which version this is, and what both ends must agree on."""

__version__ = "0.1.0"

PROTOCOL_VERSION = 1
"""What this package speaks. Raised when an older peer could no longer understand."""

HEARTBEAT_MS, HEARTBEAT_TIMEOUT_MS = 1_000, 3_000
"""ZMTP's heartbeats on every connection: who is gone without a word is missed within 5 seconds."""
