"""The one place that says which version this is."""

__version__ = "0.1.0"

PROTOCOL_VERSION = 1
"""What this package speaks. Raised when an older peer could no longer understand."""
