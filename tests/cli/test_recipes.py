"""Recipes on the command line: listed, printed, changed, and a result made again."""

from __future__ import annotations

import json
import subprocess
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from gramarye.cli import main
from gramarye.engine.presets import NOT_THE_PAPERS, PRESETS, preset
from gramarye.recipes import load_recipe, parse_recipe

from .helpers import GUARD_SECONDS, command, environment, picture

KINDS = ("builtin", "vgg19")


def stylize(*words: str | Path) -> None:
    assert main(["stylize", *map(str, words)]) == 0


def told(path: Path) -> dict[str, Any]:
    with Image.open(path) as image:
        return json.loads(image.info["gramarye"])


def test_recipes_lists_every_one_with_its_source(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["recipes"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("warm (default): ")
    for name, one in PRESETS.items():
        assert any(line.startswith(name) and line.endswith(one.line) for line in lines)
        assert f"    Source: {one.source}" in lines
        assert f"    Departs: {one.departs}" in lines
    assert lines[-1] == NOT_THE_PAPERS


@pytest.mark.parametrize("name", PRESETS)
def test_one_by_name_is_printed_as_toml(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["recipes", name, "--features", "vgg19", "--quality", "best"]) == 0

    assert parse_recipe(capsys.readouterr().out) == preset("vgg19", "best", name)


def test_an_unknown_name_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["recipes", "cold"]) == 1

    assert "no recipe 'cold': use one of warm" in capsys.readouterr().err


def test_what_is_printed_can_be_changed_and_used(
    pair: tuple[Path, Path], weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["recipes", "gatys-2016", "--features", "vgg19"]) == 0
    file, out = tmp_path / "mine.toml", tmp_path / "out.png"
    printed = capsys.readouterr().out
    file.write_text(printed.replace("steps = 500", "steps = 3"), "utf-8")

    stylize(*pair, "-o", out, "--weights", weights, "--recipe", file)

    made, asked = told(out)["recipe"], json.loads(json.dumps(asdict(load_recipe(file))))
    assert made["schedule"]["steps"] == 3
    # A result says what was computed in place of `auto`, so that it can be made again elsewhere.
    assert asked["features"].pop("precision") == "auto"
    assert made["features"].pop("precision") != "auto"
    assert made == asked


def test_an_option_goes_before_what_the_recipe_says(
    pair: tuple[Path, Path], weights: Path, tmp_path: Path
) -> None:
    first, second = tmp_path / "first.png", tmp_path / "second.png"
    stylize(*pair, "-o", first, "--weights", weights, "--steps", "2", "--size", "32")

    words = ("--recipe", first, "--steps", "3", "--size", "40")
    stylize(*pair, "-o", second, "--weights", weights, *words)

    assert (told(second)["recipe"]["schedule"]["steps"], told(second)["size"]) == (3, 40)


def test_a_wrong_recipe_is_an_error_that_names_the_field(
    pair: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, out = tmp_path / "mine.toml", tmp_path / "out.png"
    file.write_text("[style]\nscale = 99\n")

    assert main(["stylize", *map(str, pair), "-o", str(out), "--recipe", str(file)]) == 1

    assert "The recipe's style.scale is wrong" in capsys.readouterr().err
    assert not out.exists()


@pytest.mark.parametrize("kind", KINDS)
def test_a_result_tells_what_it_takes_to_make_it_again(
    kind: str, pair: tuple[Path, Path], weights: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.png"

    stylize(*pair, "-o", out, "--weights", weights, "--features", kind, "--steps", "2")

    made = told(out)
    assert parse_recipe(json.dumps(made["recipe"])).features.kind == kind
    assert made["software"].startswith("gramarye ")
    assert made["features"].startswith(kind)
    assert len(bytes.fromhex(made["fingerprint"])) == 32
    assert made["device"] == f"cpu ({made['threads']} threads)"
    precision = made["recipe"]["features"]["precision"]
    assert (precision == "auto") == (kind == "builtin")  # what it was here, for the same bytes
    assert made["dtype"] == ("bfloat16" if precision == "bfloat16" else "float32")
    assert made["plan"].startswith("untiled, about ")


@pytest.mark.parametrize("kind", KINDS)
def test_a_result_is_made_again_byte_for_byte_here_and_through_the_daemon(
    kind: str, pair: tuple[Path, Path], weights: Path, address: str, tmp_path: Path
) -> None:
    """First by a daemon of one thread; then by it again, by this process, and by one of its own."""
    first, there, here, alone = (tmp_path / f"{name}.png" for name in ("a", "b", "c", "d"))
    chosen = (
        "--features",
        kind,
        "--quality",
        "draft",
        "--steps",
        "2",
        "--init",
        "noise",
        "--size",
        "40",
    )
    stylize(*pair, "-o", first, "--daemon", address, "--strength", "60", *chosen)
    again = ("--recipe", first)

    stylize(*pair, "-o", there, "--daemon", address, *again)
    stylize(*pair, "-o", here, "--weights", weights, *again)
    subprocess.run(
        command("stylize", *pair, "-o", alone, "--weights", weights, *again),
        env=environment(tmp_path) | {"OMP_NUM_THREADS": "2"},
        timeout=GUARD_SECONDS,
        check=True,
    )

    assert there.read_bytes() == first.read_bytes()
    assert here.read_bytes() == first.read_bytes()
    assert alone.read_bytes() == first.read_bytes()


def test_on_other_pictures_a_recipe_fits_its_filters_anew(
    pair: tuple[Path, Path], weights: Path, tmp_path: Path
) -> None:
    first, second = tmp_path / "first.png", tmp_path / "second.png"
    other = picture(tmp_path / "other.png", 40, 40, seed=9)
    words = ("--weights", weights, "--features", "builtin", "--steps", "2")
    stylize(*pair, "-o", first, *words)

    stylize(pair[0], other, "-o", second, "--weights", weights, "--recipe", first)

    assert told(second)["recipe"] == told(first)["recipe"]
    assert told(second)["fingerprint"] != told(first)["fingerprint"]
