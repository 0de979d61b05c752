"""A daemon that speaks another protocol."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from gramarye.doctor.daemon import daemon
from tests.newer import newer_daemon


@pytest.fixture
def newer() -> Iterator[str]:
    with newer_daemon() as address:
        yield address


def test_it_is_to_be_ended_since_it_cannot_be_asked_to(newer: str, tmp_path: Path) -> None:
    [told] = daemon(newer, tmp_path, folder_in_use=True, found=[])
    assert told.level == "wrong"
    assert "speaks Gramarye protocol 99" in told.sentence
    end, serve = told.mend.split(" && ")
    assert end == f"kill {os.getpid()}"
    assert serve.endswith(f"serve --bind {newer}")
