"""Krita's settings file, ``kritarc``: one line changed, every other byte as it was."""

from __future__ import annotations

from pathlib import Path

from .names import PLUGIN

_ENABLE = f"enable_{PLUGIN}".encode()
_GROUP = b"[python]"
_DOCKER = b"[DockWidget gramarye_jobs]"


def enabled(kritarc: bytes) -> bytes:
    """The settings with the plugin enabled."""
    lines = kritarc.splitlines()
    line = _ENABLE + b"=true"
    if _GROUP not in lines:
        return b"\n".join([*lines, *([b""] if lines else []), _GROUP, line, b""])
    start, end = _span(lines, _GROUP)
    others = [one for one in lines[start:end] if _key(one) != _ENABLE]
    return b"\n".join([*lines[:start], line, *others, *lines[end:], b""])


def is_enabled(kritarc: bytes) -> bool:
    """Whether the settings enable the plugin."""
    lines = kritarc.splitlines()
    start, end = _span(lines, _GROUP)
    return any(
        _key(line) == _ENABLE and line.split(b"=", 1)[1].strip().lower() == b"true"
        for line in lines[start:end]
        if b"=" in line
    )


def without_plugin(kritarc: bytes) -> bytes:
    """The settings as if the plugin had never been enabled; a group that is left empty goes too.

    So does the place of its docker in Krita's window.
    """
    lines = kritarc.splitlines()
    for line in lines:
        if line.startswith(b"[") and line.endswith(_DOCKER):
            return without_plugin(_without_group(lines, line))
    start, end = _span(lines, _GROUP)
    others = [one for one in lines[start:end] if _key(one) != _ENABLE]
    if len(others) == end - start:
        return kritarc
    if not any(one.strip() for one in others):
        return _without_group(lines, _GROUP)
    return b"\n".join([*lines[:start], *others, *lines[end:], b""])


def without_choices(kritarc: bytes) -> bytes:
    """The settings without what the plugin's dialog remembers."""
    group = f"[{PLUGIN}]".encode()
    lines = kritarc.splitlines()
    return _without_group(lines, group) if group in lines else kritarc


def resource_directory(kritarc: bytes) -> Path | None:
    """The resource folder that the artist chose in Krita, if it is not the usual one."""
    for line in kritarc.splitlines():
        if line.startswith(b"["):
            return None  # only the lines before the first group count
        if _key(line) == b"ResourceDirectory":
            value = line.split(b"=", 1)[1].strip().decode("utf-8", "replace")
            chosen = Path(value.replace(r"\s", " ").replace("\\\\", "\\"))
            return chosen if chosen.is_absolute() else None
    return None


def _key(line: bytes) -> bytes:
    return line.split(b"=", 1)[0].strip() if b"=" in line else b""


def _span(lines: list[bytes], group: bytes) -> tuple[int, int]:
    """Where a group's lines begin and end; an empty span where there is none."""
    if group not in lines:
        return 0, 0
    start = lines.index(group) + 1
    end = next((i for i in range(start, len(lines)) if lines[i].startswith(b"[")), len(lines))
    return start, end


def _without_group(lines: list[bytes], group: bytes) -> bytes:
    start, end = _span(lines, group)
    before, after = lines[: start - 1], lines[end:]
    while before and not before[-1].strip():
        before.pop()
    kept = [*before, *([b""] if before and after else []), *after]
    return b"\n".join([*kept, b""]) if kept else b""
