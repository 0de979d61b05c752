"""Addresses, and what the dialog says about the daemon."""

from __future__ import annotations

import pytest

from gramarye_krita.errors import Refusal
from gramarye_krita.model import Daemon, Link, away_words, check_address, daemon_words
from gramarye_protocol import BUILTIN_NOTICE


@pytest.mark.parametrize(
    "address",
    ["tcp://127.0.0.1:5599", "tcp://localhost:1", "tcp://[::1]:5599", "ipc:///tmp/gramarye"],
)
def test_addresses_of_this_machine_are_taken(address: str) -> None:
    assert check_address(f" {address}\n") == address


@pytest.mark.parametrize(
    "address",
    [
        "",
        "127.0.0.1:5599",
        "tcp://127.0.0.1",
        "tcp://127.0.0.1:0",
        "tcp://127.0.0.1:99999",
        "tcp://127.0.0.1:*",
        "tcp://127.0.0.1:5/x",
        "http://127.0.0.1:80",
        "ipc://",
    ],
)
def test_what_is_no_address_is_refused_with_an_example(address: str) -> None:
    with pytest.raises(Refusal, match="Write it like tcp://127.0.0.1:5599"):
        check_address(address)


@pytest.mark.parametrize("address", ["tcp://192.168.1.4:5599", "tcp://example.org:5599"])
def test_another_machine_is_refused(address: str) -> None:
    with pytest.raises(Refusal, match="is another machine.*ssh -L"):
        check_address(address)


def test_an_absent_daemon_comes_with_the_command_that_starts_it() -> None:
    words = daemon_words(Daemon("tcp://127.0.0.1:7", Link.ABSENT))
    assert "No daemon answers at tcp://127.0.0.1:7." in words
    assert words.endswith("\ngramarye serve --bind tcp://127.0.0.1:7")


def test_a_daemon_that_is_there_says_what_it_computes_with() -> None:
    daemon = Daemon("a", Link.READY, "builtin", "cpu (2 threads)", "No VGG weights were found.")
    assert daemon_words(daemon) == (
        "Computes with built-in patch features on cpu (2 threads). No VGG weights were found."
    )
    assert daemon_words(Daemon("a", Link.READY, "vgg19")) == "Computes with VGG-19."


def test_without_weights_it_says_so_and_leaves_the_command_to_those_who_have_no_button() -> None:
    notice = f"{BUILTIN_NOTICE} No worker comes up."
    words = daemon_words(Daemon("a", Link.READY, "builtin", "cpu", notice))
    assert "There are no VGG weights yet" in words
    assert "gramarye weights" not in words
    assert words.endswith(" No worker comes up.")


def test_a_loading_daemon_takes_jobs_already() -> None:
    daemon = Daemon("a", Link.READY)
    assert daemon.ready
    assert daemon.loading
    assert "loading" in daemon_words(daemon)


def test_a_refusal_is_told_in_its_own_words() -> None:
    daemon = Daemon("a", Link.REFUSED, trouble="Update the older one.")
    assert not daemon.ready
    assert daemon_words(daemon) == "Update the older one."


def test_a_daemon_that_is_away_is_said_to_be_waited_for() -> None:
    assert "goes on when it is back" in away_words()
