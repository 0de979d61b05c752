"""``gramarye stylize`` with what cannot work: one sentence, the right exit status, no result."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest

from gramarye.cli import main

from .helpers import picture


@pytest.fixture
def content(tmp_path: Path) -> Path:
    return picture(tmp_path / "content.png")


@pytest.fixture
def style(tmp_path: Path) -> Path:
    return picture(tmp_path / "style.png", seed=1)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out.png"


def stylize(*words: str | Path) -> int:
    return main(["stylize", *map(str, words)])


def missing(_folder: Path, whole: Path) -> Path:
    return whole.with_name("nothing.png")


def empty(folder: Path, _whole: Path) -> Path:
    path = folder / "empty.png"
    path.touch()
    return path


def text(folder: Path, _whole: Path) -> Path:
    path = folder / "poem.jpg"
    path.write_text("Nel mezzo del cammin di nostra vita\n")
    return path


def folder(folder: Path, _whole: Path) -> Path:
    return folder


def truncated(folder: Path, whole: Path) -> Path:
    path = folder / "truncated.png"
    path.write_bytes(whole.read_bytes()[:200])
    return path


def one_pixel(folder: Path, _whole: Path) -> Path:
    return picture(folder / "dot.png", 1, 1)


def huge(folder: Path, _whole: Path) -> Path:
    header = b"IHDR" + struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    path = folder / "huge.png"
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I", 13)
        + header
        + struct.pack(">I", zlib.crc32(header))
        + struct.pack(">I", 0)
        + b"IDAT"
        + struct.pack(">I", zlib.crc32(b"IDAT"))
    )
    return path


@pytest.mark.parametrize("bad", [missing, empty, text, folder, truncated, one_pixel, huge])
@pytest.mark.parametrize("role", ["content", "style", "init"])
def test_a_file_that_is_no_usable_picture_is_refused(
    bad, role: str, content: Path, style: Path, out: Path, tmp_path: Path, capsys
) -> None:
    path = bad(tmp_path, content)
    pictures = {"content": content, "style": style, "init": content, role: path}

    status = stylize(pictures["content"], pictures["style"], "-o", out, "--init", pictures["init"])

    told = capsys.readouterr()
    assert status == 1
    assert told.err.startswith("Error: ")
    assert told.err.count("\n") == 1
    assert str(path) in told.err
    assert not out.exists()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--strength", "101"], "--strength must be a number from 0 to 100"),
        (["--content-weight", "nan"], "--content-weight must be a number"),
        (["--style-weight", "-1"], "--style-weight must be a number"),
        (["--size", "3"], "--size must be a whole number from 16"),
        (["--steps", "0"], "--steps must be a whole number from 1"),
        (["--seed", "-1"], "--seed must be a whole number from 0"),
        (["--style-layer", "r" * 40], "--style-layers[0] must be text"),
        (["--features", "alexnet"], "'--features'"),
        (["--weights", "w.pth", "--daemon", "tcp://127.0.0.1:9"], "give one of them"),
    ],
)
def test_a_value_that_no_job_can_have_is_wrong_usage(
    words: list[str], sentence: str, content: Path, style: Path, out: Path, capsys
) -> None:
    assert stylize(content, style, "-o", out, *words) == 2
    assert sentence in capsys.readouterr().err


def test_a_place_that_cannot_be_written_is_refused_before_any_work(
    content: Path, style: Path, tmp_path: Path, capsys
) -> None:
    assert stylize(content, style, "-o", tmp_path / "none" / "out.png") == 1

    told = capsys.readouterr().err
    assert "does not exist" in told
    assert "Painting" not in told


def test_a_result_name_without_a_known_suffix_is_refused_before_any_work(
    content: Path, style: Path, tmp_path: Path, capsys
) -> None:
    assert stylize(content, style, "-o", tmp_path / "out.kra") == 1

    told = capsys.readouterr().err
    assert "End the name in one of .png" in told
    assert "Painting" not in told


def test_a_daemon_that_was_named_is_never_replaced_in_silence(
    content: Path, style: Path, out: Path, capsys
) -> None:
    assert stylize(content, style, "-o", out, "--daemon", "tcp://127.0.0.1:9") == 1

    told = capsys.readouterr().err
    assert "No Gramarye daemon answers at tcp://127.0.0.1:9" in told
    assert "Painting in this process" not in told
    assert not out.exists()


def test_a_result_never_replaces_one_of_its_own_pictures(
    content: Path, style: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = style.read_bytes()

    assert stylize(content, style, "-o", style) == 2

    assert "would replace" in capsys.readouterr().err
    assert style.read_bytes() == before


def test_a_profile_of_a_daemon_is_refused(
    pair: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("-o", tmp_path / "out.png", "--daemon", "tcp://127.0.0.1:5599", "--profile")
    assert main(["stylize", *map(str, (*pair, *words))]) == 2
    assert "--profile measures this process" in capsys.readouterr().err
