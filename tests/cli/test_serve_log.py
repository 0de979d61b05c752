"""``gramarye serve --log-file``: where there is no terminal to write to."""

from __future__ import annotations

import subprocess
from pathlib import Path

from gramarye.service.client import Client

from .helpers import GUARD_SECONDS, command, daemon, environment


def test_the_log_and_the_workers_go_to_the_end_of_the_file(tmp_path: Path) -> None:
    log = tmp_path / "logs" / "daemon.log"
    log.parent.mkdir()
    log.write_text("before\n")
    log.chmod(0o600)
    with daemon(tmp_path, "--log-file", log) as address, Client.connect(address, 30):
        pass
    text = log.read_text()
    assert text.startswith("before\n")
    assert "a client says hello" in text
    assert "stopped" in text
    assert log.stat().st_mode & 0o077 == 0


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    words = ("serve", "--bind", "tcp://127.0.0.1:*", "--log-file", tmp_path / "file" / "log")
    told = subprocess.run(
        command(*words),
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=GUARD_SECONDS,
        check=False,
    )
    assert told.returncode == 2
    assert f"{tmp_path / 'file' / 'log'} cannot be written" in told.stderr
