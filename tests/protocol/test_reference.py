"""The protocol's reference is that of the messages there are."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from runpy import run_path

import pytest

from gramarye_protocol.checks import accepts, choice, either, integer, optional, text, tuple_of
from gramarye_protocol.messages import MESSAGES

DOCS = Path(__file__).parents[2] / "docs"
GENERATOR = DOCS / "generate_protocol.py"


def test_the_page_is_up_to_date() -> None:
    answer = subprocess.run(
        [sys.executable, str(GENERATOR), "--check"], capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stderr


def test_every_message_is_on_the_page_once_and_every_link_leads_somewhere() -> None:
    page = run_path(str(GENERATOR))["page"]()
    headings = re.findall(r"^### `(.+)`$", page, re.MULTILINE)
    assert sorted(headings) == sorted([*MESSAGES, "Plane", "Settings", "JobReport", "Estimate"])
    links = set(re.findall(r"\]\(#(.+?)\)", page))
    assert links <= {heading.lower() for heading in headings}
    assert ":class:" not in page
    assert "``" not in page.replace("```", "")


def test_a_page_that_is_out_of_date_is_noticed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / GENERATOR.name
    copy.write_text(GENERATOR.read_text())
    monkeypatch.setattr(sys, "argv", [str(copy), "--check"])
    (tmp_path / "protocol.md").write_text("# The protocol of last year\n")
    assert run_path(str(copy))["main"]() == 1
    assert "run python docs/generate_protocol.py" in capsys.readouterr().err


def test_checks_say_what_they_accept() -> None:
    assert accepts(optional(integer(1, 9))) == "a whole number from 1 to 9, or null"
    assert accepts(tuple_of(text(3), 2)) == (
        "a list of at most 2 items, each text of at most 3 characters"
    )
    assert accepts(either(choice("on", "off"), integer(0, 1))) == (
        "one of on, off, or a whole number from 0 to 1"
    )
