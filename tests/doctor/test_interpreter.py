"""Python and the packages, in every state that they may be in."""

from __future__ import annotations

from pathlib import Path

from gramarye.doctor.interpreter import on_path, packages, python
from gramarye.doctor.machine import Probe


def test_this_python_will_do() -> None:
    [told] = python()
    assert (told.check, told.level, told.mend) == ("python", "ok", "")


def test_an_old_python_is_named_with_the_way_to_a_newer_one() -> None:
    [told] = python((3, 9, 2))
    assert told.level == "wrong"
    assert told.sentence.startswith("Python 3.9.2 is too old; Gramarye needs 3.10")
    assert told.mend == "python3.12 -m venv ~/gramarye"


def test_so_is_one_that_torch_is_not_made_for() -> None:
    [told] = python((3, 12, 1), bits=32)
    assert told.level == "wrong"
    assert "32 bits" in told.sentence
    assert told.mend == "python3.12 -m venv ~/gramarye"


def test_another_gramarye_in_the_terminal_is_noted() -> None:
    [told] = on_path("/usr/bin/gramarye", Path("/env/bin"))
    assert told.level == "note"
    assert "/usr/bin/gramarye" in told.sentence
    assert told.mend.endswith("--version")
    assert list(on_path("/env/bin/gramarye", Path("/env/bin"))) == []


def test_none_in_the_terminal_is_noted_with_its_full_name() -> None:
    [told] = on_path(None)
    assert told.level == "note"
    assert told.mend.endswith("--help")


def test_a_package_that_is_missing_is_named_with_pips_command() -> None:
    [told] = packages(Probe(troubles={"pyzmq": "ModuleNotFoundError: No module named 'zmq'"}))
    assert told.level == "wrong"
    assert told.sentence.startswith("pyzmq is missing or broken (ModuleNotFoundError")
    assert told.mend.endswith("-m pip install --force-reinstall pyzmq")


def test_a_package_that_crashes_python_is_named() -> None:
    [told] = packages(Probe(crashed="imagecodecs: signal 11"))
    assert told.level == "wrong"
    assert told.sentence == "Python crashes when it imports imagecodecs: signal 11."
    assert told.mend.endswith("--force-reinstall imagecodecs")


def test_torch_has_checks_of_its_own() -> None:
    [told] = packages(Probe(troubles={"torch": "no"}, crashed="torch: signal 11"))
    assert told.level == "ok"
