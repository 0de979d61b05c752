"""The probe as a real process: what it tells, and what is known of one that dies."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from gramarye.doctor import machine
from gramarye.doctor.machine import PACKAGES, Nvidia, nvidia, probe, read_probe


def shadowed(folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str) -> None:
    """Let the probe import this module of the name."""
    (folder / f"{name}.py").write_text(text)
    paths = (str(folder), os.environ.get("PYTHONPATH", ""))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(paths))


def test_it_imports_everything_and_tries_the_device() -> None:
    told = probe()
    assert set(told.versions) == set(PACKAGES.values())
    assert not told.troubles
    assert told.crashed == told.trial == ""
    assert told.device
    assert told.ram is None or told.ram > 0


def test_a_torch_that_kills_python_is_known_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shadowed(tmp_path, monkeypatch, "torch", "import os, signal; os.kill(os.getpid(), 11)")
    told = probe()
    assert told.crashed == "torch: signal 11"
    assert told.versions["numpy"]
    assert not told.device


def test_a_torch_that_ends_python_leaves_its_last_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "import sys; print('no such library', file=sys.stderr); sys.exit(3)"
    shadowed(tmp_path, monkeypatch, "torch", text)
    assert probe().crashed == "torch: exit code 3, no such library"


def test_a_package_that_cannot_be_imported_holds_up_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shadowed(tmp_path, monkeypatch, "zmq", "raise ImportError('libzmq is gone')")
    told = probe()
    assert told.troubles == {"pyzmq": "ImportError: libzmq is gone"}
    assert told.device


def test_a_probe_that_hangs_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    python = tmp_path / "python"
    lines = f"#!{sys.executable}\nimport time\n"
    python.write_text(f'{lines}print(\'{{"trying": "torch"}}\', flush=True)\ntime.sleep(600)\n')
    python.chmod(0o755)
    monkeypatch.setattr(machine, "PATIENCE_SECONDS", 1.0)
    assert probe([str(python)]).crashed == "torch: it took more than 1 s"


def test_what_packages_print_is_passed_over() -> None:
    output = b'hello\n{"package": "numpy", "version": "2.0"}\n{"device": "mps", "ram": 5}\n'
    told = read_probe(output, "")
    assert (told.versions, told.device, told.ram) == ({"numpy": "2.0"}, "mps", 5)


def pci(folder: Path, kind: str, vendor: str) -> Path:
    card = folder / "0000:01:00.0"
    card.mkdir(parents=True)
    (card / "class").write_text(f"{kind}\n")
    (card / "vendor").write_text(f"{vendor}\n")
    return folder


@pytest.mark.parametrize(
    ("kind", "vendor", "found"),
    [("0x030000", "0x10de", True), ("0x030000", "0x1002", False), ("0x040300", "0x10de", False)],
)
def test_an_nvidia_card_is_seen_without_its_driver(
    kind: str, vendor: str, found: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    assert nvidia(pci(tmp_path, kind, vendor)) == Nvidia(card=found)


@pytest.mark.parametrize(("end", "driver"), [(0, "580.65.06"), (9, "")])
def test_the_driver_is_what_its_own_tool_says(
    end: int, driver: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool = tmp_path / "nvidia-smi"
    tool.write_text(f"#!/bin/sh\necho 580.65.06\nexit {end}\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert nvidia(tmp_path / "none").driver == driver
