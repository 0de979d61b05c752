"""Krita: the plugin missing, cut, old, not enabled; ZeroMQ and the Start button."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from gramarye.doctor.kritas import Krita, kritas, launcher, plugin, zmq
from gramarye.krita_install import Places, install
from gramarye_protocol import __version__


@pytest.fixture
def krita(tmp_path: Path) -> Krita:
    """A Krita into which the plugin was just installed."""
    places = Places(tmp_path / "krita", tmp_path / "kritarc", tmp_path / "data" / "launcher.json")
    install(places)
    return Krita(places.resources, places.module, places.kritarc)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir(exist_ok=True)
    return tmp_path / "data"


def test_a_fresh_plugin_is_well(krita: Krita) -> None:
    [told] = plugin(krita)
    assert told.level == "ok"
    assert __version__ in told.sentence


def test_a_krita_without_the_plugin(tmp_path: Path) -> None:
    (tmp_path / "krita").mkdir()
    bare = Krita(tmp_path / "krita", tmp_path / "krita" / "pykrita" / "g", tmp_path / "kritarc")
    [told] = kritas([bare], tmp_path)
    assert told.level == "wrong"
    assert told.sentence == f"The plugin is not in the Krita of {tmp_path / 'krita'}."
    assert told.mend.endswith("krita install")


def test_no_krita_at_all(tmp_path: Path) -> None:
    none = Krita(tmp_path / "krita", tmp_path / "krita" / "g", tmp_path / "kritarc")
    [told] = kritas([none], tmp_path)
    assert told.level == "note"
    assert told.mend == "krita"


def test_a_plugin_of_another_version(krita: Krita) -> None:
    [told] = plugin(krita, "9.9")
    assert told.level == "wrong"
    assert told.sentence.endswith(f"is {__version__}, and this is 9.9.")
    assert told.mend.endswith("krita install")


@pytest.mark.parametrize("lost", ["__init__.py", "vendor/gramarye_protocol/version.py"])
def test_a_plugin_that_is_not_whole(krita: Krita, lost: str) -> None:
    (krita.module / lost).unlink()
    [told] = plugin(krita)
    assert told.level == "wrong"
    assert told.sentence.endswith("is not whole.")
    assert told.mend.endswith("krita install")


@pytest.mark.parametrize(
    "settings",
    [
        None,
        b"[a]\nb=c\n",
        b"[python]\nenable_gramarye_krita=false\n",
        b"[python]\nb=c\n[other]\nenable_gramarye_krita=true\n",
    ],
)
def test_a_plugin_that_is_not_enabled(krita: Krita, settings: bytes | None) -> None:
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


def test_zeromq_of_kritas_own(data: Path) -> None:
    (data / "krita-python-3.10" / "zmq").mkdir(parents=True)
    [told] = zmq(data, data / "gone")
    assert told.level == "ok"
    assert str(data / "krita-python-3.10") in told.sentence


def test_zeromq_of_the_systems_python(data: Path) -> None:
    [told] = zmq(data, interpreter(data, 0))
    assert told.level == "ok"


@pytest.mark.parametrize("there", [True, False])
def test_no_zeromq_anywhere(data: Path, there: bool) -> None:
    [told] = zmq(data, interpreter(data, 1) if there else data / "gone")
    assert told.level == "wrong"
    assert "lacks ZeroMQ" in told.sentence
    assert told.mend.endswith("krita install")


def test_the_start_button_of_this_gramarye(krita: Krita, data: Path) -> None:
    [told] = launcher(data)
    assert told.level == "ok"


@pytest.mark.parametrize("note", [None, "", "[]", '{"python": 3}'])
def test_a_start_button_that_knows_nothing(data: Path, note: str | None) -> None:
    if note is not None:
        (data / "launcher.json").write_text(note)
    [told] = launcher(data)
    assert told.level == "wrong"
    assert told.mend.endswith("krita install")


def test_a_start_button_whose_python_is_gone(data: Path) -> None:
    (data / "launcher.json").write_text(json.dumps({"python": str(data / "gone")}))
    [told] = launcher(data)
    assert told.level == "wrong"
    assert told.sentence.endswith(f"{data / 'gone'}, which is gone.")
    assert told.mend.endswith("krita install")


def test_a_start_button_of_another_gramarye(data: Path) -> None:
    (data / "launcher.json").write_text(json.dumps({"python": "/bin/sh"}))
    [told] = launcher(data)
    assert told.level == "note"
    assert "/bin/sh" in told.sentence


def test_all_of_it_together(krita: Krita, data: Path) -> None:
    levels = {one.check: one.level for one in kritas([krita], data)}
    assert set(levels) == {"krita", "zmq", "start"}
    assert levels["krita"] == levels["start"] == "ok"


def test_the_version_is_written_as_the_doctor_reads_it() -> None:
    from gramarye_protocol import version

    text = Path(version.__file__).read_text()
    assert re.search(rf'^__version__ = "{re.escape(__version__)}"$', text, re.MULTILINE)
