"""A systemd unit of the user's own.

Of systemd's locks only those are used that a user's unit may set without namespaces, which not
every system allows. ``MemoryDenyWriteExecute`` is not among them: torch writes the code that it
runs. A graphics card is a file in ``/dev``, which stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from .definition import DESCRIPTION, KEPT, NAME, Definition

UNIT = f"{NAME}.service"

_TEXT = """\
# Written by "gramarye service install", and removed by "gramarye service uninstall".
[Unit]
Description={description}
# What cannot work, such as damaged weights, is not tried for ever.
StartLimitIntervalSec=120
StartLimitBurst=5

[Service]
ExecStart={command}
WorkingDirectory=/
{environment}
Restart=on-failure
RestartSec=5
# It saves its jobs before it ends.
TimeoutStopSec=30
KillMode=mixed
# A worker that takes too much memory is started again by the daemon.
OOMPolicy=continue
UMask=0077
NoNewPrivileges=yes
LockPersonality=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK

[Install]
WantedBy=default.target
"""


def systemd(words: Sequence[str], home: Path, environ: Mapping[str, str]) -> Definition:
    """A unit that runs these words."""
    config = environ.get("XDG_CONFIG_HOME", "").strip()
    folder = (Path(config) if config else home / ".config") / "systemd" / "user"
    kept = {name: environ[name] for name in KEPT if environ.get(name)}
    variables = {"PYTHONSAFEPATH": "1", **kept}
    text = _TEXT.format(
        description=DESCRIPTION,
        command=" ".join(_word(word).replace("$", "$$") for word in words),
        environment="\n".join(
            f"Environment={_word(f'{name}={value}')}" for name, value in variables.items()
        ),
    )
    user = ("systemctl", "--user")
    return Definition(
        system="systemd",
        file=folder / UNIT,
        content=text.encode(),
        reach=(*user, "show", "--property=Version"),
        unreachable=(
            "systemd does not run for this user here, as in most containers, or this terminal "
            "was opened with su or sudo. In a container let its own start command be: gramarye "
            "serve. Else log in as this user (ssh, or machinectl shell) and try again."
        ),
        start=((*user, "daemon-reload"), (*user, "enable", UNIT), (*user, "restart", UNIT)),
        stop=((*user, "disable", "--now", UNIT),),
        forget=((*user, "daemon-reload"), (*user, "reset-failed", UNIT)),
        known=(*user, "is-active", "--quiet", UNIT),
        log=f"journalctl --user -u {UNIT}",
    )


def _word(word: str) -> str:
    """A word as systemd reads it back: quoted where it must be (systemd.syntax(7))."""
    word = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{word}"' if any(sign in word for sign in " \t'\";\\") or not word else word
