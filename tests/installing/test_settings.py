"""Krita's settings: one line of ours comes and goes, every other byte stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from gramarye.krita.settings import (
    enabled,
    is_enabled,
    resource_directory,
    without_choices,
    without_plugin,
)

SETTINGS = (
    b"theme=Krita dark\n\n[python]\nenable_tenbrushes=true\nenable_gramarye_krita=false\n\n"
    b"[toolbar]\nname=caf\xe9\n"
)


def test_every_other_setting_stays_as_it_was() -> None:
    assert enabled(SETTINGS) == (
        b"theme=Krita dark\n\n[python]\nenable_gramarye_krita=true\nenable_tenbrushes=true\n\n"
        b"[toolbar]\nname=caf\xe9\n"
    )
    assert enabled(enabled(SETTINGS)) == enabled(SETTINGS)


def test_settings_without_plugins_gain_a_group() -> None:
    assert enabled(b"[a]\nb=c\n") == b"[a]\nb=c\n\n[python]\nenable_gramarye_krita=true\n"


@pytest.mark.parametrize(
    "before", [b"", b"[a]\nb=c\n", b"[a]\nb=c\n\n[python]\nenable_x=true\n\n[z]\nb=\xe9\n"]
)
def test_what_comes_goes_again_without_a_trace(before: bytes) -> None:
    assert without_plugin(enabled(before)) == before


def test_settings_that_do_not_know_us_are_not_touched() -> None:
    odd = b"[python]\r\nenable_x=true"
    assert without_plugin(odd) == odd
    assert without_choices(odd) == odd


def test_the_place_of_the_docker_goes_too() -> None:
    before = b"[MainWindow]\nx=1\n\n[MainWindow][DockWidget gramarye_jobs]\ny=2\n\n[z]\nb=c\n"
    assert without_plugin(before) == b"[MainWindow]\nx=1\n\n[z]\nb=c\n"


def test_the_dialogs_choices_go_as_a_group() -> None:
    before = b"[a]\nb=c\n\n[gramarye_krita]\naddress=x\ngallery=[]\n\n[z]\ny=1\n"
    assert without_choices(before) == b"[a]\nb=c\n\n[z]\ny=1\n"
    assert without_choices(b"[gramarye_krita]\naddress=x\n") == b""


@pytest.mark.parametrize(
    ("settings", "so"),
    [
        (SETTINGS, False),
        (enabled(SETTINGS), True),
        (b"", False),
        (b"[other]\nenable_gramarye_krita=true\n", False),
        (b"[python]\nenable_gramarye_krita\n", False),
    ],
)
def test_whether_the_plugin_is_enabled(settings: bytes, so: bool) -> None:
    assert is_enabled(settings) is so


@pytest.mark.parametrize(
    ("settings", "folder"),
    [
        (b"a=b\nResourceDirectory=/art/my krita\n\n[python]\n", Path("/art/my krita")),
        (b"ResourceDirectory=/art/caf\xc3\xa9\n", Path("/art/café")),
        (b"[python]\nResourceDirectory=/no\n", None),
        (b"ResourceDirectory=\n", None),
        (b"ResourceDirectory=relative\n", None),
        (b"", None),
    ],
)
def test_the_artists_own_resource_folder(settings: bytes, folder: Path | None) -> None:
    assert resource_directory(settings) == folder
