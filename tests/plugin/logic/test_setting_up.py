"""How the setup gets on, in words."""

from __future__ import annotations

import pytest

from gramarye_krita.logic.setting_up import Setup, begun, failure_words


def test_the_share_grows_with_the_steps_and_a_download_tells_how_far_it_is() -> None:
    setup = begun()
    assert setup.running
    setup = setup.heard({"step": "torch", "number": 3, "of": 5})
    assert (setup.words, setup.share) == ("Fetching PyTorch, the largest part…", 0.4)
    setup = setup.heard({"got": 12_000_000, "size": 900_000_000})
    assert setup.detail == "12 of 900 MB"
    setup = setup.heard({"line": "Collecting numpy"})
    assert setup.detail == "Collecting numpy"
    setup = setup.heard({"done": "/python"})
    assert setup.done
    assert not setup.running
    assert setup.share == 1.0


def test_a_stopped_setup_can_be_gone_on_with() -> None:
    setup = begun().stopped()
    assert not setup.running
    assert not setup.done
    assert "Try Again goes on from there" in setup.words


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("disk", "not enough room on the disk (x). Free some"),
        ("offline", "A download failed (x). Check the connection"),
        ("venv", "install the package python3-venv"),
        ("torch", "PyTorch was installed and does not work (x)"),
        ("gramarye", "Gramarye was installed and does not start (x)"),
        ("folder", "A file could not be written (x)"),
        ("pip", "The setup ended early (x). Try again"),
    ],
)
def test_each_failure_says_what_to_do(code: str, wanted: str) -> None:
    setup = begun().heard({"failed": code, "detail": "x"})
    assert wanted in setup.trouble
    assert not setup.running
    assert "{" not in failure_words(code, "")


def test_a_sentence_of_our_own_is_told_as_it_is() -> None:
    assert Setup().heard({"refused": "Install Python."}).trouble == "Install Python."
