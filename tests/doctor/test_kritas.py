"""Krita: the plugin missing, cut, old, not enabled; ZeroMQ and the Start button."""

from __future__ import annotations

import json
import re
from dataclasses import replace
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
    return of_places(places)


def of_places(places: Places, sandboxed: bool = False) -> Krita:
    data = places.launcher.parent
    return Krita("Krita", places.resources, places.module, places.kritarc, data, sandboxed)


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
    bare = of_places(Places(tmp_path / "krita", tmp_path / "kritarc", tmp_path / "launcher.json"))
    [told] = kritas([bare])
    assert told.level == "wrong"
    assert told.sentence == f"The plugin is not in Krita ({tmp_path / 'krita'})."
    assert told.mend.endswith("krita install")


def test_no_krita_at_all(tmp_path: Path) -> None:
    none = of_places(Places(tmp_path / "krita", tmp_path / "kritarc", tmp_path / "launcher.json"))
    [told] = kritas([none])
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


@pytest.mark.parametrize("where", ["krita-python-3.10", "krita-python/pyzmq-27-cp310-cp310"])
def test_zeromq_of_kritas_own(krita: Krita, where: str) -> None:
    (krita.data / where / "zmq").mkdir(parents=True)
    [told] = zmq(krita, krita.data / "gone")
    assert told.level == "ok"
    assert str(krita.data / where) in told.sentence


def test_zeromq_that_the_plugin_carries(krita: Krita) -> None:
    (krita.module / "wheels").mkdir()
    (krita.module / "wheels" / "pyzmq-27.whl").write_bytes(b"")
    [told] = zmq(krita, krita.data / "gone")
    assert told.level == "ok"
    assert "when it starts" in told.sentence


def test_zeromq_of_the_systems_python(krita: Krita) -> None:
    [told] = zmq(krita, interpreter(krita.data, 0))
    assert told.level == "ok"


@pytest.mark.parametrize(
    ("end", "sandboxed", "apt", "mend"),
    [
        (1, False, True, "sudo apt install python3-zmq"),
        (1, False, False, "krita install"),
        (0, True, True, "krita install"),
        (None, False, True, "sudo apt install python3-zmq"),
    ],
)
def test_no_zeromq_anywhere(
    krita: Krita,
    end: int | None,
    sandboxed: bool,
    apt: bool,
    mend: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("gramarye.doctor.kritas.shutil.which", lambda _: "/apt" if apt else None)
    krita = replace(krita, sandboxed=sandboxed)
    python = krita.data / "gone" if end is None else interpreter(krita.data, end)
    [told] = zmq(krita, python)
    assert told.level == "wrong"
    assert told.sentence.startswith("Krita lacks ZeroMQ")
    assert told.mend.endswith(mend)


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


def test_all_of_it_together(krita: Krita) -> None:
    levels = {one.check: one.level for one in kritas([krita])}
    assert set(levels) == {"krita", "zmq", "start"}
    assert levels["krita"] == levels["start"] == "ok"


def test_the_version_is_written_as_the_doctor_reads_it() -> None:
    from gramarye_protocol import version

    text = Path(version.__file__).read_text()
    assert re.search(rf'^__version__ = "{re.escape(__version__)}"$', text, re.MULTILINE)
