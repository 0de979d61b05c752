"""``gramarye doctor`` as typed: the whole of it, its exit status, and without what it needs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from .helpers import GUARD_SECONDS, command, environment

UNUSED = "tcp://127.0.0.1:1"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Of a user who has neither Krita nor a daemon."""
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


def doctor(home: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run it for a user with this home."""
    alone = {"HOME": str(home), "PATH": str(Path(sys.executable).parent)}  # without Krita
    plain = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
    return subprocess.run(
        command("doctor", "--daemon", UNUSED, *words),
        env=plain | environment(home / "cache") | alone | variables,
        capture_output=True,
        text=True,
        timeout=GUARD_SECONDS,
        check=False,
    )


def test_with_nothing_wrong_it_succeeds_and_touches_nothing(home: Path) -> None:
    told = doctor(home)
    assert told.returncode == 0, told.stdout + told.stderr
    assert "Nothing is wrong" in told.stdout
    assert "! weights" in told.stdout
    assert "weights fetch vgg19" in told.stdout
    left = {one.name for one in home.iterdir()} - {".cache", ".config", ".nv", ".triton"}
    assert not left


def test_with_something_wrong_it_fails_and_says_how_to_mend_it(home: Path) -> None:
    data = home / "data"
    data.mkdir(mode=0o777)
    data.chmod(0o777)
    told = doctor(home, "--data-dir", str(data), "--json")
    assert told.returncode == 1, told.stderr
    findings = json.loads(told.stdout)["findings"]
    [wrong] = [one for one in findings if one["level"] == "wrong"]
    assert wrong["check"] == "folder"
    assert wrong["mend"] == f"chmod -R go-rwx {data}"


@pytest.mark.parametrize("package", ["zmq", "torch", "platformdirs"])
def test_without_a_package_the_rest_is_checked_all_the_same(
    home: Path, tmp_path: Path, package: str
) -> None:
    (tmp_path / f"{package}.py").write_text("raise ImportError('gone', name=__name__)")
    path = os.pathsep.join((str(tmp_path), os.environ.get("PYTHONPATH", "")))
    told = doctor(home, "--json", PYTHONPATH=path)
    assert told.returncode == 1, told.stderr
    findings = json.loads(told.stdout)["findings"]
    wrong = [one for one in findings if one["level"] == "wrong"]
    assert any("--force-reinstall" in one["mend"] for one in wrong)
    assert any(one["check"] == "python" and one["level"] == "ok" for one in findings)


def test_a_check_that_stumbles_over_a_file_holds_up_no_other(home: Path) -> None:
    told = doctor(home, "--json", GRAMARYE_CACHE=str(home / ("x" * 300)))
    assert told.returncode == 1, told.stderr
    findings = json.loads(told.stdout)["findings"]
    wrong = [one for one in findings if one["level"] == "wrong"]
    assert "disk" in {one["check"] for one in wrong}
    assert all("File name too long" in one["sentence"] for one in wrong)
    assert all(one["mend"].startswith("ls -ld ") for one in wrong)
    assert any(one["check"] == "krita" for one in findings)


def test_it_does_not_import_torch_itself() -> None:
    lines = (
        "import sys",
        "from gramarye.doctor import checkup, daemon, folder, kritas, networks, room",
        "from gramarye.cli import doctor",
        "assert 'torch' not in sys.modules",
    )
    subprocess.run([*command()[:1], "-c", "\n".join(lines)], check=True, timeout=GUARD_SECONDS)
