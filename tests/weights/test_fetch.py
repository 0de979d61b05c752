"""Fetching from a real server that behaves, breaks off, lies, or is not there."""

from __future__ import annotations

import dataclasses
import shutil
import socket
import sys
from collections import namedtuple
from pathlib import Path

import pytest
import torch

from gramarye.engine.convention import TORCHVISION
from gramarye.engine.places import find_weights
from gramarye.engine.weights import load_weights
from gramarye.weights.catalogue import CATALOGUE, Offer
from gramarye.weights.catalogue import offer as offer_named
from gramarye.weights.errors import (
    BusyError,
    BusyServerError,
    CutError,
    DiskError,
    KeptError,
    NoNetworkError,
    NoSourceError,
    ServerError,
    StoreError,
    UnknownNetworkError,
    WrongFileError,
)
from gramarye.weights.fetch import Fetched, fetch
from gramarye.weights.importing import import_weights
from gramarye.weights.label import read_label
from gramarye.weights.lock import only_writer

from ..engine.helpers import random_state
from .conftest import contents, offer_of
from .server import Site, serving


def _fetch(offer: Offer, directory: Path, *mirrors: str, replace: bool = False) -> Fetched:
    return fetch(offer, directory, mirrors, replace=replace, pause=lambda seconds: None)


def _left(directory: Path) -> set[str]:
    """What lies in the cache, the empty lock apart."""
    return {path.name for path in directory.iterdir()} - {"vgg19.lock"}


def test_the_convolutions_arrive_in_the_cache_and_the_engine_finds_them(
    offer: Offer, site: Site, directory: Path
) -> None:
    done = _fetch(offer, directory)
    assert done == Fetched(directory / "vgg19.safetensors", already=False)
    assert find_weights("vgg19") == done.path
    network, state = load_weights(done.path)
    assert network == "vgg19"
    assert state.convention == TORCHVISION
    wanted = random_state("vgg19")
    assert state.keys() == wanted.keys()
    assert all(torch.equal(state[key], wanted[key]) for key in wanted)
    label = read_label(done.path)
    assert label.source == site.url()
    assert label.source_sha256.startswith(offer.sha256)
    assert len(label.source_sha256) == 64


def test_nothing_but_the_weights_stays_and_only_the_owner_may_read_them(
    offer: Offer, directory: Path
) -> None:
    path = _fetch(offer, directory).path
    assert _left(directory) == {"vgg19.safetensors"}
    assert path.stat().st_size < offer.size
    if sys.platform != "win32":
        assert path.stat().st_mode & 0o077 == 0


def test_progress_ends_at_the_whole_file_in_both_stages(offer: Offer, directory: Path) -> None:
    told: list[tuple[str, int, int]] = []
    fetch(offer, directory, report=lambda *words: told.append(words))
    assert ("fetching", offer.size, offer.size) in told
    assert told[-1] == ("checking", offer.size, offer.size)
    assert all(total == offer.size for _, _, total in told)


def test_what_is_here_already_is_not_fetched_again(
    offer: Offer, site: Site, directory: Path
) -> None:
    _fetch(offer, directory)
    assert _fetch(offer, directory).already
    assert len(site.requests) == 1
    assert not _fetch(offer, directory, replace=True).already
    assert len(site.requests) == 2


def test_a_broken_file_in_the_cache_is_replaced(offer: Offer, directory: Path) -> None:
    path = _fetch(offer, directory).path
    whole = contents(path)
    path.write_bytes(path.read_bytes()[:-4] + b"\0\0\0\1")
    assert contents(path) != whole
    assert not _fetch(offer, directory).already
    assert contents(path) == whole


def test_ones_own_weights_are_neither_replaced_nor_taken_for_the_published_ones(
    offer: Offer, site: Site, directory: Path, tmp_path: Path
) -> None:
    torch.save(random_state("vgg19", seed=7), tmp_path / "own.pth")
    path = import_weights(tmp_path / "own.pth", directory, "caffe").path
    before = path.read_bytes()
    with pytest.raises(KeptError, match=r"own\.pth.*--replace"):
        _fetch(offer, directory)
    assert path.read_bytes() == before
    assert not site.requests
    _fetch(offer, directory, replace=True)
    assert read_label(path).source == site.url()


def test_a_cut_connection_is_resumed_and_only_the_rest_is_sent(
    offer: Offer, site: Site, directory: Path
) -> None:
    site.cuts = [30_000, 20_000]
    _fetch(offer, directory)
    assert [one.range for one in site.requests] == ["", "bytes=30000-", "bytes=50000-"]
    assert [one.if_range for one in site.requests] == ["", '"one"', '"one"']
    assert sum(one.sent for one in site.requests) == offer.size


