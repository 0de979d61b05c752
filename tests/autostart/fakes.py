"""Stand-ins for systemctl, launchctl and schtasks that write down what they are told.

That of systemd really runs the unit's command, and ends it, so that the daemon is a real one.
"""

from __future__ import annotations

import sys
from pathlib import Path

SYSTEMCTL = """\
import os, shlex, signal, subprocess, sys, time
from pathlib import Path

here = Path(__file__).parent
unit = Path.home() / ".config" / "systemd" / "user" / "gramarye.service"
pid = here / "pid"
words = sys.argv[2:]
with (here / "calls").open("a") as calls:
    print(*sys.argv[1:], file=calls)


def runs():
    if not pid.exists():
        return False
    stat = Path(f"/proc/{pid.read_text()}/stat")
    return stat.exists() and ") Z" not in stat.read_text()


if (here / "off").exists():
    sys.exit("Failed to connect to bus: No medium found")
if (here / "fails").exists() and words[0] == (here / "fails").read_text():
    sys.exit("Unit gramarye.service is masked.")
if words[0] == "restart":
    settings = [line.split("=", 1) for line in unit.read_text().splitlines() if "=" in line]
    words = shlex.split(dict(settings)["ExecStart"])
    command = [word.replace("%%", "%").replace("$$", "$") for word in words]
    added = dict(shlex.split(value)[0].split("=", 1) for name, value in settings
                 if name == "Environment")
    kept = {name: os.environ[name] for name in ("HOME", "PATH", "PYTHONPATH") if name in os.environ}
    daemon = subprocess.Popen(command, env=kept | added, cwd="/", stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                              start_new_session=True)
    pid.write_text(str(daemon.pid))
elif words[0] == "disable" and runs() and not (here / "keeps").exists():
    os.kill(int(pid.read_text()), signal.SIGTERM)
    while runs():
        time.sleep(0.02)
elif words[0] == "is-active":
    sys.exit(0 if runs() else 3)
"""

RECORDER = """\
import sys
from pathlib import Path

here = Path(__file__).parent
with (here / "calls").open("a") as calls:
    print(*sys.argv[1:], file=calls)
known = here / "known"
words = [word.lower() for word in sys.argv[1:]]
target = words[-1] if words[0] == "print" else ""
if words[0] in ("bootstrap", "/create"):
    known.touch()
elif words[0] in ("bootout", "/delete"):
    known.unlink(missing_ok=True)
elif "gramarye" in target or words[:2] == ["/query", "/tn"]:
    sys.exit(0 if known.exists() else 113)
"""


def program(folder: Path, name: str, text: str) -> Path:
    """Put a program of this name into the folder."""
    folder.mkdir(exist_ok=True)
    file = folder / name
    file.write_text(f"#!{sys.executable}\n{text}")
    file.chmod(0o755)
    return file


def calls(folder: Path) -> list[str]:
    """What the programs there were told."""
    file = folder / "calls"
    return file.read_text().splitlines() if file.exists() else []
