"""Build what a release consists of: wheel, sources, Krita's zip, and their checksums.

    .venv/bin/python install/release.py [--dry-run] [-o FOLDER]

What is built is the commit at hand, from a copy of it, twice: both must have the same bytes. It
must be tagged with its version, which CHANGELOG.md has a heading for. ``--dry-run`` only looks
whether all that is so, and says everything that is not. See docs/releasing.md.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import os
import re
import runpy
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from environment import ROOT, InstallError, say

VERSION_FILE = "shared/gramarye_protocol/version.py"
SUMS = "SHA256SUMS"
_SEMANTIC = re.compile(r"\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?")
_HEADING = re.compile(r"^## \[([^\]]+)\](.*)$", re.MULTILINE)
_DATED = re.compile(r" - \d{4}-\d{2}-\d{2}")

Build = Callable[[Path, Path, Mapping[str, str]], None]
"""Builds from a tree into a folder, in an environment."""


def main(words: list[str] | None = None) -> int:
    """Check, and build; returns the exit status."""
    parser = argparse.ArgumentParser(description="Build a release.")
    parser.add_argument("--dry-run", action="store_true", help="check, and write nothing")
    parser.add_argument("-o", "--output", type=Path, help="a new folder; default: dist/VERSION")
    chosen = parser.parse_args(words)
    try:
        version = read_version(ROOT)
        found = problems(ROOT, version)
        for sentence in found:
            print(f"Not yet: {sentence}", file=sys.stderr)
        if found:
            return 1
        output = chosen.output or ROOT / "dist" / version
        if chosen.dry_run:
            say(f"Version {version} can be released; it would be written to {output}.")
            return 0
        release(ROOT, output, {"packages": packages, "zip": krita_zip})
    except InstallError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    for line in (output / SUMS).read_text().splitlines():
        print(line)
    return 0


def read_version(root: Path) -> str:
    """The version that the sources say they are."""
    return str(runpy.run_path(str(root / VERSION_FILE))["__version__"])


def problems(root: Path, version: str) -> list[str]:
    """Everything that speaks against a release, each as a sentence."""
    found = []
    if not _SEMANTIC.fullmatch(version):
        found.append(f"{version} is no version such as 1.2.3: correct {VERSION_FILE}.")
    changes = _git(root, "status", "--porcelain")
    if changes:
        names = ", ".join(line[3:] for line in changes.splitlines()[:5])
        found.append(f"The tree has changes that are not committed: {names}.")
    if f"v{version}" not in _git(root, "tag", "--points-at", "HEAD").split():
        found.append(f"This commit has no tag v{version}: git tag -a v{version}.")
    return found + _changelog_problems((root / "CHANGELOG.md").read_text("utf-8"), version)


def _changelog_problems(changelog: str, version: str) -> list[str]:
    headings = list(_HEADING.finditer(changelog))
    released = [one for one in headings if one[1] != "Unreleased"]
    if not released or released[0][1] != version:
        return [f"CHANGELOG.md does not begin with {version}: rename “[Unreleased]” to it."]
    found = []
    if not _DATED.fullmatch(released[0][2]):
        found.append(f"CHANGELOG.md has no date for {version}: ## [{version}] - YYYY-MM-DD.")
    unreleased = [one for one in headings if one[1] == "Unreleased"]
    if unreleased and changelog[unreleased[0].end() : released[0].start()].strip():
        found.append("CHANGELOG.md has changes that are not released yet in this version.")
    return found


def release(root: Path, output: Path, builds: Mapping[str, Build]) -> None:
    """Build the commit at hand twice into the new folder ``output``, with checksums.

    Raises:
        InstallError: the folder is there, a build fails, or the two differ.
    """
    if output.exists():
        raise InstallError(f"{output} is there already: remove it, or name another with -o.")
    seconds = _git(root, "log", "-1", "--format=%ct")
    sources = subprocess.run(
        ["git", "archive", "--format=tar", "HEAD"], cwd=root, capture_output=True, check=True
    ).stdout
    output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=output.parent, prefix=".release-") as scratch:
        built = []
        for name in ("first", "second"):
            say(f"Building for the {name} time …")
            tree, into = Path(scratch) / name / "tree", Path(scratch) / name / "built"
            into.mkdir(parents=True)
            with tarfile.open(fileobj=io.BytesIO(sources)) as archive:
                archive.extraction_filter = getattr(tarfile, "data_filter", _as_it_is)
                archive.extractall(tree)
            for build in builds.values():
                build(tree, into, environment_of(tree, seconds))
            built.append(into)
        sums, again = (checksums(folder) for folder in built)
        if sums != again:
            raise InstallError(
                f"Two builds of the same commit differ, so nobody could verify them:\n{sums}{again}"
            )
        (built[0] / SUMS).write_text(sums)
        built[0].rename(output)


def environment_of(tree: Path, seconds: str) -> dict[str, str]:
    """What builds run with: this tree's own code, and the commit's time as the present."""
    paths = [str(tree / name) for name in ("plugin", "daemon", "shared")]
    return {
        **os.environ,
        "SOURCE_DATE_EPOCH": seconds,
        "PYTHONPATH": os.pathsep.join(paths),
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def packages(tree: Path, output: Path, environment: Mapping[str, str]) -> None:
    """The wheel and the sources, by the build backend that pyproject.toml names."""
    backend = tree.parent / "backend"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--target", backend, "hatchling"]
    _require(pip, tree, os.environ)
    _require(
        [sys.executable, "-m", "hatchling", "build", "--directory", output],
        tree,
        {**environment, "PYTHONPATH": str(backend)},
    )


def krita_zip(tree: Path, output: Path, environment: Mapping[str, str]) -> None:
    """What artists import inside Krita, with the wheel in it."""
    [wheel] = output.glob("*.whl")
    version = read_version(tree)
    file = output / f"gramarye-krita-{version}.zip"
    command = [sys.executable, "-m", "gramarye", "krita", "zip", "--wheel", wheel, "-o", file]
    _require(command, tree, environment)


def checksums(folder: Path) -> str:
    """A line for each file, as ``sha256sum --check`` reads them."""
    files = sorted(file for file in folder.iterdir() if file.is_file())
    return "".join(
        f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in files
    )


def _as_it_is(member: tarfile.TarInfo, _path: str) -> tarfile.TarInfo:
    """What an older Python's tarfile does with a member."""
    return member


def _git(root: Path, *words: str) -> str:
    answer = subprocess.run(["git", *words], cwd=root, capture_output=True, text=True, check=False)
    if answer.returncode:
        raise InstallError(f"git {' '.join(words)} failed: {answer.stderr.strip()}")
    return answer.stdout.strip("\n")


def _require(command: list[str | Path], cwd: Path, environment: Mapping[str, str]) -> None:
    words = [str(word) for word in command]
    if subprocess.run(words, cwd=cwd, env=dict(environment), check=False).returncode:
        raise InstallError(f"This command failed: {' '.join(words)}")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
