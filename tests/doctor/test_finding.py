"""How commands are written down for a terminal."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from gramarye.doctor import finding
from gramarye.doctor.finding import own_command, pip_command, quoted


def test_words_with_blanks_are_quoted_as_each_system_wants() -> None:
    assert quoted("mv", "a b", windows=False) == "mv 'a b'"
    assert quoted("mv", "a b", windows=True) == 'mv "a b"'


def test_a_command_that_a_terminal_finds_is_called_by_its_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here = Path(sys.executable).with_name("gramarye")
    monkeypatch.setattr(finding.shutil, "which", lambda _: str(here))
    assert own_command("serve") == "gramarye serve"


@pytest.mark.parametrize("found", [None, "/elsewhere/gramarye"])
def test_one_that_it_does_not_find_is_called_in_full(
    found: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding.shutil, "which", lambda _: found)
    assert own_command("serve") == f"{quoted(sys.executable)} -m gramarye serve"


def test_packages_are_installed_for_this_python() -> None:
    assert pip_command("torch") == f"{quoted(sys.executable)} -m pip install torch"
