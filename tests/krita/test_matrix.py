"""The table of Kritas: made from pytest's reports, and put into a page that is written by hand."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import matrix
import pytest
import roots

REPORT = """<testsuites><testsuite>
  <testcase name="a"/><testcase name="b"/>
  <testcase name="c"><failure/></testcase><testcase name="d"><error/></testcase>
  <testcase name="e"><skipped/></testcase>
</testsuite></testsuites>"""
PAGE = f"above\n{matrix.BEGIN}\nold\n{matrix.END}\nbelow\n"


def may_mount() -> bool:
    unshare = shutil.which("unshare")
    return unshare is not None and subprocess.run([unshare, "--mount", "true"]).returncode == 0


def tiny_root(place: Path, *programs: str) -> Path:
    """A root with some of the machine's own programs, and what they are linked with."""
    for program in (shutil.which(name) for name in programs):
        assert program
        linked = subprocess.run(["ldd", program], capture_output=True, text=True)
        for file in (program, *re.findall(r"/\S+", linked.stdout)):
            copy = place / Path(file).relative_to("/")
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, copy)
    for folder in ("proc", "sys", "dev"):
        (place / folder).mkdir()
    return place


def column(krita: str, **ends: int) -> matrix.Column:
    versions = {"Krita": krita, "Python": "3", "Qt": "5", "PyQt": "5", "pyzmq": "26"}
    return matrix.Column("suite", versions, "2026-01-02", {"test_a.py": Counter(ends)})


def test_a_report_is_counted_and_an_error_counts_as_a_failure(tmp_path: Path) -> None:
    report = tmp_path / "test_a.xml"
    report.write_text(REPORT)
    assert matrix.words(matrix.ends_of(report)) == "2 passed, 2 failed, 1 skipped"


def test_the_table_has_a_column_a_krita_and_a_sum() -> None:
    lines = matrix.table([column("5.1.5", passed=3), column("5.2.9", passed=2, failed=1)])
    assert "|  | Krita 5.1.5 | Krita 5.2.9 |" in lines
    assert "| `test_a.py` | 3 passed | 2 passed, 1 failed |" in lines
    assert lines.endswith("| **all** | **3 passed** | **2 passed, 1 failed** |")


def test_what_is_written_by_hand_stays() -> None:
    page = matrix.with_table(PAGE, "new")
    assert page == PAGE.replace("old", "new")
    with pytest.raises(ValueError, match="no place for the table"):
        matrix.with_table("a page of its own", "new")


def test_the_page_of_versions_has_a_place_for_the_table() -> None:
    assert matrix.with_table(matrix.TABLE.read_text(), "new") != ""


def test_krita_runs_as_it_is_where_no_root_is_named() -> None:
    assert roots.inside("", "krita", "--nosplash") == ["krita", "--nosplash"]
    assert roots.inside("/roots/trixie", "krita")[-1] == "krita"


def test_a_root_changed_in_its_packages_lies_beside_the_plain_one(tmp_path: Path) -> None:
    (tmp_path / "trixie-without-python3-zmq").mkdir()
    assert roots.root("trixie", tmp_path, without=[roots.ZMQ]).name == "trixie-without-python3-zmq"


@pytest.mark.skipif(not may_mount(), reason="only who may mount can enter a root")
def test_a_root_is_entered_with_the_machines_temporary_files(tmp_path: Path) -> None:
    (tmp_path / "note").write_text("seen")
    root = tiny_root(tmp_path / "root", "env", "cat")
    command = roots.bare(root, "cat", str(tmp_path / "note"))
    entered = subprocess.run(command, capture_output=True, text=True, cwd="/tmp")
    assert (entered.stdout, entered.stderr) == ("seen", "")
