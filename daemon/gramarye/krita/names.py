"""What the packages are called that Krita gets."""

from __future__ import annotations

PLUGIN = "gramarye_krita"
PROTOCOL = "gramarye_protocol"
