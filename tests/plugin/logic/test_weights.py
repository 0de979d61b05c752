"""How the fetching of a network is told."""

from __future__ import annotations

from dataclasses import replace

from gramarye_krita.logic.weights import arrived_words, arriving_words, get_words, offer_words
from gramarye_protocol import WeightsReport

OFFER = WeightsReport(
    "vgg19", "offered", 0, 574_673_361, 80_100_000, "download.pytorch.org", "Its licence is BSD."
)


def test_an_offer_says_how_large_it_is_from_where_and_under_which_licence() -> None:
    assert get_words(OFFER) == "Get VGG-19…"
    assert offer_words(OFFER) == (
        "575 MB from download.pytorch.org, of which 80 MB stay on the daemon's disk. "
        "Its licence is BSD."
    )


def test_an_offer_says_what_is_here_from_an_earlier_attempt() -> None:
    assert "123 MB are here already." in offer_words(replace(OFFER, have=123_400_000))


def test_a_fetch_is_told_in_megabytes_until_all_is_here() -> None:
    on_its_way = replace(OFFER, state="fetching", have=123_400_000)
    assert arriving_words(on_its_way) == "VGG-19: 123 of 575 MB"
    whole = replace(on_its_way, have=OFFER.size)
    for report in (whole, replace(on_its_way, state="checking")):
        assert arriving_words(report) == "VGG-19 is here and is being checked…"
    assert arrived_words(whole) == "VGG-19 is here. Your next painting uses it."
