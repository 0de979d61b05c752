"""Run the tests in Krita against other Kritas, and write the table of how they ended.

``python tests/krita/matrix.py`` takes every suite, or those named; it needs Debian and root. Each
test file is a run of its own, so that a hung one leaves the others.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import shlex
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import harness
import roots

CHECKOUT = roots.CHECKOUT
REPORTS = CHECKOUT / "test-artefacts" / "matrix"
TABLE = CHECKOUT / "docs" / "krita-versions.md"
BEGIN, END = "<!-- written by tests/krita/matrix.py -->", "<!-- the rest is written by hand -->"
_ASK = """
import json, platform, zmq
from PyQt5.QtCore import PYQT_VERSION_STR, QT_VERSION_STR
print(json.dumps({"Python": platform.python_version(), "Qt": QT_VERSION_STR,
    "PyQt": PYQT_VERSION_STR, "pyzmq": zmq.__version__}))
"""


@dataclass
class Column:
    """How the tests ended in one Krita."""

    suite: str
    versions: Mapping[str, str]
    """Of Krita, Python, Qt, PyQt and pyzmq."""
    day: str
    """The date of the oldest run in it."""
    ends: dict[str, Counter[str]] = field(default_factory=dict)
    """Test file → how many of its tests passed, failed or were skipped."""


def test_files() -> list[Path]:
    """Every file of tests in Krita."""
    return sorted(harness.HERE.glob("test_krita_*.py"))


def ends_of(report: Path) -> Counter[str]:
    """How the tests of one run ended, from pytest's report."""
    ends: Counter[str] = Counter()
    for case in ElementTree.parse(report).iter("testcase"):
        if case.find("skipped") is not None:
            ends["skipped"] += 1
        elif case.find("failure") is not None or case.find("error") is not None:
            ends["failed"] += 1
        else:
            ends["passed"] += 1
    return ends


def words(ends: Counter[str]) -> str:
    """``4 passed, 1 failed``: what there is none of is left out."""
    order = ("passed", "failed", "skipped")
    return ", ".join(f"{ends[end]} {end}" for end in order if ends[end]) or "–"


def table(columns: Sequence[Column]) -> str:
    """The versions, then a row a test file; in Markdown."""
    rows = [["", *(f"Krita {one.versions['Krita']}" for one in columns)]]
    rows.append(["---"] * len(rows[0]))
    rows.append(["Debian", *(one.suite for one in columns)])
    for name in ("Python", "Qt", "PyQt", "pyzmq"):
        rows.append([name, *(one.versions[name] for one in columns)])
    rows.append(["run on", *(one.day for one in columns)])
    for file in sorted({file for one in columns for file in one.ends}):
        rows.append([f"`{file}`", *(words(one.ends.get(file, Counter())) for one in columns)])
    sums = [sum(one.ends.values(), Counter()) for one in columns]
    rows.append(["**all**", *(f"**{words(ends)}**" for ends in sums)])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def with_table(text: str, table: str) -> str:
    """A page with its table replaced; what is written by hand stays."""
    before, found, rest = text.partition(BEGIN)
    _, ended, after = rest.partition(END)
    if not found or not ended:
        raise ValueError(f"the page has no place for the table: {BEGIN} … {END}")
    return f"{before}{BEGIN}\n{table}\n{END}{after}"


def versions(root: Path) -> dict[str, str]:
    """What a root's Krita runs with."""
    with harness.display() as screen:
        said = _said(root, "env", f"DISPLAY={screen}", "krita", "--version")
    return {"Krita": said.split()[-1], **json.loads(_said(root, "python3", "-c", _ASK))}


def _said(root: Path, *words: str) -> str:
    command = roots.inside(root, *words)
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def run(root: Path, file: Path, report: Path, before: Sequence[str]) -> None:
    """Run one file of tests against a root's Krita; a run that was killed counts as failed."""
    report.unlink(missing_ok=True)
    command = [*before, sys.executable, "-m", "pytest", "-q", f"--junitxml={report}", str(file)]
    environment = {**os.environ, roots.VARIABLE: str(root)}
    subprocess.run(command, cwd=CHECKOUT, env=environment, check=False)
    if not report.is_file():
        report.write_text('<testsuite><testcase name="the run"><error/></testcase></testsuite>')


def column(suite: str) -> Column:
    """What the kept reports of a suite say."""
    folder = REPORTS / suite
    reports = sorted(folder.glob("*.xml"))
    oldest = min(report.stat().st_mtime for report in reports)
    return Column(
        suite,
        json.loads((folder / "versions.json").read_text()),
        datetime.date.fromtimestamp(oldest).isoformat(),
        {f"{report.stem}.py": ends_of(report) for report in reports},
    )


def main() -> int:
    """Run the tests in Krita against other Kritas; returns 1 if any test failed."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("suites", nargs="*", default=list(roots.KRITAS), help="Debian's names")
    parser.add_argument("--folder", type=Path, default=roots.usual_folder(), help="of the roots")
    parser.add_argument("--only", nargs="+", default=[], help="files to run again, such as test_x")
    parser.add_argument(
        "--before", type=shlex.split, default=[], help="put before each run, such as 'timeout 300'"
    )
    chosen = parser.parse_args()
    for suite in chosen.suites:
        try:
            root = roots.root(suite, chosen.folder)
        except roots.RootError as error:
            print(f"Error: {error}", file=sys.stderr)
            return 1
        folder = REPORTS / suite
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "versions.json").write_text(json.dumps(versions(root)))
        for file in test_files():
            if not chosen.only or file.stem in chosen.only:
                print(f"» {suite}: {file.name}", flush=True)
                run(root, file, folder / f"{file.stem}.xml", chosen.before)
    columns = [column(suite) for suite in roots.KRITAS if (REPORTS / suite).is_dir()]
    written = table(columns)
    print(written)
    TABLE.write_text(with_table(TABLE.read_text(), written))
    return int(any(ends["failed"] for one in columns for ends in one.ends.values()))


if __name__ == "__main__":
    sys.exit(main())
