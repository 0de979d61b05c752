"""``gramarye stylize`` in its own process: the result is a file, and what happens is said."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gramarye.cli import main
from gramarye.pictures import read

from .helpers import GUARD_SECONDS, command, environment, picture


def as_array(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image)


def stylize(*words: str | Path) -> int:
    return main(["stylize", *map(str, words)])


def test_the_result_has_the_contents_size_and_is_another_picture(
    pair: tuple[Path, Path], weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.png"

    assert stylize(*pair, "-o", out, "--weights", weights, "--steps", "5") == 0

    told = capsys.readouterr()
    assert "Painting in this process (the weights were given)." in told.err
    assert "step 1 of " in told.err
    assert re.search(r"^estimate: about \d+ \w+ and \d+\.\d GB$", told.err, re.MULTILINE)
    assert re.search(r"^took: \d+ s( and \d+\.\d GB)?$", told.err, re.MULTILINE)
    assert "loss " in told.err
    assert told.out.startswith(f"{out}: 48×32 pixels, features vgg19")
    painted, content = as_array(out), as_array(pair[0])
    assert painted.shape == content.shape
    assert np.abs(painted.astype(int) - content).mean() > 1


def test_with_estimate_it_is_only_said_what_the_job_should_take(
    pair: tuple[Path, Path], weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.png"

    assert stylize(*pair, "-o", out, "--weights", weights, "--estimate") == 0

    told = capsys.readouterr()
    assert re.fullmatch(r"\d+ s and \d+\.\d GB\nplan: untiled, about \d+ MB\n", told.out)
    assert "step 1 of " not in told.err
    assert not out.exists()


def test_explicit_options_reach_the_engine(
    pair: tuple[Path, Path], weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.tiff"
    start = picture(tmp_path / "start.png", seed=2)

    status = stylize(
        *(*pair, "-o", out, "--weights", weights, "--quality", "best", "--size", "32"),
        *("--steps", "3", "--optimiser", "adam", "--init", start, "--content-layer", "relu2_2"),
        *("--style-layer", "relu1_1", "--style-layer", "relu3_1", "--style-distance", "rmse"),
        *("--content-weight", "2", "--style-weight", "7"),
    )

    assert status == 0
    assert "step 3 of 3" in capsys.readouterr().err
    assert as_array(out).shape[:2] == (21, 32)


def test_the_same_seed_gives_the_same_bytes(
    pair: tuple[Path, Path], weights: Path, tmp_path: Path
) -> None:
    def run(name: str, seed: str) -> bytes:
        out = tmp_path / name
        words = ("--weights", weights, "--init", "noise", "--steps", "2", "--seed", seed)
        assert stylize(*pair, "-o", out, *words) == 0
        return out.read_bytes()

    assert run("a.png", "3") == run("b.png", "3") != run("c.png", "4")


def test_a_depth_that_is_asked_for_is_painted_in(
    pair: tuple[Path, Path], weights: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.tiff"

    assert stylize(*pair, "-o", out, "--weights", weights, "--steps", "2", "--depth", "16") == 0

    samples = read(out).samples
    assert samples.dtype == np.uint16
    assert (samples % 257 != 0).any(), "no finer than 8 bits"


def test_a_depth_that_the_file_cannot_hold_is_refused_before_any_work(
    pair: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert stylize(*pair, "-o", tmp_path / "out.jpg", "--depth", "16") == 1

    assert "cannot hold 16 bits a channel. Write a .png or .tiff file." in capsys.readouterr().err


def test_weights_that_are_not_there_are_an_error(
    pair: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, absent = tmp_path / "out.png", tmp_path / "none.pth"

    assert stylize(*pair, "-o", out, "--weights", absent) == 1

    assert f"Error: There is no weights file at {absent}" in capsys.readouterr().err
    assert not out.exists()


def test_an_unknown_layer_is_an_error_with_a_sentence(
    pair: tuple[Path, Path], weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--weights", weights, "--style-layer", "relu9_9")

    assert stylize(*pair, "-o", tmp_path / "out.png", *words) == 1

    assert "relu9_9" in capsys.readouterr().err.splitlines()[-1]


@pytest.mark.skipif(os.name != "posix", reason="sends SIGINT")
def test_ctrl_c_stops_with_130_and_leaves_no_file(
    pair: tuple[Path, Path], weights: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.png"
    words = command("stylize", *pair, "-o", out, "--weights", weights, "--steps", "100000")
    process = subprocess.Popen(
        words,
        env=environment(tmp_path / "cache"),
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("step "):
            break
    process.send_signal(signal.SIGINT)
    told = process.communicate(timeout=GUARD_SECONDS)[1]

    assert process.returncode == 130
    assert told.splitlines()[-1] == "Interrupted."
    assert "Traceback" not in told
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "cache",
        "content.png",
        "style.png",
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_a_terminal_shows_a_bar_with_the_loss(
    pair: tuple[Path, Path], weights: Path, tmp_path: Path
) -> None:
    import pty

    words = command("stylize", *pair, "-o", tmp_path / "o.png", "--weights", weights)
    mine, theirs = pty.openpty()
    surroundings = {**environment(tmp_path), "TERM": "xterm", "COLUMNS": "120"}
    process = subprocess.Popen(words, env=surroundings, stderr=theirs, stdout=subprocess.DEVNULL)
    os.close(theirs)
    shown = b""
    try:
        while block := os.read(mine, 4096):
            shown += block
    except OSError:  # how Linux says that the other end has closed
        pass
    finally:
        os.close(mine)

    assert process.wait(GUARD_SECONDS) == 0
    assert "━".encode() in shown
    assert b"loss " in shown
    assert b"s left" in shown


def test_a_profile_says_where_the_time_went(
    pair: tuple[Path, Path], weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.png"

    assert stylize(*pair, "-o", out, "--weights", weights, "--steps", "2", "--profile") == 0

    told = capsys.readouterr()
    table = told.err[told.err.index("forward") :].splitlines()
    for part in ("relu4_2 ", "pool1 ", "style relu1_1 ", "content relu4_2 ", "optimiser "):
        assert sum(line.startswith(part) for line in table) == 1
    assert table[-2].startswith("the rest")
    assert table[-1].startswith("all")
    assert table[-1].endswith("100.0%")
    assert told.out.count("\n") == 1  # the table is for people, on stderr


@pytest.mark.parametrize("features", ["builtin", "vgg19"])
def test_a_canvas_in_tiles_becomes_the_same_picture(
    features: str, weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = picture(tmp_path / "content.png", 300, 210)
    style = picture(tmp_path / "style.png", 90, 80, seed=2)
    words = [content, style, "--depth", "16", "--steps", "5", "--dtype", "float64"]
    words += ["--features", features, *(["--weights", weights] if features == "vgg19" else [])]
    painted: list[np.ndarray] = []
    for tile in ("128", "off"):
        out = tmp_path / f"{tile}.tif"
        assert stylize(*words, "-o", out, "--tile", tile) == 0
        painted.append(read(out).samples.astype(int))
    told = capsys.readouterr().err
    halo = 3 if features == "builtin" else 70
    assert re.search(rf"^plan: 3x2 tiles of 128 px, halo {halo}, \d+ of", told, re.MULTILINE)
    assert re.search(r"^plan: untiled, about ", told, re.MULTILINE)
    assert np.abs(painted[0] - painted[1]).max() <= 1


def test_a_limit_of_memory_is_kept_by_cutting_the_canvas(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = picture(tmp_path / "content.png", 700, 500)
    style = picture(tmp_path / "style.png", 90, 80, seed=2)
    out = tmp_path / "out.png"
    words = [content, style, "-o", out, "--estimate", "--features", "builtin"]
    assert stylize(*words, "--max-memory", "300MB") == 0
    assert re.search(r"^plan: \dx\d tiles of \d+ px, ", capsys.readouterr().out, re.MULTILINE)
    assert stylize(*words, "--max-memory", "10MB") != 0
    assert "allow it more memory" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("option", "value", "told"),
    [
        ("--tile", "some", "neither auto, off nor a whole number"),
        ("--max-memory", "much", "write it as 6GiB or 800MB"),
    ],
)
def test_what_is_no_tile_and_no_size_is_refused(
    pair: tuple[Path, Path],
    option: str,
    value: str,
    told: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert stylize(*pair, "-o", tmp_path / "out.png", option, value) == 2
    assert told in capsys.readouterr().err


def test_built_in_features_in_bfloat16_are_refused(
    pair: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--features", "builtin", "--dtype", "bfloat16"]
    assert stylize(*pair, "-o", tmp_path / "out.png", *words) != 0
    assert "choose float32 or float64" in capsys.readouterr().err
