"""The daemon as a service of the system's, where it was installed as one."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from ..autostart.definition import Definition
from ..autostart.installing import definition, succeeds
from .finding import Finding, own_command


def service(wanted: Definition | None = None, python: str = sys.executable) -> Iterator[Finding]:
    """Does the system start this Gramarye, and does it run?"""
    wanted = wanted or definition([python, "-m", "gramarye", "serve"])
    if not wanted.file.exists():
        return
    written, ours = wanted.file.read_bytes(), wanted.content
    install = own_command("service", "install")
    if _program(written) != _program(ours):
        sentence = f"At login {wanted.system} starts another Gramarye than this one: {wanted.file}."
        yield Finding("service", "wrong", sentence, install)
    elif not succeeds(wanted.known):
        sentence = f"{wanted.system} should run the daemon and does not. Its log: {wanted.log}"
        yield Finding("service", "wrong", sentence, install)
    else:
        yield Finding("service", "ok", f"{wanted.system} runs the daemon: {wanted.file}.")


def _program(content: bytes) -> bytes:
    """What stands before the options of the daemon, in whatever language: which Python it is."""
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8"
    text = content.decode(encoding, errors="replace")
    starts = ("ExecStart=", "<key>ProgramArguments</key>", "<Command>")
    start = next((text.index(one) for one in starts if one in text), 0)
    return text[start : text.find("-m", start)].encode()
