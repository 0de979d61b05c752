"""Only what can be trusted is asked, however a server redirects."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from gramarye.weights.addresses import addresses, check_address
from gramarye.weights.catalogue import CATALOGUE, Offer
from gramarye.weights.errors import AddressError, ServerError
from gramarye.weights.fetch import fetch

from .server import Site, serving

VGG19 = CATALOGUE["vgg19"]


@pytest.mark.parametrize(
    "address",
    [
        "ftp://example.org/vgg19.pth",
        "file:///etc/passwd",
        "vgg19.pth",
        "https://",
        "https://example.org:port/vgg19.pth",
        "https://[broken/vgg19.pth",
        "https://example.org/a b",
    ],
)
def test_what_is_no_web_address_is_refused(address: str) -> None:
    with pytest.raises(AddressError, match="no web address"):
        check_address(address, pinned=True)


def test_plain_http_is_refused_unless_the_whole_hash_is_known() -> None:
    with pytest.raises(AddressError, match="not encrypted.*https"):
        addresses(VGG19, ["http://example.org/models"])
    pinned = dataclasses.replace(VGG19, sha256="0" * 64)
    assert addresses(pinned, ["http://example.org/models"])[0].startswith("http://example.org/")
    check_address("http://127.0.0.1:8000/vgg19.pth", pinned=False)


def test_an_address_with_a_password_is_refused_and_not_repeated() -> None:
    with pytest.raises(AddressError) as caught:
        check_address("https://me:secret@example.org/vgg19.pth", pinned=True)
    assert "secret" not in caught.value.sentence


def test_mirrors_come_first_then_the_environments_then_the_original(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GRAMARYE_MIRRORS", "https://b.example/x, https://c.example/x/")
    assert addresses(VGG19, ["https://a.example/vgg19-dcbb9e9d.pth"]) == (
        "https://a.example/vgg19-dcbb9e9d.pth",
        "https://b.example/x/vgg19-dcbb9e9d.pth",
        "https://c.example/x/vgg19-dcbb9e9d.pth",
        *VGG19.urls,
    )


def test_a_redirect_is_followed(offer: Offer, site: Site, directory: Path) -> None:
    with serving(b"") as front:
        front.location = site.url("elsewhere/vgg19.pth")
        fetch(offer, directory, [front.url()])
    assert [one.path for one in site.requests] == ["/elsewhere/vgg19.pth"]


def test_a_range_survives_a_redirect(offer: Offer, site: Site, directory: Path) -> None:
    directory.mkdir(parents=True)
    (directory / "vgg19.pth.part").write_bytes(site.content[:30_000])
    with serving(b"") as front:
        front.location = site.url()
        fetch(offer, directory, [front.url()])
    assert [one.range for one in site.requests] == ["bytes=30000-"]


@pytest.mark.parametrize("target", ["ftp://127.0.0.1/vgg19.pth", "http://192.0.2.1/vgg19.pth"])
def test_a_redirect_to_where_nothing_is_fetched_from_is_refused(
    offer: Offer, site: Site, directory: Path, target: str
) -> None:
    site.location = target
    with pytest.raises(AddressError):
        fetch(offer, directory)


def test_a_redirect_in_a_circle_ends(offer: Offer, site: Site, directory: Path) -> None:
    site.location = site.url()
    with pytest.raises(ServerError):
        fetch(offer, directory)
    assert len(site.requests) < 20


def test_no_proxy_stands_between_this_machine_and_itself(
    offer: Offer, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    assert fetch(offer, directory).path.is_file()
