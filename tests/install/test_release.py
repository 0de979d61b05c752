"""The release script: what it refuses, what it builds, and that two builds are one."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType

import pytest

from .test_environment import module  # noqa: F401 - a fixture

ROOT = Path(__file__).parents[2]
CHANGELOG = "# Changelog\n\n## [Unreleased]\n\n## [1.2.3] - 2026-11-28\n\n### Added\n\n- All.\n"
VERSION_FILE = "shared/gramarye_protocol/version.py"


def git(root: Path, *words: str) -> str:
    who = ["-c", "user.name=Frida", "-c", "user.email=frida@example.org"]
    command = ["git", *who, *words]
    return subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout


def commit(root: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "A commit")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A repository that may be released as 1.2.3."""
    root = tmp_path / "tree"
    root.mkdir()
    git(root, "init", "--quiet")
    commit(root, {VERSION_FILE: '__version__ = "1.2.3"\n', "CHANGELOG.md": CHANGELOG})
    git(root, "tag", "v1.2.3")
    return root


@pytest.fixture
def release(module: Callable[[str], ModuleType]) -> ModuleType:  # noqa: F811
    module("environment")
    return module("release")


def test_a_tagged_clean_tree_with_its_heading_may_be_released(
    release: ModuleType, tree: Path
) -> None:
    assert release.read_version(tree) == "1.2.3"
    assert release.problems(tree, "1.2.3") == []


def test_everything_that_speaks_against_a_release_is_said_at_once(
    release: ModuleType, tree: Path
) -> None:
    commit(tree, {VERSION_FILE: '__version__ = "1.3.0"\n'})
    (tree / "left.txt").write_text("over")
    dirty, untagged, unnamed = release.problems(tree, "1.3.0")
    assert dirty == "The tree has changes that are not committed: left.txt."
    assert untagged == "This commit has no tag v1.3.0: git tag -a v1.3.0."
    assert unnamed.startswith("CHANGELOG.md does not begin with 1.3.0")


@pytest.mark.parametrize(
    ("changelog", "sentence"),
    [
        (CHANGELOG.replace(" - 2026-11-28", ""), "no date for 1.2.3"),
        (CHANGELOG.replace("[Unreleased]\n", "[Unreleased]\n\n- More.\n"), "not released yet"),
        ("# Changelog\n\n## [Unreleased]\n", "does not begin with 1.2.3"),
    ],
)
def test_the_changelog_must_tell_of_this_version(
    release: ModuleType, tree: Path, changelog: str, sentence: str
) -> None:
    commit(tree, {"CHANGELOG.md": changelog})
    git(tree, "tag", "--force", "v1.2.3")
    [problem] = release.problems(tree, "1.2.3")
    assert sentence in problem


@pytest.mark.parametrize("version", ["1.2", "v1.2.3", "1.2.3.dev0"])
def test_a_version_that_is_not_semantic_is_refused(
    release: ModuleType, tree: Path, version: str
) -> None:
    assert f"{version} is no version such as" in release.problems(tree, version)[0]


def test_a_dry_run_writes_nothing(
    release: ModuleType,
    tree: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(release, "ROOT", tree)
    assert release.main(["--dry-run"]) == 0
    assert "Version 1.2.3 can be released" in capsys.readouterr().out
    assert not (tree / "dist").exists()
    (tree / "left.txt").write_text("over")
    assert release.main([]) == 1
    assert "Not yet: The tree has changes" in capsys.readouterr().err


def test_what_is_built_is_the_commit_and_its_checksums_hold(
    release: ModuleType, tree: Path, tmp_path: Path
) -> None:
    def build(sources: Path, output: Path, environment: Mapping[str, str]) -> None:
        assert environment["SOURCE_DATE_EPOCH"] == git(tree, "log", "-1", "--format=%ct").strip()
        assert not (sources / "ignored.txt").exists()
        (output / "it.whl").write_bytes((sources / VERSION_FILE).read_bytes())

    (tree / ".git" / "info" / "exclude").write_text("ignored.txt\n")
    (tree / "ignored.txt").write_text("not of the commit")
    output = tmp_path / "dist" / "1.2.3"
    release.release(tree, output, {"it": build})
    digest = hashlib.sha256((tree / VERSION_FILE).read_bytes()).hexdigest()
    assert (output / "SHA256SUMS").read_text() == f"{digest}  it.whl\n"
    assert sorted(file.name for file in output.parent.iterdir()) == ["1.2.3"]
    with pytest.raises(release.InstallError, match="is there already"):
        release.release(tree, output, {"it": build})


def test_two_builds_that_differ_are_no_release(
    release: ModuleType, tree: Path, tmp_path: Path
) -> None:
    def build(sources: Path, output: Path, environment: Mapping[str, str]) -> None:
        (output / "it.whl").write_text(str(sources))

    with pytest.raises(release.InstallError, match="Two builds of the same commit differ"):
        release.release(tree, tmp_path / "dist", {"it": build})
    assert not (tmp_path / "dist").exists()


def test_wheel_and_sources_of_this_project_are_the_same_bytes_each_time(
    release: ModuleType, tmp_path: Path
) -> None:
    if reason := _no_backend(tmp_path):
        pytest.skip(f"NOT TESTED: the build backend cannot be had: {reason}")
    output = tmp_path / "dist"
    release.release(ROOT, output, {"packages": release.packages})
    version = release.read_version(ROOT)
    wheel = output / f"gramarye-{version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert {"gramarye/__init__.py", "gramarye_protocol/version.py"} <= names
    assert "gramarye_krita/gramarye_krita.desktop" in names
    assert (output / f"gramarye-{version}.tar.gz").is_file()
    assert len((output / "SHA256SUMS").read_text().splitlines()) == 2


def _no_backend(folder: Path) -> str:
    answer = subprocess.run(
        [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", folder, "hatchling"],
        capture_output=True,
        text=True,
        check=False,
    )
    return answer.stderr.strip().splitlines()[-1] if answer.returncode else ""
