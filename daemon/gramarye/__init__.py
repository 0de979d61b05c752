"""Gramarye: neural style transfer, as a library, a daemon and a command line."""

from gramarye_protocol.version import __version__

__all__ = ["__version__"]
