"""Measured rates are kept, and a file that cannot be used only means measuring again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gramarye.engine.cost import Rates
from gramarye.rates import load_rates, rates_file, save_rates

RATES = Rates(0.01, 1e11, 2e-8, 1.5)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GRAMARYE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_what_was_saved_is_there_again_and_nothing_else_is_lost() -> None:
    save_rates("cpu", "builtin", RATES)
    save_rates("cpu", "vgg19", Rates(1, 2))
    save_rates("cuda:0", "vgg19", Rates(3, 4))
    assert load_rates("cpu", "builtin") == RATES
    assert load_rates("cpu", "vgg19") == Rates(1, 2)
    assert load_rates("cuda:0", "vgg19") == Rates(3, 4)
    assert load_rates("cuda:0", "builtin") is None
    assert load_rates("cpu, 4 threads", "builtin") is None


def test_no_file_is_left_over(cache: Path) -> None:
    save_rates("cpu", "builtin", RATES)
    assert list(cache.iterdir()) == [rates_file()]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"version": 1}',
        b'{"version": 1, "devices": []}',
        b'{"version": 1, "devices": {"cpu": 7}}',
        b'{"version": 1, "devices": {"cpu": {"builtin": [1, 2, 3, 4]}}}',
        json.dumps({"version": 99, "devices": {"cpu": {"builtin": vars(RATES)}}}).encode(),
    ],
)
def test_a_damaged_file_is_as_good_as_none_and_is_replaced(cache: Path, content: bytes) -> None:
    cache.mkdir()
    rates_file().write_bytes(content)
    assert load_rates("cpu", "builtin") is None
    save_rates("cpu", "builtin", RATES)
    assert load_rates("cpu", "builtin") == RATES


@pytest.mark.parametrize(
    "change",
    [
        {"flops": 0},
        {"flops": "fast"},
        {"fixed": -1},
        {"correction": 0},
        {"fit": 10**400},
        {"fit": float("nan")},
        {"fit": float("inf")},
        {"fit": None},
        {"further": 1},
    ],
)
def test_rates_that_no_device_has_are_not_used(cache: Path, change: dict[str, object]) -> None:
    cache.mkdir()
    told = {"version": 1, "devices": {"cpu": {"builtin": {**vars(RATES), **change}}}}
    rates_file().write_text(json.dumps(told))
    assert load_rates("cpu", "builtin") is None


def test_a_cache_that_cannot_be_written_is_no_error(
    cache: Path, caplog: pytest.LogCaptureFixture
) -> None:
    cache.write_text("a file where the folder should be")
    save_rates("cpu", "builtin", RATES)
    assert load_rates("cpu", "builtin") is None
    assert "cannot be kept" in caplog.text
