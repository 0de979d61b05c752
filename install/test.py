"""Install what the tests need and run them all, those in the real Krita included.

    python3 install/test.py [PYTEST ARGUMENTS …]

On Debian as root Krita and its companions come from apt-get; elsewhere the tests in Krita run if
it is there, and are skipped aloud if not.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections import Counter
from pathlib import Path

from environment import ROOT, InstallError, apt_install, environment, is_debian_root, say

DEBIAN_PACKAGES = ["krita", "python3-pyqt5", "python3-zmq", "xvfb", "xdotool", "imagemagick"]
SIDE_BY_SIDE = ["--numprocesses=2", "--dist=loadscope"]
"""Tests in Krita mostly wait. A module's tests stay together: they share what is slow to make."""
REPORT = ROOT / "test-artefacts" / "junit.xml"


def main() -> int:
    """Install what is missing, run the suite; returns pytest's exit status."""
    try:
        python = environment("test")
        _install_krita()
    except InstallError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.unlink(missing_ok=True)
    command = [str(python), "-m", "pytest", "-v", *SIDE_BY_SIDE, f"--junitxml={REPORT}"]
    command += sys.argv[1:]
    status = subprocess.run(command, cwd=ROOT, check=False).returncode
    print(f"real Krita {_krita_version(python)}: {_krita_counts()}", flush=True)
    return status


def _install_krita() -> None:
    if not is_debian_root():
        if shutil.which("krita") is None:
            say("Krita is not installed and cannot be installed from here: its tests are skipped.")
        return
    missing = [package for package in DEBIAN_PACKAGES if not _is_installed(package)]
    if missing:
        apt_install(missing)


def _is_installed(package: str) -> bool:
    query = ["dpkg-query", "--show", "--showformat=${db:Status-Status}", package]
    answer = subprocess.run(query, capture_output=True, text=True, check=False)
    return answer.stdout == "installed"


def _krita_version(python: Path) -> str:
    """As the tests themselves find it, so that this line and the skips agree."""
    question = "from harness import krita_version; print(krita_version() or 'none')"
    where = {**os.environ, "PYTHONPATH": str(ROOT / "tests" / "krita")}
    answer = subprocess.run(
        [str(python), "-c", question], env=where, capture_output=True, text=True, check=False
    )
    return answer.stdout.strip() or "none"


def _krita_counts() -> str:
    """How the tests under tests/krita ended, from pytest's own report."""
    ends: Counter[str] = Counter()
    if REPORT.is_file():
        for case in ElementTree.parse(REPORT).iter("testcase"):
            if case.get("classname", "").startswith("tests.krita"):
                ends[_end(case)] += 1
    counts = f"{ends['passed']} passed, {ends['skipped']} skipped"
    return f"{counts}, {ends['failed']} failed" if ends["failed"] else counts


def _end(case: ElementTree.Element) -> str:
    if case.find("skipped") is not None:
        return "skipped"
    return "passed" if case.find("failure") is None and case.find("error") is None else "failed"


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
