"""The docker with the jobs, in the real Krita with a real daemon."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import harness
import pytest

from gramarye.service.client import Client


@pytest.fixture
def given(home: harness.Home, daemon: str, pictures: Path, tmp_path: Path) -> dict[str, Any]:
    """A daemon that knows the artist, and the pictures."""
    home.configure("gramarye_krita", address=daemon, artist="paula")
    return {
        "picture": str(pictures / "scene.png"),
        "style": str(pictures / "style.png"),
        "kra": str(tmp_path / "scene.kra"),
    }


def test_jobs_are_paused_cancelled_tried_again_and_inserted_from_the_docker(
    home: harness.Home, run: harness.Run, given: dict[str, Any], daemon: str
) -> None:
    noted = run("docker", **given)
    assert noted["empty"].startswith("No jobs")
    assert noted["at work unseen"] is False
    assert noted["empty list"] is False
    assert noted["picture"] is True
    [(title, words, state)] = noted["cancelled"]
    assert title == "Background – style"
    assert state == "cancelled"
    assert noted["dialog"] == [words]
    assert noted["tried again"] == ["Background", "Background – style"]
    assert "Quality: Good" in noted["details"]
    assert "Strength: 50 %" in noted["details"]
    assert noted["before inserting"] == ["Background", "Background – style"]
    assert len(noted["inserted"]) == 3
    assert noted["undone"] == noted["before inserting"]
    assert [state for _, _, state in noted["rows"]] == ["done", "kept", "cancelled"]
    assert noted["narrow"] == 250
    assert noted["cleared"] == []
    with Client.connect(daemon, artist="paula") as client:
        assert client.jobs() == []  # every result was acknowledged
    diary = home.data / "gramarye" / "jobs.json"
    assert json.loads(diary.read_text()) == []
    assert diary.stat().st_mode & 0o077 == 0


def test_a_job_is_taken_up_again_after_krita_was_closed(
    run: harness.Run, given: dict[str, Any], daemon: str
) -> None:
    run("quit_in_a_job", **given)
    noted = run("docker_restart", **given)
    assert noted["picture"] is True
    assert noted["documents"] == 1
    assert noted["size"] == [256, 171]
    assert [state for _, _, state in noted["rows"]] == ["done"]
    with Client.connect(daemon, artist="paula") as client:
        assert client.jobs() == []