def test_a_later_fetch_goes_on_where_the_last_one_gave_up(
    offer: Offer, site: Site, directory: Path
) -> None:
    site.cuts = [30_000, 0, 0, 0, 0, 0]
    with pytest.raises(CutError, match="was cut"):
        _fetch(offer, directory)
    asked = len(site.requests)
    assert asked == 5
    assert (directory / "vgg19.pth.part").stat().st_size == 30_000
    assert not (directory / "vgg19.safetensors").exists()
    site.cuts = []
    _fetch(offer, directory)
    assert [one.sent for one in site.requests[asked:]] == [offer.size - 30_000]


def test_a_file_that_changed_on_the_server_is_fetched_from_the_start(
    offer: Offer, site: Site, directory: Path
) -> None:
    part = directory / "vgg19.pth.part"
    site.cuts = [30_000, 0, 0, 0, 0]
    with pytest.raises(CutError):
        _fetch(offer, directory)
    part.write_bytes(b"?" * 30_000)
    site.cuts, site.etag = [], '"two"'
    _fetch(offer, directory)
    assert site.requests[-1].if_range == '"one"'
    assert site.requests[-1].sent == offer.size


@pytest.mark.parametrize("etag", ["", 'W/"weak"'])
def test_a_part_of_other_bytes_is_noticed_by_the_hash_and_fetched_anew(
    offer: Offer, site: Site, directory: Path, etag: str
) -> None:
    site.etag = etag
    directory.mkdir(parents=True)
    (directory / "vgg19.pth.part").write_bytes(b"?" * 30_000)
    _fetch(offer, directory)
    assert [one.sent for one in site.requests] == [offer.size - 30_000, offer.size]
    assert all(one.if_range == "" for one in site.requests)


def test_a_server_without_ranges_starts_again(offer: Offer, site: Site, directory: Path) -> None:
    site.ranges = False
    site.cuts = [30_000]
    _fetch(offer, directory)
    assert [one.sent for one in site.requests] == [30_000, offer.size]


def test_a_part_longer_than_the_file_is_thrown_away(
    offer: Offer, site: Site, directory: Path
) -> None:
    directory.mkdir(parents=True)
    (directory / "vgg19.pth.part").write_bytes(b"?" * (offer.size + 1))
    _fetch(offer, directory)
    assert [one.range for one in site.requests] == [""]


def test_a_refused_range_leads_back_to_the_start(offer: Offer, site: Site, directory: Path) -> None:
    directory.mkdir(parents=True)
    (directory / "vgg19.pth.part").write_bytes(site.content[:-10])
    whole = site.content
    site.content = whole[:-20]  # shorter than what was asked for: 416

    def restore(seconds: float) -> None:
        site.content = whole

    fetch(offer, directory, pause=restore)
    assert [one.range != "" for one in site.requests] == [True, False]


def test_a_whole_part_needs_no_network(offer: Offer, site: Site, directory: Path) -> None:
    directory.mkdir(parents=True)
    (directory / "vgg19.pth.part").write_bytes(site.content)
    _fetch(offer, directory)
    assert not site.requests


def test_a_wrong_hash_leaves_nothing_behind(offer: Offer, site: Site, directory: Path) -> None:
    site.content = site.content[:-1] + b"?"
    with pytest.raises(WrongFileError, match=r"SHA-256 begins with \w{8} instead of"):
        _fetch(offer, directory)
    assert _left(directory) == set()


def test_the_whole_hash_is_compared_where_it_is_known(offer: Offer, directory: Path) -> None:
    wrong = dataclasses.replace(offer, sha256=offer.sha256 + "0" * 56)
    assert wrong.pinned
    with pytest.raises(WrongFileError, match="SHA-256"):
        _fetch(wrong, directory)


def test_the_right_bytes_of_another_network_are_refused(directory: Path, tmp_path: Path) -> None:
    torch.save(random_state("vgg16"), tmp_path / "w.pth")
    with (
        serving((tmp_path / "w.pth").read_bytes()) as site,
        pytest.raises(WrongFileError, match="holds vgg16, not vgg19"),
    ):
        _fetch(offer_of(site.content, site.url()), directory)
    assert _left(directory) == set()


@pytest.mark.parametrize("length", [True, False])
def test_a_web_page_instead_of_the_file_is_recognised(
    offer: Offer, site: Site, directory: Path, length: bool
) -> None:
    site.content, site.kind, site.says_length = b"<html>Log in", "text/html; charset=utf-8", length
    with pytest.raises(WrongFileError, match="web page"):
        _fetch(offer, directory)
    assert _left(directory) == set()


def test_a_file_of_another_size_is_not_even_begun(
    offer: Offer, site: Site, directory: Path
) -> None:
    site.content += b"more"
    with pytest.raises(WrongFileError, match=r"offers a file of [\d,]+ bytes"):
        _fetch(offer, directory)
    assert _left(directory) == set()


def test_a_server_that_sends_without_end_is_stopped(
    offer: Offer, site: Site, directory: Path
) -> None:
    site.content, site.says_length = site.content * 20, False
    with pytest.raises(WrongFileError, match="more than the file has"):
        _fetch(offer, directory)
    assert _left(directory) == set()


