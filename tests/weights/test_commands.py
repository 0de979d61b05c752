"""``gramarye weights`` as typed: what it prints, and how it exits."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from gramarye.cli import main
from gramarye.engine.places import HUB_FILES
from gramarye.weights.catalogue import CATALOGUE, Offer

from ..engine.helpers import random_state
from .conftest import contents
from .server import Site


@pytest.fixture(autouse=True)
def _small_catalogue(offer: Offer, directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CATALOGUE, "vgg19", offer)


def _json(capsys: pytest.CaptureFixture[str], *words: str, status: int = 0) -> dict:
    assert main(["weights", *words, "--json"]) == status
    return json.loads(capsys.readouterr().out)


def test_fetch_says_where_the_weights_are(
    directory: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["weights", "fetch", "vgg19"]) == 0
    told = capsys.readouterr()
    assert f"vgg19 is now at {directory / 'vgg19.safetensors'}" in told.out
    assert "fetching:" in told.err
    assert main(["weights", "fetch", "vgg19"]) == 0
    assert "is already at" in capsys.readouterr().out


def test_fetch_takes_mirrors_and_speaks_json(
    site: Site, directory: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = _json(capsys, "fetch", "vgg19", "--mirror", site.url("mirror/"))
    assert told["path"] == str(directory / "vgg19.safetensors")
    assert told["already"] is False
    assert [one.path for one in site.requests] == ["/mirror/vgg19.pth"]


def test_a_failed_fetch_is_a_sentence_and_a_status(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    site.status = 404
    assert main(["weights", "fetch", "vgg19"]) == 1
    assert capsys.readouterr().err.startswith("Error: 127.0.0.1")


def test_an_unknown_network_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["weights", "fetch", "alexnet"]) == 2
    assert "vgg19" in capsys.readouterr().err


def test_import_says_how_the_input_is_known(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    torch.save(random_state("vgg16"), tmp_path / "w.pth")
    assert main(["weights", "import", str(tmp_path / "w.pth")]) == 1
    assert "--convention" in capsys.readouterr().err
    assert main(["weights", "import", str(tmp_path / "w.pth"), "--convention", "caffe"]) == 0
    assert "Its input is caffe's: you said so." in capsys.readouterr().out


def test_list_of_nothing_says_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["weights", "list"]) == 0
    assert "gramarye weights fetch vgg19" in capsys.readouterr().out
    assert _json(capsys, "list") == {"weights": []}


def test_list_shows_the_cache_before_torch_hub(
    tmp_path: Path, site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    hub = tmp_path / "torch" / "hub" / "checkpoints"
    hub.mkdir(parents=True)
    (hub / HUB_FILES["vgg19"]).write_bytes(site.content)
    main(["weights", "fetch", "vgg19"])
    capsys.readouterr()
    cached, hubs = _json(capsys, "list")["weights"]
    assert (cached["place"], cached["convention"], cached["used"]) == ("cache", "torchvision", True)
    assert cached["source"] == site.url()
    assert (hubs["place"], hubs["used"]) == ("torch hub", False)
    assert hubs["size"] == len(site.content)
    main(["weights", "list"])
    assert "not used" in capsys.readouterr().out


def test_verify_finds_what_is_broken_and_its_command_mends_it(
    directory: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["weights", "fetch", "vgg19"])
    assert main(["weights", "verify"]) == 0
    path = directory / "vgg19.safetensors"
    whole, sound = path.read_bytes(), contents(path)
    for damaged, words in (
        (whole[:-4] + b"\0\0\0\1", "has changed since it was stored"),
        (whole[:-100], "cannot be read"),
        (b"", "cannot be read"),
    ):
        path.write_bytes(damaged)
        capsys.readouterr()
        (verdict,) = _json(capsys, "verify", status=1)["weights"]
        assert words in verdict["problem"]
        assert verdict["mend"] == "gramarye weights fetch vgg19"
        assert main(verdict["mend"].split()[1:]) == 0
        assert contents(path) == sound


def test_what_was_imported_is_mended_by_importing_it_again(
    tmp_path: Path, directory: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    torch.save(random_state("vgg16"), tmp_path / "w.pth")
    main(["weights", "import", str(tmp_path / "w.pth"), "--convention", "caffe"])
    path = directory / "vgg16.safetensors"
    whole = path.read_bytes()
    path.write_bytes(whole[:-4] + b"\0\0\0\1")
    assert main(["weights", "verify"]) == 1
    assert f'gramarye weights import --convention caffe "{tmp_path / "w.pth"}"' in (
        capsys.readouterr().out
    )


def test_verify_compares_torch_hubs_file_with_its_name(
    tmp_path: Path, site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    hub = tmp_path / "torch" / "hub" / "checkpoints"
    hub.mkdir(parents=True)
    (hub / HUB_FILES["vgg19"]).write_bytes(site.content)
    (verdict,) = _json(capsys, "verify", status=1)["weights"]
    assert "SHA-256 differs" in verdict["problem"]
    assert "delete" in verdict["mend"]


def test_a_file_of_the_wrong_network_is_found(
    directory: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    directory.mkdir(parents=True)
    torch.save(random_state("vgg16"), directory / "vgg19.pth")
    (verdict,) = _json(capsys, "verify", status=1)["weights"]
    assert "holds vgg16, not vgg19" in verdict["problem"]
