"""Torch, torchvision and the device, in every state that they may be in."""

from __future__ import annotations

from typing import Any

import pytest

from gramarye.doctor import compute
from gramarye.doctor.compute import device, torch, torchvision
from gramarye.doctor.machine import Nvidia, Probe

AGAIN = "-m pip install --force-reinstall torch torchvision"
CPU: dict[str, Any] = {"device": "cpu (8 threads)", "versions": {"torch": "2.9.0"}}


def versions(torch: str, torchvision: str) -> Probe:
    return Probe({"torch": torch, "torchvision": torchvision})


def test_a_torch_that_works_is_named_with_what_it_is_for() -> None:
    [told] = torch(Probe({"torch": "2.9.0"}, cuda="12.8"))
    assert (told.level, told.sentence) == ("ok", "Torch 2.9.0, for CUDA 12.8.")


@pytest.mark.parametrize("tried", ["torch", "the device"])
def test_a_torch_that_crashes_is_told(tried: str) -> None:
    [told] = torch(Probe(crashed=f"{tried}: signal 11"))
    assert (told.level, told.sentence) == ("wrong", "Torch crashes: signal 11.")
    assert told.mend.endswith(AGAIN)


def test_a_torch_that_cannot_be_imported_is_told() -> None:
    [told] = torch(Probe(troubles={"torch": "ImportError: libcudart.so.13"}))
    assert told.level == "wrong"
    assert told.sentence == "Torch is missing or broken (ImportError: libcudart.so.13)."
    assert told.mend.endswith(AGAIN)


def test_an_old_torch_is_to_be_upgraded() -> None:
    [told] = torch(versions("2.3.1+cu121", ""))
    assert told.level == "wrong"
    assert told.mend.endswith("-m pip install --upgrade torch torchvision")


@pytest.mark.parametrize(
    ("torch", "vision"),
    [("2.4.0", "0.19.0"), ("2.14.1+cu130", "0.29.1+cu130"), ("3.1.0", "0.40.0")],
)
def test_a_torchvision_that_goes_with_torch(torch: str, vision: str) -> None:
    [told] = torchvision(versions(torch, vision))
    assert told.level == "ok"


@pytest.mark.parametrize(("torch", "vision"), [("2.9.0", "0.23.0"), ("2.9.0+cu128", "0.24.0+cpu")])
def test_a_torchvision_for_another_torch(torch: str, vision: str) -> None:
    [told] = torchvision(versions(torch, vision))
    assert told.level == "note"
    assert told.sentence == f"Torchvision {vision} was made for another torch than {torch}."
    assert told.mend.endswith(AGAIN)


def test_a_torchvision_that_cannot_be_imported() -> None:
    why = "RuntimeError: operator torchvision::nms does not exist"
    [told] = torchvision(Probe({"torch": "2.9.0"}, {"torchvision": why}))
    assert told.level == "note"
    assert why in told.sentence
    assert told.mend.endswith(AGAIN)


def test_a_torchvision_that_crashes() -> None:
    [told] = torchvision(Probe({"torch": "2.9.0"}, crashed="torchvision: signal 6"))
    assert told.level == "wrong"
    assert told.mend.endswith(AGAIN)


@pytest.mark.parametrize("name", ["cuda:0 NVIDIA H200", "mps", "xpu:0 Arc"])
def test_a_graphics_card_that_computes(name: str) -> None:
    [told] = device(Probe(device=name), Nvidia())
    assert (told.level, told.sentence) == ("ok", f"It paints on {name}.")


def test_a_graphics_card_that_does_not_compute() -> None:
    trial = "RuntimeError: no kernel image is available for execution on the device"
    [told] = device(Probe(device="cuda:0 Tesla K80", trial=trial), Nvidia(True, "470.1"))
    assert told.level == "wrong"
    assert trial in told.sentence
    assert told.mend.endswith(f"{AGAIN} --index-url {compute.OLDER_CUDA_WHEELS}")


def test_without_a_card_the_cpu_is_right() -> None:
    [told] = device(Probe(**CPU), Nvidia())
    assert told.level == "ok"
    assert told.sentence.startswith("It paints on the CPU (8 threads)")


@pytest.mark.parametrize(
    ("system", "wheels"), [("linux", ""), ("win32", f" --index-url {compute.CUDA_WHEELS}")]
)
def test_a_driver_and_a_torch_without_cuda(system: str, wheels: str) -> None:
    [told] = device(Probe(**CPU), Nvidia(True, "580.65"), system)
    assert told.level == "note"
    assert "made without CUDA" in told.sentence
    assert told.mend.endswith(f"{AGAIN}{wheels}")


def test_a_driver_that_is_too_old_for_this_torch() -> None:
    said = "The NVIDIA driver on your system is too old (found version 11040)."
    [told] = device(Probe(**CPU, cuda="13.0", said=said), Nvidia(True, "470.256"))
    assert told.level == "note"
    assert "torch for CUDA 13.0 cannot use NVIDIA's driver 470.256" in told.sentence
    assert said in told.sentence
    assert told.mend.endswith(f"--index-url {compute.OLDER_CUDA_WHEELS}")


@pytest.mark.parametrize(
    ("tools", "mend"),
    [
        (("ubuntu-drivers", "apt"), "sudo ubuntu-drivers install"),
        (("apt",), "sudo apt install nvidia-driver"),
        ((), f"get it from {compute.DRIVERS}"),
    ],
)
def test_a_card_without_a_driver(
    tools: tuple[str, ...], mend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compute.shutil, "which", lambda name: name if name in tools else None)
    [told] = device(Probe(**CPU, cuda="13.0"), Nvidia(card=True))
    assert told.level == "note"
    assert "its driver is not installed" in told.sentence
    assert told.mend == mend


def test_without_torch_nothing_is_said_of_devices() -> None:
    assert list(device(Probe(), Nvidia())) == []