def test_a_missing_file_is_not_asked_for_twice(offer: Offer, site: Site, directory: Path) -> None:
    site.status = 404
    with pytest.raises(ServerError, match=r"does not have the file \(404\)"):
        _fetch(offer, directory)
    assert len(site.requests) == 1


def test_a_busy_server_is_asked_again_but_not_for_ever(
    offer: Offer, site: Site, directory: Path
) -> None:
    site.status = 503
    pauses: list[float] = []
    with pytest.raises(BusyServerError, match="later"):
        fetch(offer, directory, pause=pauses.append)
    assert pauses == [1, 2, 4, 8]
    assert len(site.requests) == 5


def test_without_a_network_the_sentence_says_so(site: Site, directory: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    nowhere = offer_of(site.content, f"http://127.0.0.1:{port}/vgg19.pth")
    with pytest.raises(NoNetworkError, match="cannot be reached: look at the network"):
        _fetch(nowhere, directory)
    assert _left(directory) == set()


def test_mirrors_are_tried_in_order_and_the_original_last(
    offer: Offer, site: Site, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(site.content[:-1] + b"?") as wrong, serving(b"") as missing:
        missing.status = 404
        monkeypatch.setenv("GRAMARYE_MIRRORS", missing.url("folder/"))
        path = _fetch(offer, directory, wrong.url("models")).path
        assert [one.path for one in wrong.requests] == ["/models/vgg19.pth"]
        assert [one.path for one in missing.requests] == ["/folder/vgg19.pth"]
    assert [one.path for one in site.requests] == ["/vgg19.pth"]
    assert site.requests[0].range == ""
    assert read_label(path).source == site.url()


def test_a_mirror_goes_on_with_what_another_began(
    offer: Offer, site: Site, directory: Path
) -> None:
    with serving(site.content) as mirror:
        mirror.cuts = [30_000, 0, 0, 0, 0]
        _fetch(offer, directory, mirror.url())
    assert [(one.range, one.if_range) for one in site.requests] == [("bytes=30000-", "")]


def test_when_every_source_fails_each_is_told_of(offer: Offer, site: Site, directory: Path) -> None:
    site.status = 404
    with serving(b"<html>") as mirror:
        mirror.kind = "text/html"
        with pytest.raises(NoSourceError, match=r"\(1\).*web page.*\(2\).*404") as caught:
            _fetch(offer, directory, mirror.url())
    assert [type(one) for one in caught.value.problems] == [WrongFileError, ServerError]


def test_too_small_a_disk_is_noticed_before_anything_is_asked_for(
    offer: Offer, site: Site, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda place: usage(10**9, 10**9 - 1000, 1000))
    with pytest.raises(DiskError, match="make room"):
        _fetch(offer, directory)
    assert not site.requests


needs_full_disk = pytest.mark.skipif(
    not Path("/dev/full").exists(), reason="this system has no device that is always full"
)


@needs_full_disk
def test_a_disk_that_fills_up_under_way_is_told_in_a_sentence(
    offer: Offer, directory: Path
) -> None:
    directory.mkdir(parents=True)
    (directory / "vgg19.pth.part").symlink_to("/dev/full")
    with pytest.raises(DiskError, match="disk is full.*make room"):
        _fetch(offer, directory)
    assert not (directory / "vgg19.safetensors").exists()


@needs_full_disk
def test_a_disk_that_fills_up_at_the_end_keeps_what_arrived(
    offer: Offer, site: Site, directory: Path
) -> None:
    directory.mkdir(parents=True)
    (directory / "vgg19.safetensors.new").symlink_to("/dev/full")
    with pytest.raises(DiskError, match="What has arrived is kept"):
        _fetch(offer, directory)
    assert (directory / "vgg19.pth.part").stat().st_size == offer.size
    _fetch(offer, directory)
    assert len(site.requests) == 1


def test_a_cache_that_cannot_be_made_is_told_in_a_sentence(offer: Offer, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DiskError, match="GRAMARYE_CACHE"):
        _fetch(offer, tmp_path / "file" / "weights")


def test_two_fetches_at_once_do_not_mix(offer: Offer, site: Site, directory: Path) -> None:
    with only_writer(directory, "vgg19"), pytest.raises(BusyError, match="wait"):
        _fetch(offer, directory)
    assert not site.requests
    _fetch(offer, directory)


def test_the_catalogue_names_torchvisions_files() -> None:
    for network, entry in CATALOGUE.items():
        assert entry.network == network
        assert entry.file == f"{network}-{entry.sha256}.pth"
        assert all(url.startswith("https://download.pytorch.org/models/") for url in entry.urls)
        assert entry.kept < entry.size / 5
    with pytest.raises(UnknownNetworkError, match="vgg19 or vgg16"):
        offer_named("alexnet")


def test_every_error_has_a_sentence_and_a_code_of_its_own() -> None:
    kinds = [StoreError]
    for kind in kinds:
        kinds += kind.__subclasses__()
    assert len({kind.code for kind in kinds}) >= len(kinds) - 1  # RangeError is a CutError
