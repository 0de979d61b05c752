"""Krita: the plugin missing, cut, old, not enabled; ZeroMQ and the Start button."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from gramarye.doctor.kritas import kritas, launcher, plugin, zmq
from gramarye.krita.contents import MANIFEST, contents
from gramarye.krita.install import install
from gramarye.krita.places import Places
from gramarye_protocol import __version__


def places(home: Path) -> Places:
    return Places("Krita", home / "krita", home / "kritarc", home / "data")


@pytest.fixture
def krita(tmp_path: Path) -> Places:
    """A Krita into which the plugin was just installed, without wheels."""
    one = places(tmp_path)
    install(one, contents([]), one.launcher)
    return one


def test_a_fresh_plugin_is_well(krita: Places) -> None:
    [told] = plugin(krita)
    assert told.level == "ok"
    assert __version__ in told.sentence


def test_a_krita_without_the_plugin(tmp_path: Path) -> None:
    [told] = kritas([places(tmp_path)])
    assert told.level == "wrong"
    assert told.sentence == f"The plugin is not in Krita ({tmp_path / 'krita'})."
    assert told.mend.endswith("krita install")


def test_a_second_krita_without_the_plugin_is_only_noted(krita: Places, tmp_path: Path) -> None:
    told = list(kritas([krita, places(tmp_path / "other")], interpreter(krita.data, 0)))
    assert [one.level for one in told if one.check == "krita"] == ["ok", "note"]
    assert next(one for one in told if one.level == "note").mend.endswith("krita install")


def test_no_krita_at_all(tmp_path: Path) -> None:
    [told] = kritas([replace(places(tmp_path), is_here=False)])
    assert told.level == "note"
    assert told.mend == "krita"


def test_a_plugin_of_another_version(krita: Places) -> None:
    [told] = plugin(krita, "9.9")
    assert told.level == "wrong"
    assert told.sentence.endswith(f"is {__version__}, and this is 9.9.")
    assert told.mend.endswith("krita install")


@pytest.mark.parametrize("lost", ["__init__.py", "vendor/gramarye_protocol/version.py", MANIFEST])
def test_a_plugin_that_is_not_whole(krita: Places, lost: str) -> None:
    (krita.module / lost).unlink()
    [told] = plugin(krita)
    assert told.level == "wrong"
    assert told.sentence.endswith(f"is not whole: {lost} is missing or was changed.")
    assert told.mend.endswith("krita install")


def test_a_plugin_that_was_changed(krita: Places) -> None:
    (krita.module / "model.py").write_text("")
    [told] = plugin(krita)
    assert told.level == "wrong"
    assert "model.py is missing or was changed" in told.sentence


@pytest.mark.parametrize("settings", [None, b"[python]\nenable_gramarye_krita=false\n"])
def test_a_plugin_that_is_not_enabled(krita: Places, settings: bytes | None) -> None:
    krita.kritarc.unlink()
    if settings is not None:
        krita.kritarc.write_bytes(settings)
    [told] = plugin(krita)
    assert told.level == "wrong"
    assert "is not enabled" in told.sentence
    assert told.mend.endswith("krita install")


def interpreter(folder: Path, end: int) -> Path:
    """A stand-in for the system's Python."""
    file = folder / "python3"
    file.write_text(f"#!/bin/sh\nexit {end}\n")
    file.chmod(0o755)
    return file


def test_zeromq_that_was_unpacked(krita: Places) -> None:
    place = krita.data / "krita-python" / "pyzmq-27-cp310-cp310"
    (place / "zmq").mkdir(parents=True)
    [told] = zmq(krita)
    assert told.level == "ok"
    assert str(place) in told.sentence


def test_zeromq_that_the_plugin_carries(krita: Places) -> None:
    (krita.module / "wheels").mkdir()
    (krita.module / "wheels" / "gramarye-1.whl").write_bytes(b"")
    assert [one.level for one in zmq(krita)] == ["wrong"]
    (krita.module / "wheels" / "pyzmq-27.whl").write_bytes(b"")
    [told] = zmq(krita)
    assert told.level == "ok"
    assert "when it starts" in told.sentence


def test_zeromq_of_the_systems_python(krita: Places) -> None:
    [told] = zmq(krita, interpreter(krita.data, 0))
    assert told.level == "ok"


@pytest.mark.parametrize("python", ["none", "gone", "without"])
def test_no_zeromq_anywhere(krita: Places, python: str) -> None:
    pythons = {"gone": krita.data / "gone", "without": interpreter(krita.data, 1)}
    [told] = zmq(krita, pythons.get(python))
    assert told.level == "wrong"
    assert told.sentence.startswith("Krita lacks ZeroMQ")
    assert told.mend.endswith("krita install")


def test_only_the_usual_krita_may_run_the_systems_python(krita: Places, tmp_path: Path) -> None:
    flatpak = replace(places(tmp_path / "app"), kind="Krita as a flatpak")
    install(flatpak, contents([]), krita.launcher)
    told = list(kritas([krita, flatpak], interpreter(krita.data, 0)))
    assert [one.level for one in told if one.check == "zmq"] == ["ok", "wrong"]
    assert [one.level for one in told if one.check == "krita"] == ["ok", "ok"]
    assert [one.level for one in told if one.check == "start"] == ["ok"]


@pytest.mark.parametrize("note", [None, "", "[]", '{"python": 3}'])
def test_a_start_button_that_knows_nothing(tmp_path: Path, note: str | None) -> None:
    if note is not None:
        (tmp_path / "launcher.json").write_text(note)
    [told] = launcher(tmp_path / "launcher.json")
    assert told.level == "wrong"
    assert told.mend.endswith("krita install")


def test_a_start_button_whose_python_is_gone(tmp_path: Path) -> None:
    (tmp_path / "launcher.json").write_text(json.dumps({"python": str(tmp_path / "gone")}))
    [told] = launcher(tmp_path / "launcher.json")
    assert told.level == "wrong"
    assert told.sentence.endswith(f"{tmp_path / 'gone'}, which is gone.")
    assert told.mend.endswith("krita install")


def test_a_start_button_of_another_gramarye(tmp_path: Path) -> None:
    (tmp_path / "launcher.json").write_text(json.dumps({"python": "/bin/sh"}))
    [told] = launcher(tmp_path / "launcher.json")
    assert told.level == "note"
    assert "/bin/sh" in told.sentence
    assert told.mend.endswith("krita install")
