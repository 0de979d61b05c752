"""The guide, the menu's reasons, and the report."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gramarye_krita.logic.diagnostics import MOST_LINES, doctor_lines, report
from gramarye_krita.logic.guide import next_words
from gramarye_krita.logic.menu import closed_words, repeat_words


def test_the_guide_names_one_missing_thing_at_a_time() -> None:
    assert "Open a picture" in next_words(opened=False, styled=False, ready=False)
    assert "Choose a style" in next_words(opened=True, styled=False, ready=False)
    assert "daemon" in next_words(opened=True, styled=True, ready=False)
    assert next_words(opened=True, styled=True, ready=True) == ""


def test_the_menu_says_why_an_entry_is_grey() -> None:
    assert "Open a picture first" in closed_words(0)
    assert closed_words(1) == ""
    assert repeat_words(0, used=True) == closed_words(0)
    assert "no style to repeat" in repeat_words(1, used=False)
    assert repeat_words(1, used=True) == ""


def test_a_report_has_the_facts_and_the_end_of_the_log() -> None:
    log = "\n".join(f"line {number}" for number in range(500))
    text = report({"Krita": "5.1.5"}, log)
    assert text.startswith("Krita: 5.1.5\n")
    assert "line 499" in text
    assert len(text.splitlines()) == MOST_LINES + 3
    assert "(none)" in report({}, "")


def test_a_report_has_what_the_doctor_found_with_what_mends_it() -> None:
    said = json.dumps(
        {
            "gramarye": "0.1.0",
            "findings": [
                {"check": "torch", "level": "ok", "sentence": "Torch 2.9.", "mend": ""},
                {"check": "folder", "level": "wrong", "sentence": "Open.", "mend": "chmod x"},
            ],
        }
    )
    lines = doctor_lines(said.encode(), b"")
    assert lines == ["ok: torch: Torch 2.9.", "wrong: folder: Open. [chmod x]"]
    text = report({"Krita": "5.1.5"}, "", lines)
    assert "\n\nDoctor:\nok: torch: Torch 2.9.\n" in text


@pytest.mark.parametrize("said", [b"", b"{}", b"no json", b'{"findings": [3]}'])
def test_a_doctor_who_says_nothing_useful_is_quoted(said: bytes) -> None:
    assert doctor_lines(said, b"Usage\nError: No such command 'doctor'.\n") == [
        "(no findings: Error: No such command 'doctor'.)"
    ]
    assert doctor_lines(said, b"") == ["(no findings: it said nothing)"]


def test_a_report_does_not_tell_the_users_name(tmp_path: Path) -> None:
    home, real = tmp_path / "frida", tmp_path / "real"
    real.mkdir()
    home.symlink_to(real)
    text = report({"A": f"{home}/x"}, f"read {real}/y\n", [f"ok: z: {home}"], home)
    assert str(tmp_path) not in text
    assert "A: ~/x" in text
    assert "read ~/y" in text
    assert "/x" in report({"A": "/x"}, "", home=Path("/"))
